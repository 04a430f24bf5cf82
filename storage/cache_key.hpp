#pragma once

#include "cards/id_number.hpp"
#include "cards/member_id.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace tessera {

/// Returns a well-mixed 64-bit hash of `x` (the finaliser of SplitMix64, Steele et al. 2014).
constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// Names one thing in L1. `variant` tells apart several things of one subject (cards by what shaped them).
struct cache_key {
  enum class kind : std::uint8_t { member, alias, card };

  kind what = kind::member;
  std::uint64_t subject = 0;
  std::uint64_t variant = 0;

  bool operator==(const cache_key&) const = default;

  static constexpr cache_key of_member(id_number number) noexcept {
    return {kind::member, number.packed(), 0};
  }
  /// A product of a card, by a hash of all that shaped it.
  static constexpr cache_key of_card(std::uint64_t first, std::uint64_t second) noexcept {
    return {kind::card, first, second};
  }
  /// The second key of a member's record; it leads to the first.
  static constexpr cache_key of_alias(member_id id) noexcept {
    return {kind::alias, id.value, 0};
  }
};

/// Returns the shard, out of `shards`, that owns an ID number (its record, its loads) or a member id (its alias).
constexpr std::size_t shard_of(id_number number, std::size_t shards) noexcept {
  return shards == 1 ? 0 : static_cast<std::size_t>(mix64(number.packed()) >> 32) % shards;
}
constexpr std::size_t shard_of(member_id id, std::size_t shards) noexcept {
  return shards == 1 ? 0 : static_cast<std::size_t>(mix64(id.value) >> 32) % shards;
}

} // namespace tessera

template <>
struct std::hash<tessera::cache_key> {
  std::size_t operator()(const tessera::cache_key& key) const noexcept {
    return tessera::mix64(key.subject ^ tessera::mix64(key.variant + static_cast<std::uint64_t>(key.what)));
  }
};
