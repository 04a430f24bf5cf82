#pragma once

#include "actors/furniture.hpp"
#include "messages/cache.hpp"
#include "messages/directory.hpp"
#include "storage/l1_store.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>

namespace tessera {

/// Owns the L1 store of one shard. Runs on the I/O loop or the worker that sends to it; every handler takes
/// microseconds.
struct cache_state {
  static constexpr const char* name = "cache";

  std::unique_ptr<l1_store> store;
  clock_source now;
  cache_metrics* metrics = nullptr;
  std::uint32_t shard = 0;
  steady_time replaced_at{}; ///< when a predecessor had gone, of which nobody knows what it had invalidated
  std::uint32_t batches_unpublished = 0;

  /// Adds the answer or the miss of each request to `answers` or `misses`.
  void probe(const std::vector<lookup_request>& requests, std::vector<lookup_answer>& answers,
             std::vector<cache_miss>& misses);
  void fill(const cache_fill& loaded);
  void forget(id_number number, member_id id);
  void forget_all();

private:
  void fill_alias_of_other_shard(const filled_member& member, steady_time at);
  void publish() const;
};

/// `metrics` must outlive the actor. `now` is steady_clock_source() except in tests. A cache that replaces another is
/// given a `first_stamp` above all stamps of its predecessors, and then takes no alias of what was loaded before it.
cache_actor::behavior_type cache(cache_actor::stateful_pointer<cache_state> self, l1_settings settings,
                                 std::uint32_t shard, std::uint64_t seed, cache_metrics* metrics, clock_source now);

} // namespace tessera
