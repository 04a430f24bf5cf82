#pragma once

#include "actors/audit_queue.hpp"
#include "actors/connection_slot.hpp"
#include "actors/furniture.hpp"
#include "cards/card_ledger.hpp"
#include "guard/published.hpp"
#include "messages/types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>
#include <string>

namespace tessera {

struct card_keeper_settings {
  std::chrono::milliseconds interval{500};         ///< between two looks at whether anything has changed
  std::chrono::milliseconds full_interval{10'000}; ///< between two readings of all, changed or not
};

/// Owns the connection over which the state of cards is read and changed. Runs on a thread of its own (spawn it
/// detached): the calls block. What it reads it publishes as a ledger, which issuers go by; while the store cannot be
/// read, the last ledger stays in force. A change of this node is in the ledger before it is answered.
///
/// An exit message ends it after a call in progress, which whoever holds the connection's slot can interrupt.
struct card_keeper_state {
  static constexpr const char* name = "card_keeper";

  using pointer = card_keeper_actor::stateful_pointer<card_keeper_state>;
  using time_source = std::function<utc_time()>;

  card_keeper_state() = default;
  ~card_keeper_state();

  pointer self = nullptr;
  card_keeper_settings settings;
  std::shared_ptr<member_store> store;
  std::shared_ptr<connection_slot> slot;
  std::shared_ptr<published<card_ledger>> ledger;
  std::shared_ptr<audit_queue> audits;
  directory here; ///< tells the writer of what is in `audits`
  card_keeper_metrics* metrics = nullptr;
  clock_source now;
  time_source wall_clock;
  std::string mark;           ///< as of the last reading
  steady_time read_at{};      ///< when all was read last
  steady_time refuse_until{}; ///< changes are refused: as long again as the last call took that failed
  bool failing = false;       ///< the store cannot be read, and that was logged

  void refresh();
  void change(const change_cards& what);

private:
  status read_if_changed();
  void put(card_ledger next);
};

/// `ledger` may hold what was read before. `metrics` must outlive the actor. `now` is steady_clock_source() except in
/// tests.
card_keeper_actor::behavior_type card_keeper(card_keeper_state::pointer self, card_keeper_settings settings,
                                             std::shared_ptr<member_store> store, std::shared_ptr<connection_slot> slot,
                                             std::shared_ptr<published<card_ledger>> ledger,
                                             std::shared_ptr<audit_queue> audits, card_keeper_metrics* metrics,
                                             clock_source now, card_keeper_state::time_source wall_clock);

} // namespace tessera
