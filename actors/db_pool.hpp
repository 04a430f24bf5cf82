#pragma once

#include "actors/connection_slot.hpp"
#include "actors/furniture.hpp"
#include "cards/member_record.hpp"
#include "guard/pool_plan.hpp"
#include "messages/types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace tessera {

struct db_pool_settings {
  pool_plan_settings plan;
  std::chrono::milliseconds slow_statement{1'000}; ///< logged by name from there on
  std::chrono::milliseconds probe_after{5'000};    ///< without a word from the database; so health tells the truth
};

/// Returns the pool's share of the settings. `useful_connections` is what the store says; 0: as many as one likes.
db_pool_settings pool_settings_of(const database_settings& all, const breaker_settings& breaker,
                                  unsigned useful_connections, std::uint64_t seed);

/// Owns the workers of one database and all that waits for them; when it ends, for whatever reason, they end, too. A
/// shell around `pool_plan`. Runs on a CAF worker or an I/O loop; every handler takes microseconds, but for the start
/// of a worker's thread.
struct db_pool_state {
  static constexpr const char* name = "db_pool";

  using pointer = db_pool_actor::stateful_pointer<db_pool_state>;

  struct waiting_key {
    load_client_actor asker;
    member_key key;
    std::uint32_t pool = 0; ///< as the asker counts
  };
  /// Nobody asked for it: it finds out whether a database that nobody has asked lately is there.
  struct probe {};
  using request = std::variant<waiting_key, load_page, find_id_number, probe>;

  struct worker_entry {
    db_worker_actor handle;
    std::shared_ptr<connection_slot> slot;
    std::uint64_t sequence = 0;                 ///< of its statement
    std::optional<steady_time> overdue_since{}; ///< when its statement was first seen to take too long
  };

  db_pool_state() = default;
  ~db_pool_state();

  pointer self = nullptr;
  db_pool_settings settings;
  std::shared_ptr<member_store> store;
  etag_key etags{};
  pool_metrics* metrics = nullptr;
  clock_source now;
  std::optional<pool_plan> plan;

  std::unordered_map<pool_plan::item, request> requests; ///< all that wait or are in a worker's hands
  pool_plan::item last_item = 0;
  std::map<pool_plan::worker, worker_entry> workers;
  std::uint64_t last_sequence = 0;

  /// What the plan has counted and the metrics, which outlive this actor, know already.
  struct {
    std::uint64_t retries = 0;
    std::uint64_t opened = 0;
    std::uint64_t probes = 0;
  } counted;

  steady_time look_at = steady_time::max(); ///< when the tick of `tick_generation` comes
  std::uint64_t tick_generation = 0;        ///< 0 is the regular one

  steady_time heard_at{}; ///< when the database last said something, or was last probed

  bool was_reachable = true;
  circuit_breaker::state breaker_was = circuit_breaker::state::closed;
  std::string last_failure; ///< of an attempt to connect, for the log
  steady_time failure_logged_at{};
  std::uint64_t failures_not_logged = 0;

  void add(request what, pool_plan::work kind, std::chrono::milliseconds time_left, steady_time at);
  void handle(const statement_done& done, steady_time at);
  void probe_if_quiet(steady_time at);
  void worker_down(const caf::down_msg& down, steady_time at);
  void force(const force_breaker& what, steady_time at);
  /// Does what the plan decides, and sees to it that a tick comes when it wants to be asked again.
  void carry_out(steady_time at);
  void publish(steady_time at);

private:
  void open(pool_plan::worker number);
  void close(pool_plan::worker number);
  void send(const pool_plan::task& task);
  void cut_overdue(steady_time at);
  void settle(const pool_plan::refusal& what, std::vector<std::pair<load_client_actor, load_answers>>& answers);
  void refuse(const std::vector<pool_plan::refusal>& refusals);
  void log_slow(const pool_plan::task& task, std::uint32_t duration_us) const;
  void log_failure(const pool_plan::task& task, error_code why, std::string_view detail, steady_time at);
  void log_changes(steady_time at);
  void remember_change(circuit_breaker::state from, circuit_breaker::state to);
  void arm(steady_time at);
};

/// `metrics` must outlive the actor and its workers. `now` is steady_clock_source() except in tests.
db_pool_actor::behavior_type db_pool(db_pool_state::pointer self, db_pool_settings settings,
                                     std::shared_ptr<member_store> store, etag_key etags, pool_metrics* metrics,
                                     clock_source now);

} // namespace tessera
