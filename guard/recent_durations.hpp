#pragma once

#include <array>
#include <chrono>
#include <cstddef>

namespace tessera {

/// The 95th percentile of the last 64 durations, by nearest rank: few enough to follow a change within seconds, enough
/// for three of them to lie above it, so that one slow statement does not move it. Pure; one owner.
class recent_durations {
public:
  static constexpr std::size_t window = 64;

  void add(std::chrono::microseconds duration) noexcept;

  /// Returns zero while there is none.
  std::chrono::microseconds p95() const noexcept;

private:
  std::array<std::chrono::microseconds, window> ring_{};
  std::size_t size_ = 0;
  std::size_t next_ = 0;
  mutable std::chrono::microseconds p95_{0}; ///< as of the last call, unless `stale_`
  mutable bool stale_ = false;
};

} // namespace tessera
