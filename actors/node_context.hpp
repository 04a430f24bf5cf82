#pragma once

#include "actors/audit_queue.hpp"
#include "actors/furniture.hpp"
#include "actors/metrics.hpp"
#include "actors/stats_desk.hpp"
#include "cards/card_ledger.hpp"
#include "cards/card_maker.hpp"
#include "config/settings.hpp"
#include "guard/key_ring_slot.hpp"
#include "guard/published.hpp"
#include "guard/rate_limiter.hpp"
#include "storage/l2_sealer.hpp"
#include "storage/member_store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tessera {

/// What the actors of one node are made from. Made by wiring, given to the supervisor; never leaves the process.
struct node_context {
  tessera::settings settings; ///< validated and resolved
  std::shared_ptr<member_store> store;
  std::shared_ptr<const l2_sealer> sealer;        ///< never null: ETags come from its secret, too
  std::shared_ptr<key_ring_slot> keys;            ///< never null: the API keys in force, for every loop to look into
  std::shared_ptr<const card_maker> maker;        ///< never null
  std::shared_ptr<published<card_ledger>> ledger; ///< never null; empty until the cards' state was read
  std::shared_ptr<rate_limiter> limiter;          ///< null: no limits per client
  std::shared_ptr<stats_desk> stats;              ///< null: nobody wants statistics
  node_metrics* metrics = nullptr;                ///< sized as `settings` says; outlives the actors
  std::function<void(std::string)> on_fatal;      ///< any thread, once: the node cannot go on, for this reason
  clock_source clock = steady_clock_source();
  std::shared_ptr<audit_queue> audits = std::make_shared<audit_queue>(); ///< never null
  /// Where the change feed was before L1 had anything; nothing: all is to be cleared.
  std::optional<change_start> changes_start{};
  std::string l2_name{}; ///< of what is kept in Redis under our secret; empty: there is no L2
};

} // namespace tessera
