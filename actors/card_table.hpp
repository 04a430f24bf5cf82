#pragma once

#include "actors/furniture.hpp"
#include "cards/card_keys.hpp"
#include "cards/card_ledger.hpp"
#include "messages/admission.hpp"
#include "messages/cache.hpp"
#include "messages/card.hpp"
#include "messages/load.hpp"
#include "storage/l1_store.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tessera {

struct card_table_settings {
  struct cache {
    std::size_t bytes = 0;
    std::chrono::milliseconds fresh{0};
  };

  std::array<cache, card_cache_count> caches{}; ///< by card_cache
  std::chrono::milliseconds member_fresh{3'600'000};
};

/// What a card_table wants done, in the order in which it came up. One object may gather several calls' effects.
struct card_effects {
  struct resolution {
    std::uint64_t job = 0;
    member_id member;
  };
  struct rendering {
    std::size_t renderer = 0;
    render_job job;
    bool urgent = false; ///< before what else waits for that renderer
  };
  struct addressed_answer {
    std::uint32_t asker = 0; ///< as given to `open`
    card_answer content;
  };

  std::vector<resolution> resolve;
  std::vector<lookup_request> look_up;
  std::vector<member_key> load;
  std::uint32_t time_left_ms = 0;                              ///< the longest of those who wait for `load`
  std::array<std::vector<admission_request>, 3> ask_admission; ///< by admission_priority
  std::vector<work_id> ended;                                  ///< need no slot any more, or wait for none
  std::vector<work_id> goes_on;                                ///< to be made known to a new admission actor
  std::vector<rendering> render;
  std::vector<addressed_answer> answers;
  std::vector<filled_member> fills; ///< for L1: members that were loaded by id

  void clear();
};

/// The cards of one shard that are being made and verified, and those that were made before. Equal tasks of one
/// priority are one job, whoever asks (singleflight). Pure: takes `now`, returns effects; one owner.
///
/// The way of a card: the member's ID number is resolved by its alias; the member is looked up by number, or loaded by
/// id where no alias is known or where it leads to another member or nobody; then a card made before is the answer,
/// else it waits for a slot and is rendered. A verification begins with its signature: whoever presents what is none of
/// ours costs no lookup. No job waits for others' slots while it holds one: a load by id keeps its slot for the
/// rendering, a lookup by number has its own.
///
/// Whoever waits is answered exactly once unless their deadline passes or they are abandoned; a job that nobody waits
/// for ends at its next step.
class card_table {
public:
  using ledger_source = std::function<std::shared_ptr<const card_ledger>()>;
  using time_source = std::function<utc_time()>;
  using key_source = std::function<card_key_id()>;

  /// What the table goes by beside its messages.
  struct surroundings {
    ledger_source ledger; ///< returns null while nobody knows what was revoked
    time_source now;      ///< by the calendar, UTC
    key_source signs;     ///< which key signs cards now
  };

  /// `metrics` must outlive the table. `seed` is secret: clients choose what is cached.
  card_table(const card_table_settings& settings, surroundings around, card_metrics& metrics, std::uint64_t seed);
  ~card_table();

  /// How many renderers there are from now on.
  void use_renderers(std::size_t count);

  /// Whether work waits for a slot, from now on.
  void use_admission(bool yes) noexcept {
    admission_in_use_ = yes;
  }

  bool empty() const noexcept {
    return jobs_.empty();
  }
  /// Returns how many jobs there are.
  std::size_t size() const noexcept {
    return jobs_.size();
  }
  /// Returns how many tickets wait.
  std::size_t waiting() const noexcept {
    return waiting_.size();
  }

  l1_store::statistics statistics_of(card_cache which) const noexcept {
    return made_[static_cast<std::size_t>(which)]->stats();
  }

  /// `asker` wants this: joins the job or begins one. A ticket that waits already is not entered twice.
  void open(std::uint32_t asker, const card_task& task, steady_time now, card_effects& out);

  void alias_resolved(const tessera::alias_resolved& answer, steady_time now, card_effects& out);
  void member_found(const lookup_answer& answer, steady_time now, card_effects& out);
  void member_loaded(const load_answer& answer, steady_time now, card_effects& out);
  void admission_answered(const admission_answer& answer, steady_time now, card_effects& out);
  void rendered(const render_answer& answer, steady_time now, card_effects& out);

  /// Forgets the cards that were made before. Those that are being made now are not kept and not joined any more.
  void forget_made(steady_time now);

  /// Nobody waits for these tickets any more.
  void abandon(std::uint32_t asker, std::span<const ticket> tickets, card_effects& out);

  /// Ends jobs whose time is up. To be called about every 100 ms while not `empty`.
  void tick(steady_time now, card_effects& out);

  /// Where a job's next answer comes from, for whoever knows that they are there no more.
  struct awaited {
    enum class from : std::uint8_t { alias, lookup, pool, admission, renderer };

    from what = from::alias;
    member_id member;         ///< of `alias`
    id_number number;         ///< of `lookup`
    std::size_t renderer = 0; ///< of `renderer`
  };

  /// The actors for which `lost` holds died: asks their successors again, once per job.
  void ask_again(const std::function<bool(const awaited&)>& lost, steady_time now, card_effects& out);

  /// The admission actor died: tells its successor what is at work.
  void admission_replaced(card_effects& out);

  /// Returns which pool is asked: the count of those before it. What answers to another one's count is ignored.
  std::uint32_t pool() const noexcept {
    return pool_;
  }
  void pool_replaced() noexcept;

private:
  struct job;
  struct waiter {
    std::uint32_t asker = 0;
    ticket which;

    bool operator==(const waiter&) const = default;
  };
  struct waiter_hash {
    std::size_t operator()(const waiter& x) const noexcept;
  };

  job* find(std::uint64_t id) noexcept;
  bool is_up_to_date(const job& work) const;
  void resolve(job& work, card_effects& out);
  void look_up(job& work, steady_time now, card_effects& out);
  void load(job& work, steady_time now, card_effects& out);
  void take_member(job& work, steady_time now, card_effects& out);
  void want_slot(job& work, steady_time now, card_effects& out);
  void go_on_with_slot(job& work, steady_time now, card_effects& out);
  void render(job& work, card_effects& out);
  void leave_renderer(const job& work) noexcept;
  void give_back_slot(job& work, card_effects& out);
  void conclude_verification(job& work, card_fault fault, card_effects& out);
  void succeed(job& work, card_answer like, card_effects& out);
  void fail(job& work, card_answer like, card_effects& out);
  void answer(job& work, card_answer like, card_effects& out);
  void end(job& work, card_effects& out);
  void ask(job& work, steady_time now, card_effects& out);
  cache_key key_of(const job& work) const;

  card_table_settings settings_;
  surroundings around_;
  card_metrics& metrics_;
  std::array<std::uint8_t, 32> secret_{};                        ///< for `key_of`
  std::array<std::unique_ptr<l1_store>, card_cache_count> made_; ///< by card_cache
  bool admission_in_use_ = false;
  std::uint32_t pool_ = 0;
  std::uint64_t last_job_ = 0;
  std::vector<std::size_t> rendering_;                                  ///< jobs, by renderer
  std::unordered_map<std::uint64_t, std::unique_ptr<job>> jobs_;        ///< by number
  std::unordered_map<std::string, std::uint64_t> by_identity_;          ///< jobs that may be joined
  std::unordered_map<waiter, std::uint64_t, waiter_hash> waiting_;      ///< jobs, by who waits
  std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> loads_; ///< jobs, by the member id being loaded
};

} // namespace tessera
