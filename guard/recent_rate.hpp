#pragma once

#include <chrono>
#include <cstdint>

namespace tessera {

/// How often something happens per second, by the last full second and the one that runs. Pure; one owner.
class recent_rate {
public:
  using time_point = std::chrono::steady_clock::time_point;

  void add(time_point now) noexcept;

  /// Returns the rate; it falls while nothing happens. 0: it has never happened.
  double per_second(time_point now) const noexcept;

private:
  time_point since_{};      ///< beginning of the second that runs
  std::uint64_t count_ = 0; ///< in it
  double last_ = 0;         ///< rate of the one before
};

} // namespace tessera
