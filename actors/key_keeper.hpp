#pragma once

#include "actors/connection_slot.hpp"
#include "actors/furniture.hpp"
#include "guard/key_ring_slot.hpp"
#include "messages/types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace tessera {

struct key_keeper_settings {
  /// From one reading to the next: half of the second within which a change shall be seen.
  std::chrono::milliseconds interval{500};
  /// After so many readings the database is asked for the state of its own cache.
  unsigned buffer_pool_every = 4;
};

/// Owns the connection over which API keys are read, and what it read last; now and then it asks the database for the
/// state of its own cache, for the statistics. Runs on a thread of its own (spawn it
/// detached): reading blocks. Reads all keys at each interval and, when they have changed, puts a new ring into the
/// slot that the I/O loops look into; also when it is told to. While the store cannot be read, the last ring stays in
/// force.
///
/// An exit message ends it after a call in progress, which whoever holds the connection's slot can interrupt.
struct key_keeper_state {
  static constexpr const char* name = "key_keeper";

  using pointer = key_keeper_actor::stateful_pointer<key_keeper_state>;

  key_keeper_state() = default;
  ~key_keeper_state();

  pointer self = nullptr;
  key_keeper_settings settings;
  std::shared_ptr<member_store> store;
  std::shared_ptr<connection_slot> slot;
  std::shared_ptr<key_ring_slot> keys;
  key_metrics* metrics = nullptr;
  clock_source now;
  std::optional<std::vector<api_key_record>> last; ///< as read; nothing before the first time
  bool failing = false;                            ///< the store cannot be read, and that was logged
  unsigned readings = 0;

  /// Returns error_code::interrupted at the end of the actor.
  error_code refresh();

private:
  result<std::vector<api_key_record>> read_keys();
  void take(std::vector<api_key_record> fresh);
  void failed(const failure& why);
  void look_at_buffer_pool();
};

/// `keys` holds the ring that was read at the start. `metrics` must outlive the actor. `now` is steady_clock_source()
/// except in tests.
key_keeper_actor::behavior_type key_keeper(key_keeper_state::pointer self, key_keeper_settings settings,
                                           std::shared_ptr<member_store> store, std::shared_ptr<connection_slot> slot,
                                           std::shared_ptr<key_ring_slot> keys, key_metrics* metrics, clock_source now);

} // namespace tessera
