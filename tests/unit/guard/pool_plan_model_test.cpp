#include "guard/pool_plan.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>

using namespace std::chrono_literals;
using tessera::circuit_breaker;
using tessera::error_code;
using tessera::pool_plan;
using tessera::pool_plan_settings;

// A random life of a pool against a model that keeps its own books: what waits, who is idle, busy or connecting, what
// was settled. The model knows the promises, not the method. Its breaker, which has a model of its own, is told what by
// the promises is a call.
namespace {

using work = pool_plan::work;
using time_point = pool_plan::time_point;

struct model {
  struct asked {
    work kind;
    time_point since;
    time_point deadline;
    unsigned tries = 0;
  };
  struct running {
    work kind;
    std::map<pool_plan::item, asked> items; ///< none for a probe
    time_point began;
    circuit_breaker::epoch epoch;
  };
  enum class phase { connecting, idle, busy };

  explicit model(std::uint64_t seed)
      : random(seed), settings{.connection_limit = 1 + random() % 5,
                               .queue_limit = 20 + random() % 200,
                               .group_limit = std::size_t{1} << (random() % 7),
                               .other_limit = 4,
                               .acquire_timeout = 300ms,
                               .idle_timeout = 700ms,
                               .seed = seed,
                               .statement_timeout = std::chrono::milliseconds{random() % 3 * 100},
                               .breaker = {.failures = random() % 4 * 10, .recovery = 600ms, .seed = seed}},
        sut(settings), breaker(settings.breaker) {
  }

  bool all_busy() const {
    return std::all_of(workers.begin(), workers.end(), [](auto& x) { return x.second == phase::busy; });
  }

  void forget_closed(pool_plan::worker which) {
    BOOST_REQUIRE_EQUAL(workers.count(which), 1u);
    // Tasks of workers that ended were settled or queued again before this.
    BOOST_REQUIRE(!tasks.count(which));
    workers.erase(which);
  }

  void begin_probe(pool_plan::worker by) {
    BOOST_REQUIRE(breaker.probe_due(now)); // so there is one at a time
    prober = by;
    probe_epoch = breaker.begin_probe();
    ++probes;
  }

  void check_probe(const pool_plan::task& task) {
    BOOST_REQUIRE(task.kind == work::ping);
    if (prober != task.to) {
      BOOST_REQUIRE(breaker.current_state() == circuit_breaker::state::half_open); // the first one connects anew
      begin_probe(task.to);
    }
    tasks[task.to] = {task.kind, {}, now, probe_epoch};
    workers[task.to] = phase::busy;
  }

  void check_task(const pool_plan::task& task) {
    BOOST_REQUIRE(workers.at(task.to) == phase::idle);
    if (!breaker.permit())
      return check_probe(task);
    BOOST_REQUIRE(!task.items.empty());
    auto& to = tasks[task.to] = {task.kind, {}, now, *breaker.permit()};
    bool alone = task.kind == work::page || task.kind == work::find;
    BOOST_REQUIRE(task.items.size() <= (alone ? 1 : settings.group_limit));
    for (auto& x : task.items) {
      auto i = waiting.find(x.which);
      BOOST_REQUIRE(i != waiting.end());
      BOOST_REQUIRE(i->second.kind == task.kind);
      BOOST_REQUIRE(now <= i->second.deadline);
      BOOST_REQUIRE(now - i->second.since <= settings.acquire_timeout);
      BOOST_REQUIRE(i->second.tries == 0 || task.items.size() == 1);
      to.items.emplace(*i);
      waiting.erase(i);
    }
    workers[task.to] = phase::busy;
    if (task.kind == work::page)
      BOOST_REQUIRE(++pages == 1);
  }

  /// What the owner does before it asks: a statement that is overdue is cut, unless it has just ended.
  void cut_overdue() {
    auto overdue = sut.overdue(now);
    std::set<pool_plan::worker> expected;
    for (auto& [number, what] : tasks)
      if (settings.statement_timeout > 0ms && what.kind != work::page && now - what.began >= settings.statement_timeout)
        expected.insert(number);
    BOOST_REQUIRE((std::set<pool_plan::worker>(overdue.begin(), overdue.end()) == expected));
    for (auto number : overdue) {
      if (random() % 5 == 0)
        continue;
      ask_again(end(number, false));
      sut.cut(number, now);
      ++cuts;
    }
  }

