#pragma once

#include "guard/splitmix64.hpp"

#include <cstdint>

namespace tessera {

/// Numbers for an invented membership, the same from the same seed everywhere.
class sample_random : public splitmix64 {
public:
  using splitmix64::splitmix64;

  /// Returns a number from 0 to `end` - 1. REQUIRES: end > 0. (Lemire's multiplication; its bias, below end / 2^32,
  /// does not matter here.)
  constexpr std::uint32_t below(std::uint32_t end) noexcept {
    return static_cast<std::uint32_t>((next() >> 32) * end >> 32);
  }

  /// Returns true in `percent` of 100 cases.
  constexpr bool chance(std::uint32_t percent) noexcept {
    return below(100) < percent;
  }

  /// Returns a number from 0 to `end` - 1, small ones more often: half of them lie in the first quarter.
  constexpr std::uint32_t early_below(std::uint32_t end) noexcept {
    auto uniform = next() >> 32;
    return static_cast<std::uint32_t>((uniform * uniform >> 32) * end >> 32);
  }
};

} // namespace tessera
