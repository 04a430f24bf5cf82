#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tessera {

/// How many calls of late failed or were slow. Ten buckets of a second each (as Hystrix's rolling window has them), so
/// a call counts for 9 to 10 s, and neither memory nor time grow with the calls. Pure; one owner.
class call_window {
public:
  using clock = std::chrono::steady_clock;

  static constexpr std::size_t buckets = 10;
  static constexpr std::chrono::seconds bucket_length{1};

  struct counts {
    std::uint64_t calls = 0;
    std::uint64_t failed = 0; ///< of `calls`
    std::uint64_t slow = 0;   ///< of `calls`, failed or not

    bool operator==(const counts&) const = default;
  };

  /// `now` never goes back.
  void add(const counts& what, clock::time_point now) noexcept;

  counts sum(clock::time_point now) const noexcept;

  void clear() noexcept {
    ring_ = {};
  }

private:
  struct bucket {
    std::int64_t number = 0; ///< of its second, since the clock's epoch
    counts sum;
  };

  std::array<bucket, buckets> ring_{};
};

} // namespace tessera
