#pragma once

#include <cstdint>

namespace tessera {

/// Marsaglia's xorshift64 (Xorshift RNGs, Journal of Statistical Software 8, 2003): good enough for jitter, and the
/// same numbers again from the same seed. Pure; one owner.
class xorshift64 {
public:
  explicit xorshift64(std::uint64_t seed) noexcept : state_(seed | 1) { // 0 would stay 0
  }

  std::uint64_t next() noexcept {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }

  /// Returns a number below `limit`, which is at least 1; the bias does not matter for jitter.
  std::uint64_t below(std::uint64_t limit) noexcept {
    return next() % limit;
  }

private:
  std::uint64_t state_;
};

} // namespace tessera