  void carry_out() {
    cut_overdue();
    auto done = sut.decide(now);
    auto full_before = waiting.size();
    for (auto& x : done.refuse) {
      auto i = waiting.find(x.which);
      BOOST_REQUIRE(i != waiting.end()); // settled once
      if (x.why == error_code::timed_out)
        BOOST_REQUIRE((now > i->second.deadline || now - i->second.since > settings.acquire_timeout));
      else if (x.why == error_code::queue_full)
        BOOST_REQUIRE((i->second.tries == 0 && full_before > std::min(settings.queue_limit, settings.other_limit)));
      else
        BOOST_REQUIRE(
            (x.why == error_code::database_unavailable && (i->second.tries > 1 || connects_fail || !breaker.permit())));
      if (x.why == error_code::database_unavailable && !breaker.permit())
        BOOST_REQUIRE((x.retry_after >= breaker.retry_at() - now
                       && x.retry_after < std::max<std::chrono::nanoseconds>(breaker.retry_at() - now, 1s) + 1s));
      waiting.erase(i);
    }
    BOOST_REQUIRE((breaker.permit() || waiting.empty()));
    for (auto x : done.close)
      forget_closed(x);
    for (auto& x : done.send)
      check_task(x);
    BOOST_REQUIRE(done.open.size() <= 1);
    for (auto x : done.open) {
      BOOST_REQUIRE(all_busy());
      if (breaker.permit()) {
        BOOST_REQUIRE((!waiting.empty() || connects_fail));
        BOOST_REQUIRE((now >= no_connect_before && now >= no_respawn_before));
      } else {
        begin_probe(x);
      }
      BOOST_REQUIRE(workers.emplace(x, phase::connecting).second);
      ++opened;
    }
    BOOST_REQUIRE(workers.size() <= settings.connection_limit);
    // Nobody is idle while work waits that may run.
    bool idle = std::any_of(workers.begin(), workers.end(), [](auto& x) { return x.second == phase::idle; });
    std::size_t keys = 0;
    bool full_group = false;
    std::map<work, std::size_t> fresh;
    auto oldest = time_point::max();
    for (auto& [which, x] : waiting) {
      BOOST_REQUIRE(now <= x.deadline);
      BOOST_REQUIRE(now - x.since <= settings.acquire_timeout);
      BOOST_REQUIRE(x.tries < 2);
      if (x.kind == work::key_by_number || x.kind == work::key_by_id) {
        keys += 1;
        if (x.tries == 0)
          full_group |= ++fresh[x.kind] >= pool_plan::full_group;
      }
      if (x.kind != work::page || pages == 0) {
        BOOST_REQUIRE(!idle);
        oldest = std::min(oldest, x.since);
      }
    }
    auto retried = static_cast<std::size_t>(
        std::count_if(waiting.begin(), waiting.end(), [](auto& x) { return x.second.tries > 0; }));
    BOOST_REQUIRE(keys <= settings.queue_limit + retried);
    BOOST_REQUIRE_EQUAL(sut.waiting(), waiting.size());
    BOOST_REQUIRE_EQUAL(sut.connections(), workers.size());
    // A connection is opened if it is needed and may be, and only then.
    if (done.open.empty() && oldest != time_point::max() && all_busy() && workers.size() < settings.connection_limit
        && no_connect_before == time_point{} && no_respawn_before == time_point{}) {
      BOOST_REQUIRE(!workers.empty());
      BOOST_REQUIRE(!full_group);
      BOOST_REQUIRE((now - oldest < std::max<std::chrono::microseconds>(5ms, 2 * sut.p95())));
    }
    // So is a probe, once it is due.
    bool connecting =
        std::any_of(workers.begin(), workers.end(), [](auto& x) { return x.second == phase::connecting; });
    if (breaker.probe_due(now))
      BOOST_REQUIRE((!idle && (connecting || workers.size() == settings.connection_limit)));
    // Whatever will be due by time is announced.
    auto next = sut.next_look(now);
    if (!breaker.permit() && prober == 0 && breaker.retry_at() > now)
      BOOST_REQUIRE((next <= breaker.retry_at()));
    if (settings.statement_timeout > 0ms)
      for (auto& [number, what] : tasks)
        BOOST_REQUIRE((what.kind == work::page || next <= what.began + settings.statement_timeout));
    for (auto& [which, x] : waiting)
      BOOST_REQUIRE((next <= std::min(x.deadline, x.since + settings.acquire_timeout) + 1ms));
    if (idle)
      BOOST_REQUIRE((next <= now + settings.idle_timeout));
  }

  /// Takes the task from the books and tells the breaker what came of it; nothing if that is no call.
  running end(pool_plan::worker which, std::optional<bool> success, std::chrono::microseconds duration = 0us) {
    auto what = std::move(tasks.at(which));
    tasks.erase(which);
    if (what.kind == work::page)
      --pages;
    bool probe = prober == which;
    if (probe) {
      prober = 0;
      success = success.value_or(false); // also a death of the worker, else it would wait for ever
    }
    if (what.kind == work::page || !success)
      return what;
    auto count = probe ? 1 : what.items.size();
    if (*success)
      breaker.succeeded(what.epoch, duration, now, count);
    else
      breaker.failed(what.epoch, std::chrono::duration_cast<std::chrono::microseconds>(now - what.began), now, count);
    return what;
  }

  void ask_again(running what) {
    for (auto& [number, x] : what.items) {
      ++x.tries;
      x.since = now;
      waiting.emplace(number, x);
    }
  }

