#pragma once

#include "actors/card_table.hpp"
#include "actors/client_list.hpp"
#include "messages/directory.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace tessera {

/// Owns the cards of one shard of the member ids: a shell that turns what its card_table decides into messages. Runs on
/// the I/O loop or the worker that sends to it; every handler takes microseconds, as drawing and signing are the
/// renderers' work.
struct card_issuer_state {
  static constexpr const char* name = "card_issuer";

  using pointer = card_issuer_actor::stateful_pointer<card_issuer_state>;

  pointer self = nullptr;
  std::optional<card_table> table;
  card_effects effects;
  directory here;
  bool knows_others = false;
  clock_source now;
  card_metrics* metrics = nullptr;
  client_list<card_client_actor> clients; ///< those who wait; the table knows them by index
  bool tick_under_way = false;
  std::uint64_t tick_generation = 0;

  std::uint32_t index_of(const card_client_actor& asker);
  void move_to(const directory& latest, steady_time at);
  /// Sends what `effects` wants, empties it, and sees to it that a tick comes while there are jobs.
  void apply(steady_time at);

private:
  void ask_members(steady_time at);
  void tell_admission();
  void render();
  void fill();
  void answer();
};

/// Knows nobody until its first directory. `metrics` must outlive the actor. `now` is steady_clock_source() except in
/// tests.
card_issuer_actor::behavior_type card_issuer(card_issuer_state::pointer self, card_table_settings settings,
                                             card_table::surroundings around, std::uint64_t seed, card_metrics* metrics,
                                             clock_source now);

} // namespace tessera
