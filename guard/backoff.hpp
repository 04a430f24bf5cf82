#pragma once

#include "guard/xorshift64.hpp"

#include <chrono>
#include <cstdint>

namespace tessera {

/// How long to wait between attempts at something that fails: doubled each time up to a maximum, with jitter, so that
/// many clients of one server do not come back at once ("equal jitter": Brooker, Exponential Backoff and Jitter, AWS
/// 2015). Pure; one owner.
class backoff {
public:
  using clock = std::chrono::steady_clock;

  /// REQUIRES: 0 < minimum <= maximum.
  backoff(std::chrono::milliseconds minimum, std::chrono::milliseconds maximum, std::uint64_t seed) noexcept;

  /// Returns whether the next attempt may begin.
  bool ready(clock::time_point now) const noexcept {
    return now >= next_;
  }

  /// Returns when the next attempt may begin; the epoch if nothing has failed.
  clock::time_point next() const noexcept {
    return next_;
  }

  /// An attempt has failed: puts the next one off. Returns for how long.
  std::chrono::milliseconds failed(clock::time_point now) noexcept;

  /// An attempt has succeeded: the next failure waits for the minimum again.
  void succeeded() noexcept;

private:
  std::chrono::milliseconds minimum_;
  std::chrono::milliseconds maximum_;
  std::chrono::milliseconds current_;
  clock::time_point next_{};
  xorshift64 random_;
};

} // namespace tessera