  void finish(pool_plan::worker which, std::size_t outcome) {
    if (outcome < 7) {
      auto duration = std::chrono::microseconds{random() % 4'000};
      auto items = end(which, true, duration).items;
      auto settled = sut.succeeded(which, duration, now);
      BOOST_REQUIRE_EQUAL(settled.size(), items.size());
      for (auto x : settled)
        BOOST_REQUIRE(items.count(x) == 1);
      workers[which] = phase::idle;
      no_respawn_before = {};
      return;
    }
    if (outcome == 9) {
      ask_again(end(which, std::nullopt));
      sut.lost(which, now);
      no_respawn_before = now + 50ms; // half of the minimum: the jitter
      return;
    }
    bool of_the_database = random() % 3 != 0;
    ask_again(end(which, of_the_database ? std::optional{false} : std::nullopt));
    sut.failed(which, of_the_database ? error_code::database_unavailable : error_code::internal, outcome == 7, now);
    if (outcome == 7)
      workers[which] = phase::idle;
  }

  void end_of_attempt(pool_plan::worker which, std::size_t outcome) {
    if (outcome < 8) {
      sut.connected(which, now);
      workers[which] = phase::idle;
      connects_fail = false;
      no_connect_before = {};
      return;
    }
    if (prober == which) {
      prober = 0;
      breaker.failed(probe_epoch, 0us, now);
    }
    if (outcome == 8) {
      sut.connect_failed(which, now);
      connects_fail = true;
      no_connect_before = now + 50ms;
    } else {
      sut.lost(which, now);
      no_respawn_before = now + 50ms;
    }
  }

  /// An operator keeps the breaker open or closed for a while, or lets it go.
  void order() {
    auto what = random() % 3;
    auto until = now + std::chrono::microseconds{1 + random() % 300'000};
    if (what == 0) {
      sut.release_breaker(now);
      breaker.release(now);
      return;
    }
    auto to = what == 1 ? circuit_breaker::state::open : circuit_breaker::state::closed;
    sut.force_breaker(to, until);
    breaker.force(to, until);
    prober = 0;
  }

  void step() {
    now += std::chrono::microseconds{random() % 8 == 0 ? random() % 400'000 : random() % 3'000};
    if (random() % 3 == 0)
      now = std::max(now, std::min(sut.next_look(now), now + 1s));
    if (random() % 50 == 0)
      order();
    auto what = random() % 10;
    if (what < 4) {
      auto burst = random() % 10 == 0 ? random() % 300 : random() % 5;
      auto roll = random() % 12;
      auto kind = roll == 0 ? work::page : roll == 1 ? work::find : roll < 8 ? work::key_by_number : work::key_by_id;
      for (std::uint64_t i = 0; i < burst; ++i) {
        auto left = std::chrono::milliseconds{random() % 1'000};
        sut.add(++last, kind, left, now);
        waiting.emplace(last, asked{kind, now, now + left});
      }
    } else if (!workers.empty()) {
      auto i = std::next(workers.begin(), static_cast<std::ptrdiff_t>(random() % workers.size()));
      auto number = i->first;
      if (i->second == phase::connecting)
        end_of_attempt(number, random() % 10);
      else if (i->second == phase::busy)
        finish(number, random() % 10);
    }
    carry_out();
    BOOST_REQUIRE((sut.breaker().current_state() == breaker.current_state()));
    BOOST_REQUIRE_EQUAL(sut.breaker().opened(), breaker.opened());
  }

  std::mt19937_64 random;
  pool_plan_settings settings;
  pool_plan sut;
  circuit_breaker breaker;
  time_point now = time_point{} + 1h;
  /// No attempt before; the epoch: none has failed since one succeeded.
  time_point no_connect_before{};
  time_point no_respawn_before{};
  pool_plan::item last = 0;
  std::map<pool_plan::item, asked> waiting;
  std::map<pool_plan::worker, phase> workers;
  std::map<pool_plan::worker, running> tasks;
  pool_plan::worker prober = 0;
  circuit_breaker::epoch probe_epoch = 0;
  int pages = 0;
  std::uint64_t opened = 0;
  std::uint64_t cuts = 0;
  std::uint64_t probes = 0;
  bool connects_fail = false;
};

} // namespace

BOOST_AUTO_TEST_SUITE(pool_plan_model_test)

BOOST_AUTO_TEST_CASE(random_lives_keep_every_promise) {
  std::uint64_t opened = 0, cuts = 0, probes = 0, breaks = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      model m{seed};
      for (int i = 0; i < 1'000; ++i)
        m.step();
      opened += m.opened;
      cuts += m.cuts;
      probes += m.probes;
      breaks += m.breaker.opened();
      // Everything asked for ends: served or refused.
      for (int i = 0; i < 2'000 && !(m.waiting.empty() && m.tasks.empty()); ++i) {
        m.now += 1ms;
        if (!m.tasks.empty())
          m.finish(m.tasks.begin()->first, 0);
        m.carry_out();
      }
      BOOST_REQUIRE(m.waiting.empty());
      BOOST_REQUIRE(m.tasks.empty());
    }
  }
  // The lives were eventful.
  BOOST_TEST(opened > 1'000u);
  BOOST_TEST(cuts > 100u);
  BOOST_TEST(breaks > 20u);
  BOOST_TEST(probes > 3 * breaks);
}

BOOST_AUTO_TEST_SUITE_END()
