#pragma once

#include "cards/shared_body.hpp"
#include "storage/cache_key.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace tessera {

struct l1_settings {
  std::size_t bytes = 256 * 1024 * 1024;
  std::size_t negative_bytes = 4 * 1024 * 1024;
  std::chrono::milliseconds stale_for{86'400'000};  ///< kept beyond fresh
  std::chrono::milliseconds negative_for{10'000};
  double jitter = 0.10;                             ///< lifetimes vary by this share, both ways
};

/// When a load began, as the store counts invalidations. A fill with a stamp older than an invalidation of its key is
/// refused.
struct load_stamp {
  std::uint64_t value = 0;

  bool operator==(const load_stamp&) const = default;
};

/// The in-memory cache of one shard: finished bodies by key, evicted by S3-FIFO within a byte budget; "no such member"
/// entries within a budget of their own; aliases. Pure: it takes `now`, starts no thread and locks nothing; one owner.
class l1_store {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  enum class state : std::uint8_t { absent, fresh, stale, negative };

  /// What is known of a key. `body` is set if the state is `fresh` or `stale`. For `absent` and `stale`, `stamp` is
  /// what a load that begins now must give to `fill`.
  struct found {
    state what = state::absent;
    const body_ptr* body = nullptr;  ///< valid until the next call that is not const
    time_point loaded_at{};          ///< when the source was asked
    time_point fresh_until{};
    load_stamp stamp;
  };

  struct statistics {
    std::uint64_t entries = 0;           ///< bodies
    std::uint64_t bytes = 0;             ///< of bodies, keys and all overhead but the negative entries'
    std::uint64_t byte_limit = 0;
    std::uint64_t negative_entries = 0;
    std::uint64_t negative_bytes = 0;
    std::uint64_t evictions = 0;
    std::uint64_t expirations = 0;       ///< found too old even to be stale
    std::uint64_t refused_fills = 0;     ///< load began before an invalidation, or larger than the cache may take
    std::uint64_t invalidations = 0;
  };

  /// `seed` steers jitter and hashing.
  l1_store(const l1_settings& settings, std::uint64_t seed);
  ~l1_store();
  l1_store(const l1_store&) = delete;
  l1_store& operator=(const l1_store&) = delete;

  /// Looks `key` up and counts the use for eviction.
  found find(const cache_key& key, time_point now);

  /// Returns the stamp that a load beginning now must give to `fill`.
  load_stamp stamp() const noexcept;

  /// Keeps `body` under `key`, fresh for `fresh_for` (less or more by the jitter) from `loaded_at`. Returns false, and
  /// keeps nothing, if the load is older than an invalidation of the key or the body too large for the budget.
  bool fill(const cache_key& key, body_ptr body, load_stamp stamp, time_point loaded_at,
            std::chrono::milliseconds fresh_for, time_point now);

  /// Keeps "there is nothing under `key`". Returns false if refused as above. A record under the key goes.
  bool fill_negative(const cache_key& key, load_stamp stamp, time_point now);

  /// Keeps `id` as the second key of the record under `number`.
  bool fill_alias(member_id id, id_number number, load_stamp stamp, time_point now);

  /// Returns the ID number of the member if an alias is kept.
  std::optional<id_number> resolve(member_id id, time_point now);

  /// Forgets whatever is under `key`; loads that began before are refused from now on.
  void invalidate(const cache_key& key, time_point now);

  /// Forgets everything; loads that began before are refused.
  void clear(time_point now);

  statistics stats() const noexcept;

private:
  struct implementation;
  std::unique_ptr<implementation> self_;
};

} // namespace tessera
