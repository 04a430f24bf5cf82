#pragma once

#include "messages/actors.hpp"
#include "messages/inspect_types.hpp"

#include <cstdint>
#include <vector>

namespace tessera {

/// Where the actors of this node are. Sent by the supervisor after start and after each restart of a child; a later
/// epoch replaces an earlier one. A handle that changed means that its predecessor died: whoever waits on that one
/// asks the successor again, once.
struct directory {
  std::uint64_t epoch = 0;
  std::vector<lookup_actor> lookups; ///< by shard
  std::vector<cache_actor> caches;   ///< by shard
  std::vector<redis_actor> redis;    ///< by shard_of(id_number, size); empty: no L2
  std::vector<card_issuer_actor> issuers; ///< by shard_of(member_id, size)
  std::vector<renderer_actor> renderers;
  admission_actor admission; ///< null: nothing is asked of it
  db_pool_actor pool;
  maintenance_actor maintenance;
  batch_coordinator_actor batches;
  job_keeper_actor jobs;
  store_writer_actor writer;
  key_keeper_actor key_keeper;
  card_keeper_actor card_keeper;
  limit_sharer_actor limit_sharer;   ///< null: there is none
  change_reader_actor change_reader; ///< likewise

  bool operator==(const directory&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, directory& x) {
  return f(caf::meta::type_name("tessera::directory"), x.epoch, x.lookups, x.caches, x.redis, x.issuers, x.renderers,
           x.admission, x.pool, x.maintenance, x.batches, x.jobs, x.writer, x.key_keeper, x.card_keeper, x.limit_sharer,
           x.change_reader);
}

/// Sends the directory to `subscriber` now and after each restart, as long as it lives.
struct subscribe_directory {
  gateway_actor subscriber;

  bool operator==(const subscribe_directory&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, subscribe_directory& x) {
  return f(caf::meta::type_name("tessera::subscribe_directory"), x.subscriber);
}

/// An actor's own reminder. `generation` tells a current one from those of timers that are no longer wanted (CAF 0.17
/// cannot cancel them).
struct tick {
  std::uint64_t generation = 0;

  bool operator==(const tick&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, tick& x) {
  return f(caf::meta::type_name("tessera::tick"), x.generation);
}

} // namespace tessera
