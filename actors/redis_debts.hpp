#pragma once

#include "cards/id_number.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

namespace tessera {

/// The invalidations that L2 has not acknowledged, and so whether what it says may be believed: only when nothing is
/// owed. Bounded; when it had to forget some, L2 is not believed until every value that it can hold by then has
/// expired. Pure; one owner.
class redis_debts {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// @param limit how many numbers are remembered
  /// @param value_life how long a value stays in L2 at most
  redis_debts(std::size_t limit, std::chrono::milliseconds value_life);

  /// Notes that `number` is owed. Owing it already is no more debt.
  void owe(id_number number, time_point now);

  /// Notes that all there is is owed.
  void owe_all() noexcept {
    all_ = true;
  }

  /// Notes that an unknown set of numbers is owed, as after the death of the one who remembered them.
  void owe_unknown(time_point now);

  /// Returns up to `count` of the numbers owed, in any order.
  std::vector<id_number> some(std::size_t count) const;

  /// Notes that these were acknowledged.
  void pay(std::span<const id_number> numbers);

  /// Returns whether all there is is owed.
  bool owes_all() const noexcept {
    return all_;
  }

  /// Notes that it was acknowledged that nothing of before counts any more: that pays everything.
  void pay_all() noexcept;

  /// Returns whether all that could be paid has been.
  bool settled() const noexcept {
    return numbers_.empty() && !all_;
  }

  /// Returns whether what L2 says may be believed.
  bool trusted(time_point now) const noexcept {
    return settled() && (!distrusted_until_ || now >= *distrusted_until_);
  }

  /// Returns how much is owed; 0 if and only if `trusted`.
  std::size_t size(time_point now) const noexcept {
    return numbers_.size() + (all_ ? 1 : 0) + (distrusted_until_ && now < *distrusted_until_ ? 1 : 0);
  }

private:
  std::size_t limit_;
  std::chrono::milliseconds value_life_;
  std::unordered_set<id_number> numbers_;
  bool all_ = false;
  std::optional<time_point> distrusted_until_;
};

} // namespace tessera
