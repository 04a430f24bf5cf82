#include "guard/admission_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <unordered_map>
#include <vector>

using namespace std::chrono_literals;
using tessera::admission_priority;
using tessera::admission_queue;
using tessera::admission_queue_settings;

// The queue before a database that answers groups of keys in a fixed time, under open-loop load (clients come at random
// times, whatever became of those before them). Time is simulated, so the figures are the same on every machine.
namespace {

using item = admission_queue::item;
using time_point = admission_queue::time_point;
using milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t connections = 8;
constexpr std::size_t group_limit = 64;
constexpr auto statement = 10ms;

/// Returns how many keys per second that database can answer with so many at work.
double capacity(std::size_t concurrency) {
  auto at_once = std::min(concurrency, connections * group_limit);
  return static_cast<double>(at_once) / std::chrono::duration<double>(statement).count();
}

struct simulation {
  simulation(const admission_queue_settings& settings, std::uint64_t seed) : sut(settings), random(seed) {
  }

  /// Lets clients come at this mean rate for that long.
  void run(double per_second, std::chrono::milliseconds span) {
    std::exponential_distribution<double> gap{per_second};
    auto come = [&] {
      return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>{gap(random)});
    };
    auto end = now + span;
    for (auto arrival = now + come(); now < end;) {
      auto next = std::min({arrival, sut.next_look(), end});
      if (!busy.empty())
        next = std::min(next, busy.front().done_at);
      now = std::max(now, next);
      if (now >= arrival) {
        arrived.emplace(++last, now);
        sut.add(last, admission_priority::lookup, now + 30s, now);
        arrival += come();
      }
      finish_statements();
      carry_out();
    }
  }

  void finish_statements() {
    for (; !busy.empty() && busy.front().done_at <= now; busy.pop_front()) {
      for (auto x : busy.front().items) {
        BOOST_REQUIRE(sut.release(x, now));
        served.push_back(milliseconds{now - arrived.at(x)}.count());
        arrived.erase(x);
      }
    }
  }

  void carry_out() {
    auto done = sut.decide(now);
    for (auto& x : done.granted)
      pool.push_back(x.which);
    for (auto& x : done.refused) {
      refused_after.push_back(milliseconds{x.waited}.count());
      BOOST_REQUIRE(x.retry_after >= 1s);
      arrived.erase(x.which);
    }
    while (!pool.empty() && busy.size() < connections) {
      auto group = pool.begin() + static_cast<std::ptrdiff_t>(std::min(pool.size(), group_limit));
      busy.push_back({now + statement, {pool.begin(), group}});
      pool.erase(pool.begin(), group);
    }
    BOOST_REQUIRE(sut.at_work() == pool.size() + in_statements());
  }

  std::size_t in_statements() const {
    std::size_t sum = 0;
    for (auto& x : busy)
      sum += x.items.size();
    return sum;
  }

  static double p99(std::vector<double> of) {
    if (of.empty())
      return 0;
    auto rank = of.begin() + static_cast<std::ptrdiff_t>(of.size() * 99 / 100);
    std::nth_element(of.begin(), rank, of.end());
    return *rank;
  }

  struct running {
    time_point done_at;
    std::vector<item> items;
  };

  admission_queue sut;
  std::mt19937_64 random;
  time_point now = time_point{} + 1h;
  item last = 0;
  std::unordered_map<item, time_point> arrived; ///< of those who wait or are at work
  std::deque<item> pool;                        ///< granted, waits for a connection
  std::deque<running> busy;                     ///< all take equally long, so the first began first
  std::vector<double> served;                   ///< milliseconds from arrival to answer
  std::vector<double> refused_after;            ///< milliseconds
};

} // namespace

BOOST_AUTO_TEST_SUITE(admission_queue_simulation_test)

BOOST_AUTO_TEST_CASE(under_any_load_nearly_all_of_the_capacity_serves_requests_in_time) {
  for (std::size_t concurrency : {100, 600}) {
    std::map<double, double> goodput;
    for (double times : {1.0, 2.0, 3.0, 5.0}) {
      BOOST_TEST_CONTEXT(concurrency << " at work, " << times << " times the capacity") {
        simulation sim{{.concurrency = concurrency}, 7};
        std::chrono::duration<double> span{30'000 / capacity(concurrency)};
        sim.run(times * capacity(concurrency), std::chrono::duration_cast<std::chrono::milliseconds>(span));
        goodput[times] = static_cast<double>(sim.served.size()) / span.count();
        auto served = simulation::p99(sim.served);
        auto refused = simulation::p99(sim.refused_after);
        BOOST_TEST_MESSAGE(concurrency << " at work, " << times << " times: goodput " << goodput[times]
                                       << "/s, p99 of the served " << served << " ms, p99 to a refusal " << refused
                                       << " ms, " << sim.refused_after.size() << " refused");
        BOOST_TEST(served < 100.0);
        BOOST_TEST(refused < 100.0);
      }
    }
    auto peak = std::max_element(goodput.begin(), goodput.end(), [](auto& x, auto& y) { return x.second < y.second; });
    BOOST_TEST(peak->second > 0.95 * capacity(concurrency));
    for (auto& [times, rate] : goodput)
      BOOST_TEST(rate > 0.9 * peak->second, times << " times the capacity: " << rate << " of " << peak->second);
  }
}

BOOST_AUTO_TEST_CASE(it_is_the_controlled_delay_that_keeps_the_wait_short) {
  simulation sim{{.target = 0ms}, 7};
  sim.run(3 * capacity(100), 3s);
  BOOST_TEST(simulation::p99(sim.served) > 200.0); // the whole queue: 2,000 at 10,000 a second
}

BOOST_AUTO_TEST_CASE(once_it_is_known_that_there_is_too_much_the_served_hardly_wait) {
  for (double times : {2.0, 3.0, 5.0}) {
    simulation sim{{}, 7};
    sim.run(times * capacity(100), 500ms);
    BOOST_TEST(sim.sut.overloaded());
    sim.served.clear();
    sim.refused_after.clear();
    sim.run(times * capacity(100), 1s);
    BOOST_TEST(sim.sut.overloaded());
    BOOST_TEST(simulation::p99(sim.served) < 20.0);
    BOOST_TEST(simulation::p99(sim.refused_after) <= 40.0);
  }
}

BOOST_AUTO_TEST_CASE(below_the_capacity_nobody_is_refused) {
  simulation sim{{}, 7};
  sim.run(0.9 * capacity(100), 10s);
  BOOST_TEST(sim.refused_after.empty());
  BOOST_TEST(simulation::p99(sim.served) < 30.0);
}

BOOST_AUTO_TEST_CASE(when_the_load_falls_the_overload_is_over_within_an_interval_and_a_half) {
  simulation sim{{}, 7};
  sim.run(5 * capacity(100), 1s);
  BOOST_TEST(sim.sut.overloaded());
  sim.run(0.5 * capacity(100), 150ms);
  BOOST_TEST(!sim.sut.overloaded());
  sim.refused_after.clear();
  sim.served.clear();
  sim.run(0.5 * capacity(100), 5s);
  BOOST_TEST(sim.refused_after.empty());
  BOOST_TEST(simulation::p99(sim.served) < 30.0);
}

BOOST_AUTO_TEST_SUITE_END()
