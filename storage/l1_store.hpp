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
  std::chrono::milliseconds stale_for{86'400'000}; ///< kept beyond fresh
  std::chrono::milliseconds negative_for{10'000};
  double jitter = 0.10; ///< lifetimes vary by this share, both ways
  /// Stamps count from here. A store that replaces another one while loads are in flight must start beyond what that
  /// one can have counted (say, 2^40 times the number of restarts): it then refuses the other's stamps.
  std::uint64_t first_stamp = 0;
};

/// When a load began, as the store counts invalidations. A fill with a stamp older than an invalidation of its key is
/// refused, and so is one with a stamp that the store cannot have given.
struct load_stamp {
  std::uint64_t value = 0;

  bool operator==(const load_stamp&) const = default;
};

/// The in-memory cache of one shard: finished bodies by key, evicted by S3-FIFO within a byte budget; "no such member"
/// entries within a budget of their own; aliases. Pure: it takes `now`, which never goes back, starts no thread and
/// locks nothing; one owner.
///
/// What `bytes` counts is what the allocator has given out, bookkeeping included. The memory of a body that left the
/// store is free as soon as the last response that uses it is written.
class l1_store {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  enum class state : std::uint8_t { absent, fresh, stale, negative };

  /// What is known of a key. `body` is set if the state is `fresh` or `stale`. For `absent` and `stale`, `stamp` is
  /// what a load that begins now must give to `fill`.
  struct found {
    state what = state::absent;
    const body_ptr* body = nullptr; ///< valid until the next call that is not const
    time_point loaded_at{};         ///< when the source was asked; not set for `negative`
    time_point fresh_until{};       ///< for `negative`, when it is forgotten
    load_stamp stamp;
  };

  struct statistics {
    std::uint64_t entries = 0; ///< bodies
    std::uint64_t bytes = 0;   ///< of bodies, keys, aliases and all overhead but the negative entries'
    std::uint64_t byte_limit = 0;
    std::uint64_t negative_entries = 0; ///< those that have expired but were not asked for since included
    std::uint64_t negative_bytes = 0;
    std::uint64_t evictions = 0;
    std::uint64_t expirations = 0;   ///< found too old even to be stale
    std::uint64_t refused_fills = 0; ///< for what reason ever, see `fill`
    std::uint64_t invalidations = 0;
    std::uint64_t aliases = 0;
  };

  /// `seed` steers jitter and hashing; it should be secret, because clients choose the keys.
  l1_store(const l1_settings& settings, std::uint64_t seed);
  ~l1_store();
  l1_store(const l1_store&) = delete;
  l1_store& operator=(const l1_store&) = delete;

  /// Looks `key` up and counts the use for eviction.
  found find(const cache_key& key, time_point now);

  /// Returns the stamp that a load beginning now must give to `fill`.
  load_stamp stamp() const noexcept;

  /// Returns a stamp for a load that began at `began`, for loads that took no stamp here. A fill with it is refused if
  /// the key was invalidated at `began` or later, and possibly if that was up to 2 s earlier; if `began` is more than
  /// two minutes ago, possibly also if it was invalidated before that. `began` must not be later than the load's true
  /// beginning: round it down.
  load_stamp stamp_at(time_point began) const noexcept;

  /// Keeps `body` under `key`, fresh for `fresh_for` (less or more by the jitter) from `loaded_at`. Returns false, and
  /// keeps nothing, if the load is older than an invalidation of the key (with a small chance also if it is older than
  /// one of another key), if the body is larger than a tenth of the budget, or if it is too old even to be stale.
  bool fill(const cache_key& key, body_ptr body, load_stamp stamp, time_point loaded_at,
            std::chrono::milliseconds fresh_for, time_point now);

  /// Keeps "there is nothing under `key`" for a short time. Returns false if the load is older than an invalidation, or
  /// there is no budget. A record or an alias under the key goes.
  bool fill_negative(const cache_key& key, load_stamp stamp, time_point now);

  /// Keeps `id` as the second key of the record under `number`, for as long as `stale_for`, whether the record is kept
  /// or not. Aliases take a tenth of the budget at most; the oldest make room. Returns false as `fill_negative` does.
  bool fill_alias(member_id id, id_number number, load_stamp stamp, time_point now);

  /// Returns the ID number of the member if an alias is kept.
  std::optional<id_number> resolve(member_id id, time_point now);

  /// Forgets whatever is under `key`, a body, an alias or a negative entry; loads that began before are refused from
  /// now on.
  void invalidate(const cache_key& key, time_point now);

  /// Forgets everything; loads that began before are refused.
  void clear(time_point now);

  statistics stats() const noexcept;

private:
  struct implementation;
  std::unique_ptr<implementation> self_;
};

} // namespace tessera
