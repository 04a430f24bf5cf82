#pragma once

#include "actors/batch_table.hpp"
#include "actors/furniture.hpp"
#include "actors/metrics.hpp"
#include "cards/batch_job.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string_view>
#include <vector>

namespace tessera {

struct job_table_settings {
  std::size_t at_once = 2;                        ///< jobs
  std::size_t save_cards = 20;                    ///< so many finished ones are saved at once,
  std::chrono::milliseconds save_after{250};      ///< and fewer after this time
  std::chrono::milliseconds renew_after{3'000};   ///< a job is saved so often even if nothing has happened: its lease
  std::chrono::milliseconds save_again{1'000};    ///< after a save that failed
  std::chrono::milliseconds round_limit{300'000}; ///< for all cards of one attempt
};

/// The jobs that this node has leased, and what is to be saved of them. A job is run as a batch of its members; those
/// whose card could not be made for a reason that may pass make another batch later, and so on. A card that is finished
/// is never asked for again. Pure: one owner.
class job_table {
public:
  using time_source = std::function<utc_time()>;

  /// `metrics` must outlive the table.
  job_table(job_table_settings settings, job_metrics& metrics, time_source wall_clock);

  bool empty() const noexcept {
    return jobs_.empty();
  }

  /// Returns how many more jobs may be at work.
  std::size_t room() const noexcept {
    return settings_.at_once - std::min(settings_.at_once, jobs_.size());
  }

  /// Returns the job as it is now, saved or not; null if it is not here.
  const batch_job* find(std::string_view id) const noexcept;

  /// Returns the jobs that are here, for operators.
  running_jobs list() const;

  /// Runs a job that was leased; ignored if it is here already.
  void begin(batch_job job, steady_time now, batch_effects& out);

  void answered(const card_answer& answer, steady_time now, batch_effects& out);

  /// As batch_table::ask_again.
  void ask_again(const std::function<bool(member_id)>& lost, steady_time now, batch_effects& out);

  /// Begins the attempts whose time has come.
  void tick(steady_time now, batch_effects& out);

  /// Returns the first job that is to be saved now, or null. Each is to be told what became of it by one of the three
  /// below, before anything else happens.
  const batch_job* to_save(steady_time now) const noexcept;

  /// Returns all jobs of which something is not saved.
  std::vector<const batch_job*> unsaved() const;

  /// The store has it, and the lease goes on; a job that is done leaves the table.
  void saved(std::string_view id, steady_time now);

  /// Somebody else has the lease by now, or the job was forgotten: it leaves the table.
  void lost(std::string_view id, batch_effects& out);

  /// Nobody knows whether the store has it.
  void not_saved(std::string_view id, steady_time now);

private:
  struct entry {
    batch_job job;
    ticket batch;            ///< of the present or last attempt: number of the job, number of the attempt
    bool under_way = false;  ///< the attempt
    steady_time next{};      ///< when there is another attempt
    std::size_t unsaved = 0; ///< cards
    steady_time unsaved_since{};
    steady_time saved_at{};
    steady_time save_not_before{};
  };
  using entries = std::list<entry>;

  entries::iterator find_entry(std::string_view id) noexcept;
  bool is_due(const entry& each, steady_time now) const noexcept;
  void start(entry& each, steady_time now, batch_effects& out);
  void take_in(steady_time now, batch_effects& out);
  void card_ended(entry& each, const batch_effects::finished_card& what, steady_time now);
  void finish(entry& each, job_card& card, steady_time now) const;
  void attempt_ended(entry& each, steady_time now);
  void remove(entries::iterator which);

  job_table_settings settings_;
  job_metrics& metrics_;
  time_source wall_clock_;
  batch_table batches_;
  entries jobs_; ///< in the order in which they were begun
  std::uint32_t last_ = 0;
};

} // namespace tessera
