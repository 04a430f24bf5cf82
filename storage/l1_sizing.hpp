#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>

namespace tessera {

/// In what steps the structures of L1 grow. Small steps keep memory close to what is used, and no step holds up the
/// owner for long; too small ones cost time.
struct l1_sizing {
  unsigned parts_log2 = 0;       ///< the index is that many tables (as a power of two), which grow one at a time
  std::size_t chunk = 64 * 1024; ///< bytes by which the entries' memory grows

  /// Returns the steps for a structure that may take `limit` bytes: below half a percent of it each.
  static constexpr l1_sizing for_bytes(std::size_t limit) noexcept {
    constexpr std::size_t most_parts = 64;
    constexpr std::size_t bytes_per_part = 1024 * 1024;
    auto parts = std::bit_floor(std::clamp<std::size_t>(limit / bytes_per_part, 1, most_parts));
    auto chunk = std::bit_floor(std::clamp<std::size_t>(limit / 256, 2 * 1024, 64 * 1024));
    return {static_cast<unsigned>(std::countr_zero(parts)), chunk};
  }
};

} // namespace tessera
