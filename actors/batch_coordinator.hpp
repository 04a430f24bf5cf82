#pragma once

#include "actors/batch_table.hpp"
#include "actors/client_list.hpp"
#include "actors/furniture.hpp"
#include "actors/issuer_desk.hpp"
#include "messages/types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>
#include <vector>

namespace tessera {

/// Owns the batches of one node: a shell that turns what its batch_table decides into messages. Runs where its message
/// came from; every handler takes microseconds.
struct batch_coordinator_state {
  static constexpr const char* name = "batch_coordinator";

  using pointer = batch_coordinator_actor::stateful_pointer<batch_coordinator_state>;

  pointer self = nullptr;
  std::optional<batch_table> table;
  batch_effects effects;
  issuer_desk issuers;
  batch_metrics* metrics = nullptr;
  clock_source now;
  client_list<batch_client_actor> clients; ///< the table knows them by index

  std::uint32_t index_of(const batch_client_actor& asker);
  /// Sends what `effects` wants and empties it.
  void apply();
};

/// Knows nobody until its first directory. `metrics` must outlive the actor. `now` is steady_clock_source() except in
/// tests.
batch_coordinator_actor::behavior_type batch_coordinator(batch_coordinator_state::pointer self, batch_metrics* metrics,
                                                         clock_source now);

} // namespace tessera
