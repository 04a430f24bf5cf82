#pragma once

#include "actors/connection_slot.hpp"
#include "actors/metrics.hpp"
#include "cards/member_record.hpp"
#include "messages/types.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>

namespace tessera {

/// What a worker needs to do its work.
struct db_worker_context {
  std::uint64_t number = 0; ///< given by the pool, for statement_done
  db_pool_actor pool;
  std::shared_ptr<member_store> store;
  std::shared_ptr<connection_slot> slot; ///< shared with the pool, which may interrupt it
  etag_key etags{};
  pool_metrics* metrics = nullptr; ///< of the pool; must outlive the actor
};

/// Owns one connection to the member store and runs on a thread of its own (spawn it detached): every statement blocks.
/// Connects with its first statement, which the pool makes a `ping`. What it finds it answers to those who asked, and
/// tells the pool when it is done; what fails it reports to the pool alone, which knows what to try next. Answers
/// nobody once it was interrupted, and ends: its pool is gone then or has cut the statement off, and what waited is
/// asked again elsewhere or refused.
db_worker_actor::behavior_type db_worker(db_worker_actor::pointer self, db_worker_context context);

} // namespace tessera
