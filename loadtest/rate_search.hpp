#pragma once

#include <algorithm>
#include <limits>
#include <optional>

namespace tessera::loadtest {

/// Looks for the highest rate that a server keeps: doubles the rate until it does not, then halves the gap between the
/// highest that it kept and the lowest that it did not, until that is small. Pure; one owner.
class rate_search {
public:
  /// The search ends when the rate is known this exactly, as a share of it: a second run would differ by as much.
  static constexpr double precision = 0.05;

  /// REQUIRES: 0 < from <= to.
  rate_search(double from, double to) noexcept : to_(to), next_(from) {
  }

  /// Returns the rate to try next, or nothing when the search is over.
  std::optional<double> next() const noexcept {
    return over_ ? std::nullopt : std::optional{next_};
  }

  /// Hears whether the server kept the rate that `next` named. REQUIRES: next().
  void tried(bool kept) noexcept {
    (kept ? highest_kept_ : lowest_broken_) = next_;
    bool nothing_above = highest_kept_ >= to_ || lowest_broken_ - highest_kept_ <= precision * highest_kept_;
    over_ = highest_kept_ == 0 || nothing_above;
    next_ = std::min({next_ * 2, (highest_kept_ + lowest_broken_) / 2, to_});
  }

  /// Returns the highest rate that was kept; nothing if not even the lowest was.
  std::optional<double> highest_kept() const noexcept {
    return highest_kept_ > 0 ? std::optional{highest_kept_} : std::nullopt;
  }

private:
  double to_;
  double next_;
  double highest_kept_ = 0;
  double lowest_broken_ = std::numeric_limits<double>::infinity();
  bool over_ = false;
};

} // namespace tessera::loadtest
