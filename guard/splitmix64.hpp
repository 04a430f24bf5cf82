#pragma once

#include <cstdint>

namespace tessera {

/// Steele, Lea and Flood's SplitMix64 (Fast splittable pseudorandom number generators, OOPSLA 2014): the same numbers
/// from the same seed with every compiler and library, which the standard's distributions do not promise, and unrelated
/// ones from seeds that are next to each other. No secret: whoever sees a number knows the others.
class splitmix64 {
public:
  explicit constexpr splitmix64(std::uint64_t seed) noexcept : state_(seed) {
  }

  constexpr std::uint64_t next() noexcept {
    auto mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
  }

private:
  std::uint64_t state_;
};

} // namespace tessera
