#pragma once

#include "guard/splitmix64.hpp"

#include <cmath>
#include <cstdint>

namespace tessera::loadtest {

/// Numbers for a load, the same from the same seed everywhere.
class load_random : public splitmix64 {
public:
  using splitmix64::splitmix64;

  /// Returns a number from 0 to below 1.
  double uniform() noexcept {
    constexpr int mantissa_bits = 53;
    return std::ldexp(static_cast<double>(next() >> (64 - mantissa_bits)), -mantissa_bits);
  }

  /// Returns a number below `limit`, which is at least 1 and far below 2^53.
  std::uint64_t below(std::uint64_t limit) noexcept {
    return static_cast<std::uint64_t>(uniform() * static_cast<double>(limit));
  }
};

} // namespace tessera::loadtest
