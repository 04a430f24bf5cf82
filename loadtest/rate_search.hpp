#pragma once

#include <optional>

namespace tessera::loadtest {

/// Looks for the highest rate that a server keeps: doubles the rate until it does not, then halves the gap between the
/// highest that it kept and the lowest that it did not, until that is small. Pure; one owner.
class rate_search {
public:
  /// The search ends when the rate is known this exactly, as a share of it: a second run would differ by as much.
  static constexpr double precision = 0.05;

  /// REQUIRES: 0 < from <= to.
  rate_search(double from, double to) noexcept : from_(from), to_(to), next_(from) {
  }

  /// Returns the rate to try next, or nothing when the search is over.
  std::optional<double> next() const noexcept {
    return next_;
  }

  /// Hears whether the server kept the rate that `next` named. REQUIRES: next().
  void tried(bool kept) noexcept {
    (kept ? highest_kept_ : lowest_broken_) = *next_;
    if (highest_kept_ && *highest_kept_ >= to_)
      next_.reset();
    else if (!lowest_broken_)
      next_ = *next_ * 2 < to_ ? *next_ * 2 : to_;
    else if (!highest_kept_ && *lowest_broken_ <= from_)
      next_.reset();
    else if (*lowest_broken_ - *highest_kept_ <= precision * *highest_kept_)
      next_.reset();
    else
      next_ = (*highest_kept_ + *lowest_broken_) / 2;
  }

  /// Returns the highest rate that was kept; nothing if not even the lowest was.
  std::optional<double> highest_kept() const noexcept {
    return highest_kept_;
  }

private:
  double from_;
  double to_;
  std::optional<double> highest_kept_;
  std::optional<double> lowest_broken_;
  std::optional<double> next_;
};

} // namespace tessera::loadtest
