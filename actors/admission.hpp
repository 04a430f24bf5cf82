#pragma once

#include "actors/furniture.hpp"
#include "guard/admission_queue.hpp"
#include "messages/types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <list>
#include <optional>
#include <unordered_map>

namespace tessera {

/// Returns the queue's share of the settings.
admission_queue_settings admission_settings_of(const queue_settings& all, std::uint64_t seed);

/// Owns the slots of one node for loads and renderings, and the requests that wait for one: a shell around
/// `admission_queue` that knows whose each of them is. Runs on the I/O loop or the worker that sends to it; every
/// handler takes microseconds.
///
/// No slot is lost: each belongs to a work of a living asker. An asker that dies gives back all of its slots, though
/// what it had asked of the database may go on for the time of a statement. A successor of this actor begins with
/// nothing; the askers tell it what is at work and ask again for what waits.
struct admission_state {
  static constexpr const char* name = "admission";

  using pointer = admission_actor::stateful_pointer<admission_state>;
  using item = admission_queue::item;

  struct asker {
    admission_client_actor handle;
    std::unordered_map<std::uint64_t, item> works; ///< by work_id; what waits or is at work
    admission_answers answers;                     ///< to be sent
  };
  struct work {
    asker* whose = nullptr;
    work_id named;
  };

  admission_state() = default;

  pointer self = nullptr;
  admission_metrics* metrics = nullptr;
  bool was_overloaded = false; ///< when it was last told
  clock_source now;
  std::optional<admission_queue> queue;
  std::list<asker> askers; ///< few: the shards
  std::unordered_map<item, work> works;
  item last_item = 0;

  steady_time look_at = steady_time::max(); ///< when the tick of `tick_generation` comes
  std::uint64_t tick_generation = 0;

  void ask(const admission_batch& batch, steady_time at);
  void end(const work_ended& ended, steady_time at);
  void go_on(const work_goes_on& what);
  void asker_down(const caf::down_msg& down, steady_time at);
  /// Does what the queue decides, and sees to it that a tick comes when it wants to be asked again.
  void carry_out(steady_time at);
  void publish(steady_time at);

private:
  asker& known(const admission_client_actor& handle);
  /// Returns the item for a work that is new, or nothing.
  std::optional<item> enter(asker& whose, work_id named);
  void leave(item which, steady_time at);
  void refuse(const admission_queue::refusal& what);
  void arm(steady_time at);
};

/// `metrics` must outlive the actor. `now` is steady_clock_source() except in tests.
admission_actor::behavior_type admission(admission_state::pointer self, admission_queue_settings settings,
                                         admission_metrics* metrics, clock_source now);

} // namespace tessera
