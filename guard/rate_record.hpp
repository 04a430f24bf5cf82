#pragma once

#include "guard/rate_rules.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tessera {

/// What one client did to one limit in one window. Times are milliseconds of the steady clock, which begins when the
/// machine does: 40 bits are 34 years.
struct rate_window {
  static constexpr std::uint64_t end_mask = (std::uint64_t{1} << 40) - 1;
  static constexpr std::uint64_t begin_mask = (std::uint64_t{1} << 23) - 1;

  std::uint64_t end : 40 = 0;     ///< from here on it is over; 0: none has begun
  std::uint64_t begin : 23 = 0;   ///< when it began, the low bits
  std::uint64_t unshared : 1 = 0; ///< `own` has changed since it was last collected
  std::uint32_t own = 0;          ///< requests admitted by this process
  std::uint32_t others = 0;       ///< by the others, as far as is known here
};

/// What the rate limiter knows of one client: a record for client_table, one cache line.
struct rate_record {
  using time_point = std::chrono::steady_clock::time_point;

  std::array<rate_window, limit_kinds> windows;

  static std::uint64_t to_ticks(time_point now) noexcept {
    auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
    return static_cast<std::uint64_t>(since.count());
  }

  rate_window& operator[](limit_kind which) noexcept {
    return windows[static_cast<std::size_t>(which)];
  }

  bool idle(time_point now) const noexcept {
    auto tick = to_ticks(now);
    return std::ranges::all_of(windows, [tick](auto& x) { return tick >= x.end; });
  }

  /// Returns how near the client is to being refused, in thousandths of the default limits. So what is nearly used up
  /// is not forgotten for greater numbers of something cheap: five bulk requests weigh as much as a thousand of any
  /// kind.
  std::uint64_t weight(time_point now) const noexcept {
    constexpr rate_rules usual;
    auto tick = to_ticks(now);
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < limit_kinds; ++i) {
      auto& x = windows[i];
      if (tick < x.end)
        most = std::max(most, 1'000 * (std::uint64_t{x.own} + x.others) / usual[static_cast<limit_kind>(i)].requests);
    }
    return most;
  }
};

} // namespace tessera
