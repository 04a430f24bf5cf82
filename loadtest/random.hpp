#pragma once

#include <cmath>
#include <cstdint>

namespace tessera::loadtest {

/// Steele, Lea and Flood's SplitMix64 (Fast splittable pseudorandom number generators, OOPSLA 2014): the same numbers
/// from the same seed with every library, and seeds that are next to each other give unrelated ones.
class splitmix64 {
public:
  explicit splitmix64(std::uint64_t seed) noexcept : state_(seed) {
  }

  std::uint64_t next() noexcept {
    auto mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

  /// Returns a number from 0 to below 1.
  double uniform() noexcept {
    constexpr int mantissa_bits = 53;
    return std::ldexp(static_cast<double>(next() >> (64 - mantissa_bits)), -mantissa_bits);
  }

  /// Returns a number below `limit`, which is at least 1 and far below 2^53.
  std::uint64_t below(std::uint64_t limit) noexcept {
    return static_cast<std::uint64_t>(uniform() * static_cast<double>(limit));
  }

private:
  std::uint64_t state_;
};

} // namespace tessera::loadtest
