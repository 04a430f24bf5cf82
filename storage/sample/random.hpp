#pragma once

#include <cstdint>

namespace tessera {

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014): the same numbers from
/// the same seed with every compiler and library, which the standard's distributions do not promise.
class sample_random {
public:
  explicit constexpr sample_random(std::uint64_t seed) noexcept : state_(seed) {
  }

  constexpr std::uint64_t next() noexcept {
    auto mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
  }

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

private:
  std::uint64_t state_;
};

} // namespace tessera
