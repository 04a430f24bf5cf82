#pragma once

#include "actors/furniture.hpp"
#include "messages/admission.hpp"
#include "messages/cache.hpp"
#include "messages/l2.hpp"
#include "messages/load.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tessera {

struct lookup_settings {
  std::chrono::milliseconds stale_after{100}; ///< a stale copy answers after waiting this long
  std::chrono::milliseconds member_fresh{3'600'000};
  std::chrono::milliseconds l2_timeout{50}; ///< the longest that a load waits for L2
  /// The longest that a load waits for the database; longer than the pool may take (acquire timeout, statement), so
  /// that it only ends what would never end otherwise.
  std::chrono::milliseconds load_limit{40'000};
};

/// What a load_table wants done, in the order in which it came up. One object may gather several calls' effects.
struct load_effects {
  struct addressed_answer {
    std::uint32_t asker = 0; ///< as given to `open`
    lookup_answer content;
  };

  std::vector<id_number> ask_l2;
  std::vector<admission_request> ask_admission;
  std::vector<work_id> ended;   ///< need no slot any more, or wait for none
  std::vector<work_id> goes_on; ///< to be made known to a new admission actor
  std::vector<member_key> ask_database;
  std::uint32_t time_left_ms = 0; ///< the longest of those who wait for `ask_database`
  std::vector<addressed_answer> answers;
  std::vector<filled_member> fills; ///< for L1; `id` is the member's, whichever shard its alias belongs to
  std::vector<l2_filled_member> l2_fills;

  void clear();
};

/// The loads of one shard that are under way: one per ID number, whoever asks (singleflight). Knows who waits for each,
/// how far it is, and the stale copy that may have to do. Pure: takes `now`, returns effects; one owner.
///
/// A load is asked of L2 if there is one, then waits for a slot if there is an admission actor, then is asked of the
/// database. Whoever waits is answered exactly once unless their deadline passes or they are abandoned. A load that
/// nobody waits for any more ends before the database is asked, unless a stale copy stood in for it: then it is wanted
/// for the cache.
///
/// An invalidation closes the load of its number: those who wait already get its result, which is not kept; those who
/// come later wait for a second round, which begins when the first has ended, so that no two asks of one pool for one
/// number are ever under way and no answer can be taken for another's.
class load_table {
public:
  /// `metrics` must outlive the table.
  load_table(const lookup_settings& settings, lookup_metrics& metrics);

  /// Whether loads that begin from now on ask L2 first.
  void use_l2(bool yes) noexcept {
    l2_in_use_ = yes;
  }

  /// Whether loads wait for a slot before they ask the database, from now on.
  void use_admission(bool yes) noexcept {
    admission_in_use_ = yes;
  }

  bool empty() const noexcept {
    return loads_.empty();
  }
  /// Returns how many numbers are being loaded.
  std::size_t size() const noexcept {
    return loads_.size();
  }
  /// Returns how many tickets wait.
  std::size_t waiting() const noexcept {
    return waiting_.size();
  }

  /// `asker` wants the member that its cache did not have: joins the load or begins one. A ticket that waits already
  /// is not entered twice.
  void open(std::uint32_t asker, const cache_miss& miss, steady_time now, load_effects& out);

  void l2_answered(const l2_answer& answer, steady_time now, load_effects& out);
  void admission_answered(const admission_answer& answer, steady_time now, load_effects& out);
  void database_answered(const load_answer& answer, steady_time now, load_effects& out);

  /// Nobody waits for these tickets any more. Loads that have begun go on; those that wait for a slot are withdrawn if
  /// nobody else waits for them.
  void abandon(std::uint32_t asker, std::span<const ticket> tickets, steady_time now, load_effects& out);

  /// Closes the load of `number` to newcomers.
  void invalidate(id_number number) noexcept;

  /// Closes all loads to newcomers.
  void invalidate_all() noexcept;

  /// Does what is due by time. To be called about every 10 ms while not `empty`.
  void tick(steady_time now, load_effects& out);

  /// The L2 connections of the numbers for which `moved` holds died: asks the successors again, once per load.
  void l2_replaced(const std::function<bool(id_number)>& moved, steady_time now, load_effects& out);

  /// The admission actor died: asks its successor for those that wait, and tells it what is at work.
  void admission_replaced(steady_time now, load_effects& out);

  /// The pool died: asks its successor again, once per load.
  void pool_replaced(steady_time now, load_effects& out);

  /// Returns which pool is asked: the count of those before it. What answers to another one's count is ignored.
  std::uint32_t pool() const noexcept {
    return pool_;
  }

