#include "actors/limit_sharer.hpp"

#include "tests/actors/captured_log.hpp"
#include "tests/actors/threaded.hpp"
#include "tests/integration/redis/l2_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <optional>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::test;
using tessera::testing::captured_log;

namespace {

constexpr client_key anna{0xa11a};
constexpr unsigned plenty = 1'000'000;

rate_rules lookups_only(unsigned requests) {
  rate_rules rules;
  rules.general.requests = 0;
  rules.lookup = {requests, 1h};
  return rules;
}

/// A process as far as limits are concerned.
struct process {
  std::shared_ptr<rate_limiter> limiter;
  limit_sharer_metrics metrics;
  limit_sharer_actor sharer;
  unsigned admitted = 0;

  rate_limiter::verdict ask() {
    auto out = limiter->ask(anna, limit_kind::lookup, 1, std::chrono::steady_clock::now());
    admitted += out.admitted ? 1 : 0;
    return out;
  }

  void ask(int count) {
    for (int i = 0; i < count; ++i)
      ask();
  }

  /// What it knows of, its own requests and those of others.
  unsigned known() {
    return plenty - ask().remaining;
  }

  /// Waits until it has exchanged all that had changed before.
  void finish_exchange() {
    auto before = read(metrics.rounds);
    BOOST_REQUIRE(eventually(30s, [&] { return read(metrics.rounds) >= before + 2; }));
  }
};

struct fixture {
  captured_log log;
  redis_server server{"hunter2"};
  tessera::testing::threaded_config config;
  std::optional<caf::actor_system> system;
  std::deque<process> processes;

  fixture() {
    config.add_message_types<caf::id_block::tessera>();
    system.emplace(config);
  }
  ~fixture() {
    stop();
  }

