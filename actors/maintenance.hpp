#pragma once

#include "actors/audit_queue.hpp"
#include "actors/furniture.hpp"
#include "messages/cache.hpp"
#include "messages/directory.hpp"
#include "messages/l2.hpp"
#include "messages/load.hpp"
#include "messages/maintenance.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace tessera {

struct maintenance_settings {
  std::chrono::milliseconds member_fresh{3'600'000};
  std::chrono::milliseconds step_limit{2'000};  ///< how long one step of a clearing waits for its answers
  std::chrono::milliseconds page_limit{40'000}; ///< how long a page of warming waits; longer than the pool may take
};

/// Owns the jobs of clearing and warming. Runs on a CAF worker; jobs are few and take several messages each.
///
/// Clearing a member goes in steps: find the ID number (from the request and the alias; if neither knows it, from the
/// database), then L2, then L1. L2 comes before L1: a load that begins after L1 forgot the member must not find it in
/// L2. If the request and the alias name different numbers, both are cleared. An invalidation that Redis has not
/// acknowledged is owed by its actor, which reads nothing before it has paid, so it counts. A step whose answers do not
/// come in time ends the job with database_unavailable; what can be cleared is cleared even so, and clearing again does
/// no harm.
///
/// Clearing everything goes by the last two of these steps, and what issuers have made is forgotten with L1. It changes
/// what counts in L2 for all nodes; the L1 of others it does not reach.
///
/// What others have changed in the store is cleared by the same two steps, many members in one job.
///
/// Warming takes the stamps of all caches, then loads a page, then fills: so what an invalidation overtakes is refused
/// by the caches like any other load. One warming at a time.
struct maintenance_state {
  static constexpr const char* name = "maintenance";

  using pointer = maintenance_actor::stateful_pointer<maintenance_state>;

  enum class step : std::uint8_t { resolve_alias, find_number, clear_l2, clear_l1 };

  struct clearing {
    clear_member request;
    bool everything = false; ///< not only the member of the request
    bool l2_only = false;
    bool l2_owes = false;
    step at = step::resolve_alias;
    std::vector<changed_member> members; ///< by each number once; 0 to 2 where it is one member
    change_reader_actor reader;          ///< asked instead of whom the request names, for its `batch`
    std::uint64_t batch = 0;
    std::size_t unanswered = 0; ///< in this step
    error_code error = error_code::none;
    steady_time deadline{};
  };
  struct warming {
    warm_cache request;
    std::uint64_t job = 0;
    bool page_asked = false;        ///< else stamps are awaited
    std::vector<load_stamp> stamps; ///< by cache shard
    std::size_t unanswered = 0;
    member_id before;
    std::uint32_t warmed = 0;
    steady_time deadline{};
  };
  /// By a number that is new in every step: late answers of an earlier one find no job.
  using clearings = std::unordered_map<std::uint64_t, clearing>;

  pointer self = nullptr;
  maintenance_settings settings;
  clock_source now;
  actor_metrics* metrics = nullptr;
  std::shared_ptr<audit_queue> audits;
  directory here;
  bool knows_others = false;
  clearings clearing_jobs;
  std::optional<warming> warming_job;
  std::uint64_t last_job = 0;
  bool tick_under_way = false;
  std::uint64_t tick_generation = 0;

  void start(const clear_member& request);
  void start(const clear_all& request);
  void start(const clear_changes& request);
  void start(const warm_cache& request);
  void handle(const alias_resolved& answer);
  void handle(const id_number_found& answer);
  void handle(const invalidated& answer);
  void handle(const l2_invalidated& answer);
  void handle(const page_loaded& answer);
  void handle(const directory& latest);
  void end_what_is_overdue();
  /// Sees to it that a tick comes while there are jobs.
  void arm();

private:
  static void add_number(clearing& job, id_number number);
  void enter(clearings::iterator job, step to);
  void ask(std::uint64_t number, clearing& job);
  void ask_all(std::uint64_t number, clearing& job);
  void advance(clearings::iterator job);
  void finish(clearings::iterator job, error_code error);
  void ask_stamps();
  void ask_page();
  void fill(const std::vector<load_answer>& members);
  void finish_warming(error_code error);
  void write_audit(audit_entry line);
};

/// Knows nobody until its first directory; jobs that come before are refused with database_unavailable. `audits` is the
/// queue that the store_writer empties. `metrics` must outlive the actor. `now` is steady_clock_source() except in
/// tests.
maintenance_actor::behavior_type maintenance(maintenance_state::pointer self, maintenance_settings settings,
                                             std::shared_ptr<audit_queue> audits, actor_metrics* metrics,
                                             clock_source now);

} // namespace tessera
