#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

namespace tessera {

/// How often one child may be restarted before its supervisor gives up ("maximum restart intensity" in Erlang's
/// supervisors): `limit` times within any `window`. Pure; one owner.
class restart_budget {
public:
  using clock = std::chrono::steady_clock;

  explicit restart_budget(std::size_t limit = 5, clock::duration window = std::chrono::seconds{10});

  /// Takes a restart from the budget. Returns whether there was one left.
  bool spend(clock::time_point now);

  /// Returns how many restarts of the last `window` the budget remembers.
  std::size_t spent() const noexcept {
    return restarts_.size();
  }

private:
  std::size_t limit_;
  clock::duration window_;
  std::deque<clock::time_point> restarts_;
};

} // namespace tessera
