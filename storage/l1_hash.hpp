#pragma once

#include "storage/cache_key.hpp"

#include <cstdint>

namespace tessera {

/// Hashes cache keys under a secret seed. Clients choose the keys: without the seed they cannot tell which keys
/// collide.
class l1_hash {
public:
  explicit constexpr l1_hash(std::uint64_t seed) noexcept : first_(mix64(seed)), second_(mix64(first_ + seed)) {
  }

  constexpr std::uint64_t operator()(const cache_key& key) const noexcept {
    // Two keyed rounds: whatever is known about differences of keys is gone after the first. For one variant and kind
    // no two subjects have the same hash, because mix64 is a bijection.
    auto subject = mix64(key.subject ^ first_);
    auto rest = key.variant * 0x9fb21c651e98df25 + static_cast<std::uint64_t>(key.what);
    return mix64(subject ^ second_ ^ rest);
  }

private:
  std::uint64_t first_;
  std::uint64_t second_;
};

} // namespace tessera
