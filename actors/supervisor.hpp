#pragma once

#include "actors/connection_slot.hpp"
#include "actors/node_context.hpp"
#include "guard/restart_budget.hpp"
#include "messages/types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// Owns the other actors of a node: starts them, tells everyone where they are, replaces one that dies, and stops them
/// in order. Five restarts of one child within ten seconds are its budget; the sixth is fatal. Runs on a CAF worker.
///
/// An exit message stops the children, each kind within its time, then the supervisor. If it ends in any other way,
/// that is fatal, and its children are told to end, too, without order.
struct supervisor_state {
  static constexpr const char* name = "supervisor";

  using pointer = supervisor_actor::stateful_pointer<supervisor_state>;

  /// In the order in which they are stopped: first who asks, then who answers.
  enum class kind : std::uint8_t {
    jobs,
    batches,
    card_issuer,
    lookup,
    change_reader,
    maintenance,
    admission,
    db_pool,
    renderer,
    card_keeper,
    key_keeper,
    store_writer,
    limit_sharer,
    redis,
    cache,
    stats,
    alert_sender
  };

  struct child {
    kind what = kind::lookup;
    std::uint32_t index = 0; ///< among its kind
    caf::actor_addr address; ///< null: it has ended and will not be replaced
    restart_budget budget;
    actor_metrics* metrics = nullptr;
  };

  supervisor_state() = default;
  ~supervisor_state();

  pointer self = nullptr;
  std::optional<node_context> context;
  std::vector<child> children;
  directory here;
  std::vector<gateway_actor> subscribers;
  std::shared_ptr<connection_slot> writer_slot;
  std::shared_ptr<connection_slot> keeper_slot;
  std::shared_ptr<connection_slot> card_slot;
  std::shared_ptr<connection_slot> job_slot;
  std::shared_ptr<connection_slot> change_slot;
  std::string job_holder; ///< as which this process leases jobs

  std::optional<caf::error> stop_reason; ///< set while stopping
  std::size_t stop_stage = 0;            ///< index in the order of kinds
  std::uint64_t stage_generation = 0;
  bool fatal_was_called = false;

  void start_all();
  void publish();
  void subscribe(const gateway_actor& subscriber);
  /// A child or a subscriber has ended.
  void is_down(const caf::down_msg& down);
  void stop(caf::error reason);
  /// The stage of `generation` has had its time.
  void stage_is_overdue(std::uint64_t generation);

private:
  void add_children(kind what, std::size_t count);
  void start(child& which);
  void spawn(child& which);
  void replace(child& which, const caf::error& reason);
  void fatal(std::string reason);
  void run_stages();
  bool begin_stage();
};

/// Starts the children before it handles messages. Their handles in a `directory` are to be dropped when they are
/// replaced and when the node stops: CAF keeps the thread of a detached actor (redis, store_writer, key_keeper,
/// card_keeper, job_keeper, change_reader, renderer, limit_sharer) as long as anyone holds it, and the actor system
/// waits for it.
supervisor_actor::behavior_type supervisor(supervisor_state::pointer self, node_context context);

} // namespace tessera
