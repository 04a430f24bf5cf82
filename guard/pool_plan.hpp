#pragma once

#include "cards/errors.hpp"
#include "guard/backoff.hpp"
#include "guard/circuit_breaker.hpp"
#include "guard/recent_durations.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

namespace tessera {

struct pool_plan_settings {
  std::size_t connection_limit = 200;                ///< at least 1
  std::size_t queue_limit = 500;                     ///< keys that wait beyond it are refused
  std::size_t group_limit = 64;                      ///< keys per statement
  std::size_t other_limit = 64;                      ///< pages and finds that wait beyond it are refused
  std::chrono::milliseconds acquire_timeout{30'000}; ///< the longest that anything waits for a connection
  std::chrono::milliseconds idle_timeout{300'000};   ///< then an idle connection is closed, the last one, too
  std::chrono::milliseconds backoff_min{100};        ///< between attempts to connect
  std::chrono::milliseconds backoff_max{2'000};      ///< within which a database that is back is noticed
  std::uint64_t seed = 1;                            ///< of the backoffs
  /// A statement that takes longer has failed, except a page: it is long by nature. 0: none does.
  std::chrono::milliseconds statement_timeout{1'000};
  circuit_breaker_settings breaker{};
};

/// What the database pool does and when: which work goes to which worker, when a connection is opened or closed, what
/// is refused or has waited too long. Pure: takes events and `now`, returns decisions; one owner, who calls `decide`
/// after each event and by the time of `next_look`.
///
/// A free worker takes at once whatever waits longest: keys of one kind together up to the group limit; a page, a
/// find, or a key that is asked again after a failure, alone. So groups form only while all are busy. A connection is
/// opened at the first need; after that only if all are busy and either a full group waits (more connections bring
/// nothing as long as groups can grow) or the oldest has waited longer than 5 ms and than twice the recent p95 of a
/// statement (so that a hung statement does not hold up a quiet service). One at a time.
///
/// The database cannot be reached from a failed attempt to connect until one succeeds, except while a connection lives
/// on (the server may just be full): then nothing waits, all is refused at once, and attempts go on by a backoff.
///
/// A circuit breaker judges what comes of statements: each counts as a call per key that waits on it. Only a database
/// that could not do its work has failed: other errors are about one row or of our own making and count neither way;
/// nor do pages, nor attempts to connect, which answer nobody. While it is not closed, all is refused at once; no
/// connection is opened and no statement sent but for its probes, the first of which comes over a new connection.
class pool_plan {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;
  using item = std::uint64_t;   ///< names what waits; chosen by the owner
  using worker = std::uint64_t; ///< names a worker; chosen by the plan, never used twice

  enum class work : std::uint8_t { key_by_number, key_by_id, find, page, ping };

  /// A backlog worth another connection: the most keys that one statement takes, whatever the group limit is.
  static constexpr std::size_t full_group = 64;
  /// A key that waited no longer gets no connection opened for it.
  static constexpr std::chrono::milliseconds impatient_after{5};
  /// A statement that runs longer tells nothing about whether the database lives.
  static constexpr std::chrono::milliseconds stuck_after{1'000};

  struct chosen {
    item which = 0;
    std::chrono::microseconds waited{0};
  };
  struct task {
    worker to = 0;
    work kind = work::key_by_number;
    std::vector<chosen> items;
  };
  struct refusal {
    item which = 0;
    error_code why = error_code::none; ///< queue_full, timed_out, database_unavailable
    std::chrono::seconds retry_after{0};
    std::chrono::microseconds waited{0};
  };
  /// To be done in this order.
  struct decisions {
    std::vector<worker> close; ///< end these workers; nothing more is heard of them
    std::vector<worker> open;  ///< start these and let them connect
    std::vector<task> send;
    std::vector<refusal> refuse;
  };

  explicit pool_plan(const pool_plan_settings& settings);

  /// `which` wants to be done within `time_left`.
  void add(item which, work kind, std::chrono::milliseconds time_left, time_point now);

  /// A worker that was to be opened has connected.
  void connected(worker which, time_point now);
  void connect_failed(worker which, time_point now);
  /// A worker has done its task. Returns what is settled thereby.
  std::vector<item> succeeded(worker which, std::chrono::microseconds duration, time_point now);
  /// A worker's task failed as a whole. What failed for the first time is asked again, each alone, unless the database
  /// is known to be gone. If the connection was lost with it, idle ones are not trusted any more and closed.
  void failed(worker which, error_code why, bool still_connected, time_point now);
  /// The statement of an overdue worker was cut off: it has failed, and nothing more comes of it. The worker is closed.
  void cut(worker which, time_point now);
  /// A worker has died. Its task failed; its replacement waits for a backoff.
  void lost(worker which, time_point now);

  /// An operator keeps the breaker open, or closed, until `until`.
  void force_breaker(circuit_breaker::state to, time_point until);
  /// The breaker goes by what comes of statements again.
  void release_breaker(time_point now);

  decisions decide(time_point now);

  /// Returns when `decide` has to be called again if nothing happens before; time_point::max() if never.
  time_point next_look(time_point now) const;

  /// Returns whether keys may hope: the database can be reached, and the breaker is closed.
  bool available(time_point now) const noexcept;

  /// Returns whether the database could be reached when it was last tried.
  bool reachable(time_point now) const noexcept;

  /// Returns the workers whose statements have outlived the statement timeout and should be cut off.
  std::vector<worker> overdue(time_point now) const;

  const circuit_breaker& breaker() const noexcept {
    return breaker_;
  }

  /// Returns the task of a busy worker, or nothing.
  const task* task_of(worker which) const;
  bool is_connecting(worker which) const;

  std::size_t waiting() const noexcept;
  std::size_t connections() const noexcept {
    return workers_.size();
  }
  std::size_t busy() const noexcept;
  std::uint64_t retries() const noexcept {
    return retries_;
  }
  std::chrono::microseconds p95() const noexcept {
    return durations_.p95();
  }

private:
  struct waiting_item {
    item which = 0;
    work kind = work::key_by_number;
    time_point since;    ///< in this queue
    time_point deadline; ///< of whoever asked
    bool again = false;
  };
  /// Queues, each in order of arrival.
  enum lane : std::size_t { numbers, ids, retried, finds, pages, lane_count };
  enum class phase : std::uint8_t { connecting, idle, busy };
  struct worker_state {
    phase at = phase::connecting;
    time_point since;
    task doing;
    std::vector<waiting_item> items;  ///< of `doing`
    circuit_breaker::epoch epoch = 0; ///< in which `doing` began
  };
  using worker_map = std::map<worker, worker_state>;

  static std::chrono::microseconds elapsed(time_point from, time_point to) noexcept {
    return std::chrono::duration_cast<std::chrono::microseconds>(to - from);
  }
  static lane lane_of(const waiting_item& x) noexcept;
  time_point give_up_at(const waiting_item& x) const noexcept;
  void enqueue(waiting_item x);
  void refuse(const waiting_item& x, error_code why, time_point now);
  void fail_items(std::vector<waiting_item> items, time_point now);
  void retire(worker_map::iterator which, time_point now);
  void retire_idle(time_point now);
  void report(const worker_map::value_type& which, bool success, std::chrono::microseconds duration, time_point now);
  bool can_be_overdue(const worker_state& state) const noexcept;
  std::chrono::seconds retry_after(time_point now) const noexcept;
  bool may_run(lane which) const noexcept;
  const waiting_item* oldest() const noexcept;
  std::chrono::microseconds patience() const noexcept;
  bool may_open() const noexcept;
  time_point next_attempt() const noexcept;
  bool wants_connection(time_point now) const;

  void expire(time_point now);
  void refuse_all(time_point now);
  void assign(time_point now);
  void probe(time_point now);
  worker open(time_point now);
  void trim(time_point now);
  void close_idle(time_point now);

  pool_plan_settings settings_;
  std::array<std::deque<waiting_item>, lane_count> lanes_;
  time_point earliest_give_up_ = time_point::max(); ///< nothing that waits gives up before; may be too early
  worker_map workers_;
  std::vector<worker> idle_; ///< by the time since when; the last one is used first, so that the others can be closed
  std::size_t connecting_ = 0;
  std::size_t pages_running_ = 0;
  worker last_worker_ = 0;
  backoff connect_backoff_;
  backoff respawn_backoff_;
  bool connects_fail_ = false;
  circuit_breaker breaker_;
  worker prober_ = 0; ///< does the breaker's probe, or connects for it; 0: there is none
  recent_durations durations_;
  std::uint64_t retries_ = 0;
  decisions pending_;
};

} // namespace tessera