  process& start(unsigned limit = plenty, std::chrono::milliseconds timeout = patient) {
    auto& made = processes.emplace_back();
    made.limiter = std::make_shared<rate_limiter>(lookups_only(limit), 1'000, processes.size() << 32);
    start_sharer(made, timeout);
    return made;
  }
  void start_sharer(process& of, std::chrono::milliseconds timeout = patient) {
    auto settings = settings_for(server.url(), timeout);
    settings.backoff_max = 200ms;
    of.sharer = system->spawn<caf::detached>(limit_sharer, settings, of.limiter, &of.metrics);
  }
  void stop() {
    for (auto& x : processes)
      caf::anon_send_exit(std::exchange(x.sharer, {}), caf::exit_reason::user_shutdown);
    system.reset();
  }

  void wait_connected() {
    for (auto& x : processes)
      BOOST_REQUIRE(eventually(30s, [&] { return read(x.metrics.connected) == 1; }));
  }

  /// Asks every process once in turn, and asserts that after its exchange it knows all that have passed anywhere.
  void expect_all_know_everything() {
    for (auto& x : processes)
      x.ask(); // so that it writes its count again if Redis has lost it
    for (auto& x : processes)
      x.finish_exchange();
    for (auto& x : processes) {
      x.ask();
      x.finish_exchange();
      auto known = x.known();
      unsigned passed = 0;
      for (auto& other : processes)
        passed += other.admitted;
      BOOST_TEST(known == passed);
      x.finish_exchange();
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(limit_sharer_test, fixture)

BOOST_AUTO_TEST_CASE(two_processes_count_together) {
  auto& one = start();
  auto& two = start();
  one.ask(40);
  two.ask(2);
  expect_all_know_everything();
  BOOST_TEST(read(one.metrics.exchanges) > 0u);
  BOOST_TEST(read(one.metrics.counts) > 0u);
  BOOST_TEST(read(one.metrics.failures) == 0u);
}

BOOST_AUTO_TEST_CASE(a_process_that_starts_later_learns_what_the_others_have_counted) {
  auto& one = start();
  one.ask(50);
  one.finish_exchange();
  start().ask();
  expect_all_know_everything();
}

BOOST_AUTO_TEST_CASE(what_has_not_changed_is_not_exchanged) {
  auto& one = start();
  one.ask();
  BOOST_REQUIRE(eventually(30s, [&] { return read(one.metrics.exchanges) == 1; }));
  one.finish_exchange();
  BOOST_TEST(read(one.metrics.exchanges) == 1u);
  BOOST_TEST(read(one.metrics.counts) == 1u);
}

BOOST_AUTO_TEST_CASE(redis_keeps_a_window_no_longer_than_it_lasts_and_under_a_name_that_tells_nothing) {
  auto& one = start();
  one.ask();
  one.finish_exchange();
  auto keys = server.command({"KEYS", "*"}).items;
  BOOST_REQUIRE(keys.size() == 1u);
  BOOST_TEST(keys[0].text == "tessera:1:r:lookup:a11a");
  auto left = server.command({"PTTL", keys[0].text}).integer;
  BOOST_TEST(left > 0);
  BOOST_TEST(left <= 3'600'000);
}

BOOST_AUTO_TEST_CASE(with_redis_gone_the_limits_go_on_and_afterwards_they_count_together_again) {
  auto& one = start();
  auto& two = start();
  wait_connected();
  one.ask(30);
  one.finish_exchange();
  two.ask();
  two.finish_exchange();
  auto known = two.known();
  BOOST_TEST(known == one.admitted + two.admitted);
  server.kill_hard();
  one.ask(20);
  two.ask(5);
  for (auto* x : {&one, &two})
    BOOST_REQUIRE(eventually(30s, [&] { return read(x->metrics.connected) == 0; }));
  // What was known is known, and what is counted here counts.
  known = two.known();
  BOOST_TEST(known == 30 + two.admitted);
  server.restart(); // empty
  wait_connected();
  expect_all_know_everything();
  BOOST_TEST(read(one.metrics.failures) > 0u);
  BOOST_TEST(log.count("limit_sharer: connected") == 4u, log.text.str());
  BOOST_TEST(log.count("limit_sharer: cannot share") == 2u, log.text.str());
  BOOST_TEST(log.count("hunter2") == 0u);
}

BOOST_AUTO_TEST_CASE(a_limit_holds_while_redis_was_never_there) {
  server.kill_hard();
  auto& one = start(60);
  one.ask(200);
  BOOST_TEST(one.admitted == 60u);
  BOOST_REQUIRE(eventually(30s, [&] { return read(one.metrics.failures) > 2; }));
  BOOST_TEST(log.count("limit_sharer: cannot share") == 1u, log.text.str());
  server.restart();
  wait_connected();
  one.finish_exchange();
  auto& two = start(60);
  BOOST_TEST(two.ask().remaining == 59u);
  two.finish_exchange();
  BOOST_TEST(!two.ask().admitted);
}

BOOST_AUTO_TEST_CASE(what_a_frozen_redis_takes_late_is_counted_once) {
  auto& one = start(plenty, 100ms);
  auto& two = start(plenty, 100ms);
  wait_connected();
  server.freeze();
  one.ask(25);
  two.ask(5);
  for (auto* x : {&one, &two})
    BOOST_REQUIRE(eventually(30s, [&] { return read(x->metrics.failures) > 1; }));
  server.thaw();
  wait_connected();
  expect_all_know_everything();
}

BOOST_AUTO_TEST_CASE(the_successor_of_a_sharer_counts_nothing_twice) {
  auto& one = start();
  start();
  one.ask(40);
  one.finish_exchange();
  caf::anon_send_exit(std::exchange(one.sharer, {}), caf::exit_reason::kill);
  one.ask(2);
  start_sharer(one);
  one.finish_exchange();
  expect_all_know_everything();
}

BOOST_AUTO_TEST_CASE(more_than_one_exchange_can_carry_goes_in_several) {
  auto& one = start();
  wait_connected();
  auto before = read(one.metrics.exchanges);
  constexpr std::uint64_t clients = 2'000; // more than the limiter is made for: some share a bucket
  for (std::uint64_t i = 0; i < clients; ++i)
    one.limiter->ask({i * (~std::uint64_t{0} / clients)}, limit_kind::lookup, 1, std::chrono::steady_clock::now());
  auto remembered = clients - one.limiter->evictions();
  BOOST_TEST(eventually(30s, [&] { return server.command({"DBSIZE"}).integer >= static_cast<long long>(remembered); }));
  BOOST_TEST(eventually(30s, [&] { return read(one.metrics.exchanges) >= before + 3; }));
}

// What the limiter's header says in time, said in exchanges, as a busy machine may stretch time: once all that passed
// until N was reached is in Redis, a process admits more only until its own next exchange is over.
BOOST_AUTO_TEST_CASE(no_more_pass_than_the_stated_overshoot) {
  constexpr unsigned limit = 300;
  start(limit);
  start(limit);
  wait_connected();
  auto passed = [&] { return processes[0].admitted + processes[1].admitted; };
  BOOST_REQUIRE(eventually(60s, [&] {
    for (auto& x : processes)
      x.ask(3);
    return passed() >= limit;
  }));
  struct progress {
    std::uint64_t begin;                ///< rounds when N was reached
    std::optional<std::uint64_t> first; ///< rounds at the first that it admitted after that had been exchanged
  };
  std::vector<progress> all;
  for (auto& x : processes)
    all.push_back({read(x.metrics.rounds), {}});
  unsigned refusals = 0;
  BOOST_REQUIRE(eventually(60s, [&] {
    auto exchanged =
        read(processes[0].metrics.rounds) >= all[0].begin + 2 && read(processes[1].metrics.rounds) >= all[1].begin + 2;
    for (std::size_t i = 0; i < 2; ++i) {
      auto before = read(processes[i].metrics.rounds);
      if (!processes[i].ask().admitted) {
        ++refusals;
      } else if (exchanged) {
        if (!all[i].first)
          all[i].first = read(processes[i].metrics.rounds);
        BOOST_REQUIRE(before < *all[i].first + 2);
      }
    }
    return refusals >= 200;
  }));
  BOOST_TEST_MESSAGE("overshoot " << passed() - limit << " of " << limit);
  for (auto& x : processes) {
    BOOST_TEST(x.admitted <= limit);
    BOOST_TEST(!x.ask().admitted);
  }
}

BOOST_AUTO_TEST_CASE(a_redis_that_takes_no_writes_is_as_good_as_gone) {
  auto& one = start();
  wait_connected();
  server.command({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  server.command({"CONFIG", "SET", "maxmemory", "1"});
  one.ask();
  BOOST_REQUIRE(eventually(30s, [&] { return log.count("OOM") == 1; }));
  server.command({"CONFIG", "SET", "maxmemory", "0"});
  // What could not be written is written now, though nobody asks again.
  BOOST_TEST(eventually(30s, [&] { return server.command({"DBSIZE"}).integer == 1; }));
  expect_all_know_everything();
}

BOOST_AUTO_TEST_CASE(it_stops_at_once) {
  start();
  wait_connected();
  auto begin = std::chrono::steady_clock::now();
  stop();
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 3s));
}

BOOST_AUTO_TEST_SUITE_END()