  /// The cache died and with it the meaning of its stamps: loads under way are not kept in L1.
  void cache_replaced() noexcept;

private:
  enum class stage : std::uint8_t { l2, admission, database };

  struct waiter {
    std::uint32_t asker = 0;
    ticket to;

    bool operator==(const waiter&) const = default;
  };
  struct waiter_hash {
    std::size_t operator()(const waiter& x) const noexcept {
      return mix64((std::uint64_t{x.to.generation} << 32 | x.to.slot) ^ mix64(x.asker));
    }
  };
  struct waiting_since {
    waiter who;
    steady_time deadline;
  };
  struct stale_copy {
    body_ptr body;
    origin from = origin::l1;
    steady_time loaded_at{};
    steady_time stale_since{};
  };
  /// Those who are answered together.
  struct round {
    std::vector<waiting_since> waiters;
    stale_copy stale;
    load_stamp stale_stamp; ///< of the miss that brought the stale copy, or confirmed that there is none
    load_stamp stamp;       ///< for cache_fill
    bool fills = true;      ///< whether the result may be kept in L1
    bool refreshes = false; ///< the stale copy has answered somebody, so the result is wanted for the cache
    steady_time since{};
    steady_time longest{}; ///< the latest deadline of all who ever joined
  };
  struct load {
    std::uint64_t serial = 0; ///< tells this one from another of the same number; its work_id
    stage at = stage::l2;
    bool closed = false;
    bool l2_may_fill = false;
    bool has_slot = false;
    unsigned asks = 0; ///< in this stage
    steady_time asked_at{};
    l2_generation generation;
    std::uint32_t l2_us = 0;
    std::uint32_t queue_us = 0; ///< waiting for a slot
    round current;
    std::unique_ptr<round> next; ///< for those who came after an invalidation
  };
  using load_map = std::unordered_map<id_number, load>;
  struct failure_of_load {
    error_code why = error_code::none;
    std::uint32_t retry_after_s = 0;
    std::uint32_t queue_us = 0; ///< beside the wait for a slot
    std::uint32_t database_us = 0;
  };
  struct due {
    steady_time at;
    id_number number;
    std::uint64_t serial = 0;
  };

  template <class Unit>
  static std::uint32_t count_of(steady_time::duration span) {
    return static_cast<std::uint32_t>(std::max<std::int64_t>(std::chrono::duration_cast<Unit>(span).count(), 0));
  }

  static void close(load& what) noexcept;
  void begin(load_map::iterator which, steady_time now, load_effects& out);
  void go_to_database(load_map::iterator which, steady_time now, load_effects& out);
  void ask_admission(id_number number, load& what, steady_time now, load_effects& out);
  void ask_database(id_number number, load& what, steady_time now, load_effects& out);
  static std::uint32_t time_left_ms(const load& what, steady_time now);
  round make_round(const cache_miss& miss, steady_time now) const;
  void join(round& to, std::uint32_t asker, const cache_miss& miss, steady_time now);
  void stale_copy_is_due(due item);
  void offer(round& to, stale_copy copy) const;
  void answer(round& to, const lookup_answer& like, load_effects& out);
  std::size_t answer_stale(round& to, const load& what, steady_time now, load_effects& out);
  void answer_stale_if_due(round& to, const load& what, steady_time now, load_effects& out);
  void fail(load_map::iterator which, const failure_of_load& how, steady_time now, load_effects& out);
  void drop(load_map::iterator which, steady_time now, load_effects& out);
  void finish(load_map::iterator which, steady_time now, load_effects& out);
  bool anyone_waits(round& in, steady_time now);
  bool is_wanted(load& what, steady_time now);
  void scan(steady_time now, load_effects& out);

  lookup_settings settings_;
  lookup_metrics& metrics_;
  load_map loads_;
  /// The truth about who waits: a waiter in a round counts only while it is here.
  std::unordered_map<waiter, id_number, waiter_hash> waiting_;
  /// The loads in the stage `admission`, by serial.
  std::unordered_map<std::uint64_t, id_number> at_admission_;
  /// Numbers that L2 owes an answer which is not wanted any more. Until it came, L2 is not asked for them again.
  std::unordered_set<id_number> late_;
  std::deque<due> l2_due_;    ///< in order: the timeout is the same for all
  std::deque<due> stale_due_; ///< in order; a second round's goes in between, all others at the end
  steady_time next_scan_{};
  std::uint64_t last_serial_ = 0;
  std::uint32_t pool_ = 0;
  bool l2_in_use_ = false;
  bool admission_in_use_ = false;
};

} // namespace tessera
