#pragma once

#include "actors/client_list.hpp"
#include "actors/load_table.hpp"
#include "messages/directory.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace tessera {

/// Owns the loads of one shard: a shell that turns what its load_table decides into messages. Runs on the I/O loop or
/// the worker that sends to it; every handler takes microseconds.
///
/// Answers to requests that are in a cache's mailbox when that cache dies are lost: the lookup actor keeps no copy of
/// what it passed on, because a hit would pay for it. Their gateway asks again when the directory names a new cache.
struct lookup_state {
  static constexpr const char* name = "lookup";

  using pointer = lookup_actor::stateful_pointer<lookup_state>;

  std::unique_ptr<load_table> table;
  load_effects effects;
  directory here;
  bool knows_others = false;
  clock_source now;
  lookup_metrics* metrics = nullptr;
  std::uint32_t shard = 0;
  client_list<lookup_client_actor> clients; ///< those who wait; the table knows them by index
  bool tick_under_way = false;
  std::uint64_t tick_generation = 0;

  std::uint32_t index_of(const lookup_client_actor& asker);
  void move_to(const directory& latest, steady_time at);
  /// Sends what `effects` wants, empties it, and sees to it that a tick comes while loads are under way.
  void apply(pointer self, steady_time at);

private:
  void ask(pointer self, steady_time at);
  void tell_admission(pointer self);
  void fill(pointer self);
  void answer(pointer self);
};

/// Knows nobody until its first directory. `metrics` must outlive the actor. `now` is steady_clock_source() except
/// in tests.
lookup_actor::behavior_type lookup(lookup_state::pointer self, lookup_settings settings, std::uint32_t shard,
                                   lookup_metrics* metrics, clock_source now);

} // namespace tessera
