#pragma once

#include "actors/audit_queue.hpp"
#include "actors/client_list.hpp"
#include "actors/connection_slot.hpp"
#include "actors/furniture.hpp"
#include "actors/issuer_desk.hpp"
#include "actors/job_followers.hpp"
#include "actors/job_table.hpp"
#include "cards/card_ledger.hpp"
#include "guard/log_gate.hpp"
#include "guard/published.hpp"
#include "messages/types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace tessera {

struct job_keeper_settings {
  job_table_settings table;
  std::chrono::milliseconds interval{250};        ///< between two looks at what is to be saved and told
  std::chrono::milliseconds look_interval{3'000}; ///< between two looks for jobs that nobody runs
  std::chrono::milliseconds lease{10'000};        ///< so long after a node's death its jobs are free
  std::chrono::milliseconds clean_interval{600'000};
  std::chrono::milliseconds read_interval{1'000}; ///< of a job that is followed here and runs elsewhere
  std::size_t reads = 8;                          ///< of those, at each look
  std::size_t most_unfinished = 20;               ///< jobs of one owner
  std::size_t most_files = 4;                     ///< composed at once; each may be 2 MB
};

/// Owns the batches that are jobs, on this node: takes them on, runs those that it has leased, says how they are, and
/// has their files composed. The store has each job; here is only what runs, and what of it is not saved yet. Runs on a
/// thread of its own with a connection of its own (spawn it detached): the calls block.
///
/// An exit message makes it save what is not saved and hand its jobs back, so that others go on with them at once;
/// whoever holds the slot can interrupt that. If it ends in any other way, its successor takes the jobs, or another
/// node when the leases have run out.
struct job_keeper_state {
  static constexpr const char* name = "job_keeper";

  using pointer = job_keeper_actor::stateful_pointer<job_keeper_state>;

  /// What it is made from.
  struct surroundings {
    std::shared_ptr<member_store> store;
    std::shared_ptr<connection_slot> slot;
    std::shared_ptr<const published<card_ledger>> ledger;
    std::shared_ptr<audit_queue> audits;
    std::string holder; ///< of leases: this process and no other
    clock_source now;
    std::function<utc_time()> wall_clock;
  };

  job_keeper_state() = default;
  ~job_keeper_state();

  pointer self = nullptr;
  job_keeper_settings settings;
  surroundings around;
  job_metrics* metrics = nullptr;
  std::optional<job_table> table;
  job_followers followers;
  batch_effects effects;
  issuer_desk issuers;
  client_list<job_client_actor> clients; ///< followers and files know them by index

  void open(const open_job& what);
  void find(const find_job& what);
  void fetch(const fetch_job& what);
  void composed(const file_composed& what);
  void abandon(const abandon_jobs& gone);
  void move_to(const directory& latest);
  void look();
  /// Sends what the table wants, and saves what is due.
  void apply();
  void stop(caf::error reason);

private:
  /// A file that a renderer is at work on.
  struct file {
    std::uint32_t asker = 0;
    ticket asked_by;
    std::size_t renderer = 0;
    steady_time until{};
  };

  static constexpr std::chrono::seconds fault_log_interval{10};

  template <class Use>
  auto call(Use&& use) -> decltype(use(*around.slot->get()));
  job_lease lease() const {
    return {around.holder, settings.lease};
  }
  std::uint32_t index_of(const job_client_actor& asker);
  result<batch_job> look_up(const std::string& owner, const std::string& id);
  void take_jobs();
  void show_jobs();
  void look_for_jobs();
  void clean();
  void save_due();
  void tell_followers();
  void tell(const std::vector<job_followers::follower>& whom, const job_answer& what);
  result<std::vector<card_holder>> holders_of(const batch_job& job);
  void compose(const fetch_job& what, batch_job job, std::vector<card_holder> holders);
  void fail_files(const std::function<bool(const file&)>& lost);

  directory here_;                      ///< of the renderers and the writer
  std::map<std::uint64_t, file> files_; ///< by work id
  std::uint64_t last_work_ = 0;
  bool handed_back_ = false; ///< what a predecessor held
  bool failing_ = false;     ///< the store does not answer, and that was logged
  log_gate fault_log_{fault_log_interval};
  steady_time refuse_until_{}; ///< the store is not asked: as long again as the last call took that failed
  steady_time look_at_{};
  steady_time clean_at_{};
};

/// Knows nobody, and runs nothing, until its first directory. `metrics` must outlive the actor. The clocks are the
/// machine's except in tests.
job_keeper_actor::behavior_type job_keeper(job_keeper_state::pointer self, job_keeper_settings settings,
                                           job_keeper_state::surroundings around, job_metrics* metrics);

} // namespace tessera
