#include "guard/pool_plan.hpp"

#include "tests/unit/guard/pool_plan_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using tessera::circuit_breaker;
using tessera::error_code;
using tessera::pool_plan;
using tessera::pool_plan_settings;

namespace {

using work = pool_plan::work;
using state = circuit_breaker::state;

struct fixture : tessera::testing::pool_plan_fixture {
  using pool_plan_fixture::pool_plan_fixture;

  /// A statement for `count` keys is under way.
  pool_plan::worker busy_with(std::size_t count, work kind = work::key_by_number) {
    auto worker = idle_worker();
    keys(count, kind);
    BOOST_REQUIRE_EQUAL(decide().send.size(), 1u);
    return worker;
  }

  /// Opens the breaker by a statement with ten keys. Returns what the plan decides then.
  pool_plan::decisions trip() {
    auto worker = busy_with(10);
    now += 1s;
    sut.cut(worker, now);
    BOOST_REQUIRE((current() == state::open));
    return decide();
  }

  state current() const {
    return sut.breaker().current_state();
  }

  /// Goes to when the next probe is due and returns the worker that connects for it.
  pool_plan::worker first_probe() {
    now = sut.breaker().retry_at();
    auto done = decide();
    BOOST_REQUIRE_EQUAL(done.open.size(), 1u);
    BOOST_REQUIRE((current() == state::half_open));
    return done.open[0];
  }

  /// The worker's probe is under way.
  void expect_probe(pool_plan::worker worker) {
    auto done = decide();
    BOOST_REQUIRE_EQUAL(done.send.size(), 1u);
    BOOST_TEST(done.send[0].to == worker);
    BOOST_TEST((done.send[0].kind == work::ping));
    BOOST_TEST(done.send[0].items.empty());
  }

  /// Asks for a key and returns the seconds after which it shall be asked again; fails if it is not refused at once.
  std::chrono::seconds refusal() {
    keys(1);
    auto done = decide();
    BOOST_REQUIRE_EQUAL(done.refuse.size(), 1u);
    BOOST_TEST((done.refuse[0].why == error_code::database_unavailable));
    BOOST_TEST(done.refuse[0].which == last);
    return done.refuse[0].retry_after;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(pool_plan_breaker_test)

// -- the statement timeout --------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_statement_is_overdue_after_a_second) {
  for (auto kind : {work::key_by_number, work::key_by_id, work::find, work::ping}) {
    fixture f;
    auto worker = f.busy_with(1, kind);
    BOOST_TEST((f.sut.next_look(f.now) == f.now + 1s));
    f.now += 999ms;
    BOOST_TEST(f.sut.overdue(f.now).empty());
    f.now += 1ms;
    BOOST_TEST((f.sut.overdue(f.now) == std::vector{worker}));
  }
}

BOOST_AUTO_TEST_CASE(a_page_is_never_overdue) {
  fixture f;
  f.busy_with(1, work::page);
  f.now += 1h;
  BOOST_TEST(f.sut.overdue(f.now).empty());
}

BOOST_AUTO_TEST_CASE(zero_switches_the_statement_timeout_off) {
  fixture f{{.statement_timeout = 0ms}};
  f.busy_with(1);
  f.now += 1h;
  BOOST_TEST(f.sut.overdue(f.now).empty());
}

BOOST_AUTO_TEST_CASE(the_keys_of_a_statement_that_was_cut_are_asked_again_each_alone) {
  fixture f;
  auto idle = f.idle_worker();
  f.keys(1);
  f.decide();
  f.keys(64);
  auto second = f.decide().open.at(0);
  f.sut.connected(second, f.now);
  f.decide();
  f.sut.succeeded(second, 1ms, f.now);
  f.keys(3);
  BOOST_TEST(f.decide().send.at(0).to == second);
  f.now += 1s;
  f.sut.succeeded(idle, 900ms, f.now);
  f.sut.cut(second, f.now);
  auto done = f.decide();
  BOOST_TEST((done.close == std::vector{second})); // another connection may be well
  BOOST_TEST(f.sut.retries() == 3u);
  BOOST_REQUIRE_EQUAL(done.send.size(), 1u);
  BOOST_TEST(done.send[0].to == idle);
  BOOST_TEST(done.send[0].items.size() == 1u);
  f.now += 1s;
  f.sut.cut(idle, f.now);
  BOOST_TEST(f.decide().refuse.size() == 1u); // its second chance was its last
  BOOST_TEST(f.sut.waiting() == 2u);
}

// -- what counts ------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_statement_counts_as_a_failure_for_each_of_its_keys) {
  fixture nine;
  auto worker = nine.busy_with(9);
  nine.now += 1s;
  nine.sut.cut(worker, nine.now);
  BOOST_TEST((nine.current() == state::closed));
  BOOST_TEST(nine.decide().refuse.empty());

  fixture ten;
  worker = ten.busy_with(10);
  ten.keys(5); // these wait
  ten.now += 1s;
  ten.sut.cut(worker, ten.now);
  BOOST_TEST((ten.current() == state::open));
  auto done = ten.decide();
  BOOST_TEST(done.refuse.size() == 15u);
  BOOST_TEST(ten.sut.retries() == 0u);
  BOOST_TEST(!ten.sut.available(ten.now));
  BOOST_TEST(ten.sut.reachable(ten.now));
}

BOOST_AUTO_TEST_CASE(a_database_that_fails_statements_opens_it_whether_connections_live_or_not) {
  for (bool lives : {true, false}) {
    fixture f;
    auto worker = f.busy_with(10);
    f.sut.failed(worker, error_code::database_unavailable, lives, f.now);
    BOOST_TEST((f.current() == state::open));
    BOOST_TEST(f.decide().refuse.size() == 10u);
  }
}

BOOST_AUTO_TEST_CASE(errors_that_are_not_the_databases_count_neither_way) {
  fixture f;
  auto worker = f.busy_with(9);
  f.sut.failed(worker, error_code::database_unavailable, true, f.now);
  f.decide();
  f.sut.failed(worker, error_code::internal, true, f.now); // a second chance that ends so
  BOOST_TEST((f.current() == state::closed));
  f.decide();
  f.sut.failed(worker, error_code::database_unavailable, true, f.now);
  BOOST_TEST((f.current() == state::open)); // the tenth in a row
}

BOOST_AUTO_TEST_CASE(a_worker_that_dies_says_nothing_about_the_database) {
  fixture f;
  f.sut.lost(f.busy_with(64), f.now);
  BOOST_TEST((f.current() == state::closed));
}

BOOST_AUTO_TEST_CASE(pages_are_no_calls) {
  fixture f;
  auto worker = f.idle_worker();
  for (int i = 0; i < 20; ++i) {
    f.keys(1, work::page);
    f.decide();
    f.sut.failed(worker, error_code::database_unavailable, true, f.now);
    BOOST_TEST(f.decide().send.size() == 1u); // its second chance
    f.sut.failed(worker, error_code::database_unavailable, true, f.now);
    BOOST_TEST(f.decide().refuse.size() == 1u);
  }
  BOOST_TEST((f.current() == state::closed));
}

BOOST_AUTO_TEST_CASE(attempts_to_connect_and_what_is_refused_because_of_them_are_no_calls) {
  fixture f;
  f.keys(64);
  f.sut.connect_failed(f.decide().open.at(0), f.now);
  for (int i = 0; i < 50; ++i) {
    f.keys(64);
    auto done = f.decide();
    BOOST_TEST(done.refuse.size() >= 64u);
    if (!done.open.empty())
      f.sut.connect_failed(done.open[0], f.now);
    f.now += 1s;
  }
  BOOST_TEST((f.current() == state::closed));
}

BOOST_AUTO_TEST_CASE(slow_statements_open_it_where_they_may_be_slow) {
  fixture f{{.statement_timeout = 5s}};
  auto worker = f.busy_with(18);
  f.sut.succeeded(worker, 1'100ms, f.now);
  BOOST_TEST((f.current() == state::closed)); // 19 with the first
  f.keys(1);
  f.decide();
  f.sut.succeeded(worker, 1'100ms, f.now);
  BOOST_TEST((f.current() == state::open));
}

BOOST_AUTO_TEST_CASE(zero_failures_switch_the_breaker_off) {
  fixture f{{.breaker = {.failures = 0}}};
  auto worker = f.busy_with(64);
  f.now += 1s;
  f.sut.cut(worker, f.now);
  BOOST_TEST(f.sut.available(f.now));
  BOOST_TEST(f.decide().refuse.empty());
  BOOST_TEST(f.sut.retries() == 64u);
}

// -- open -------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(while_open_nothing_is_sent_and_no_connection_is_opened) {
  fixture f;
  f.trip();
  auto until = f.sut.breaker().retry_at();
  BOOST_TEST((f.sut.next_look(f.now) == until));
  for (; f.now < until; f.now += 100ms) {
    f.keys(64);
    auto done = f.decide();
    BOOST_TEST(done.refuse.size() == 64u);
    BOOST_TEST((done.send.empty() && done.open.empty()));
  }
}

BOOST_AUTO_TEST_CASE(retry_after_is_the_time_until_the_next_probe_in_whole_seconds) {
  fixture f;
  auto done = f.trip();
  auto until = f.sut.breaker().retry_at();
  BOOST_TEST(done.refuse.size() == 10u);
  for (auto& x : done.refuse)
    BOOST_TEST((x.retry_after == std::chrono::ceil<std::chrono::seconds>(until - f.now)));
  BOOST_TEST((f.refusal() >= 57s));
  f.now = until - 10s;
  BOOST_TEST((f.refusal() == 10s));
  f.now += 1ns;
  BOOST_TEST((f.refusal() == 10s));
  f.now = until - 1ms;
  BOOST_TEST((f.refusal() == 1s));
  f.first_probe();
  BOOST_TEST((f.refusal() == 1s)); // it is under way
}

BOOST_AUTO_TEST_CASE(statements_that_began_before_it_opened_end_as_they_may_and_change_nothing) {
  fixture f;
  auto old = f.busy_with(3);
  f.keys(64);
  auto second = f.decide().open.at(0);
  f.sut.connected(second, f.now);
  f.decide();
  f.sut.failed(second, error_code::database_unavailable, true, f.now);
  BOOST_TEST((f.current() == state::open));
  BOOST_TEST(f.decide().refuse.size() == 64u);
  BOOST_TEST(f.sut.succeeded(old, 900ms, f.now).size() == 3u);
  BOOST_TEST((f.current() == state::open));
  f.now = f.sut.breaker().retry_at();
  BOOST_TEST(f.decide().close.size() == 2u); // both are old by now
}

// -- probes -----------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(three_probes_over_a_new_connection_close_it) {
  fixture f;
  f.trip();
  auto worker = f.first_probe();
  BOOST_TEST(f.decide().open.empty());
  f.sut.connected(worker, f.now);
  for (int i = 0; i < 3; ++i) {
    f.expect_probe(worker);
    BOOST_TEST(f.decide().send.empty()); // one at a time
    f.refusal();
    f.now += 2ms;
    BOOST_TEST(f.sut.succeeded(worker, 2ms, f.now).empty());
  }
  BOOST_TEST((f.current() == state::closed));
  BOOST_TEST(f.sut.breaker().probes() == 3u);
  f.keys(1);
  BOOST_TEST(f.decide().send.at(0).to == worker);
}

BOOST_AUTO_TEST_CASE(a_probe_that_cannot_connect_has_failed_and_none_is_tried_before_the_next) {
  fixture f;
  f.trip();
  f.sut.connect_failed(f.first_probe(), f.now);
  BOOST_TEST((f.current() == state::open));
  auto until = f.sut.breaker().retry_at();
  BOOST_TEST((until >= f.now + 57s));
  for (; f.now < until; f.now += 500ms)
    BOOST_TEST(f.decide().open.empty()); // though the backoff would allow it
  auto worker = f.first_probe();
  f.sut.connected(worker, f.now);
  BOOST_TEST(f.sut.reachable(f.now));
  f.expect_probe(worker);
}

BOOST_AUTO_TEST_CASE(probes_do_not_wait_for_the_backoffs) {
  fixture f{{.backoff_min = 1h, .backoff_max = 1h, .breaker = {.recovery = 1s}}};
  f.trip();
  f.sut.connect_failed(f.first_probe(), f.now);
  f.decide();
  f.sut.lost(f.first_probe(), f.now);
  f.decide();
  BOOST_TEST((f.sut.next_look(f.now) == f.sut.breaker().retry_at()));
  f.first_probe();
}

BOOST_AUTO_TEST_CASE(a_probe_fails_by_whatever_is_no_success) {
  auto endings = {+[](pool_plan& sut, pool_plan::worker worker, pool_plan::time_point now) {
                    sut.failed(worker, error_code::database_unavailable, true, now);
                  },
                  +[](pool_plan& sut, pool_plan::worker worker, pool_plan::time_point now) {
                    sut.failed(worker, error_code::internal, true, now);
                  },
                  +[](pool_plan& sut, pool_plan::worker worker, pool_plan::time_point now) {
                    sut.failed(worker, error_code::database_unavailable, false, now);
                  },
                  +[](pool_plan& sut, pool_plan::worker worker, pool_plan::time_point now) { sut.cut(worker, now); },
                  +[](pool_plan& sut, pool_plan::worker worker, pool_plan::time_point now) { sut.lost(worker, now); }};
  for (auto ending : endings) {
    fixture f;
    f.trip();
    auto worker = f.first_probe();
    f.sut.connected(worker, f.now);
    f.expect_probe(worker);
    f.now += 1s;
    BOOST_TEST((f.sut.overdue(f.now) == std::vector{worker}));
    ending(f.sut, worker, f.now);
    BOOST_TEST((f.current() == state::open));
    BOOST_TEST((f.sut.breaker().opened_by() == circuit_breaker::reason::probe_failed));
    auto done = f.decide();
    BOOST_TEST((done.send.empty() && done.open.empty()));
    f.first_probe();
  }
}

BOOST_AUTO_TEST_CASE(where_one_connection_is_all_the_probe_takes_its_place) {
  fixture f{{.connection_limit = 1}};
  auto worker = f.busy_with(10);
  f.sut.failed(worker, error_code::database_unavailable, true, f.now);
  BOOST_TEST(f.decide().close.empty());
  f.now = f.sut.breaker().retry_at();
  auto done = f.decide();
  BOOST_TEST((done.close == std::vector{worker}));
  BOOST_TEST(done.open.size() == 1u);
}

BOOST_AUTO_TEST_CASE(ordered_open_all_is_refused_with_the_time_that_is_left) {
  fixture f;
  auto worker = f.busy_with(3);
  f.sut.force_breaker(state::open, f.now + 90s);
  f.keys(2);
  auto done = f.decide();
  BOOST_REQUIRE_EQUAL(done.refuse.size(), 2u);
  for (auto& x : done.refuse) {
    BOOST_TEST((x.why == error_code::database_unavailable));
    BOOST_TEST((x.retry_after == 90s));
  }
  BOOST_TEST((f.sut.next_look(f.now) <= f.now + 90s));
  BOOST_TEST(f.sut.succeeded(worker, 1ms, f.now).size() == 3u); // what was under way is answered
}

BOOST_AUTO_TEST_CASE(a_probe_under_way_when_an_order_comes_says_nothing) {
  fixture f;
  f.trip();
  auto worker = f.first_probe();
  f.sut.connected(worker, f.now);
  f.expect_probe(worker);
  f.sut.force_breaker(state::closed, f.now + 1h);
  f.sut.failed(worker, error_code::database_unavailable, true, f.now);
  BOOST_TEST((f.current() == state::closed));
  f.keys(1);
  BOOST_TEST(f.decide().send.size() == 1u); // it does other work from then on
}

BOOST_AUTO_TEST_CASE(no_probe_is_sent_by_who_connects_for_one_when_an_order_comes) {
  fixture f;
  f.trip();
  auto worker = f.first_probe();
  f.sut.force_breaker(state::open, f.now + 1h);
  f.sut.connected(worker, f.now);
  BOOST_TEST(f.decide().send.empty());
  f.sut.release_breaker(f.now);
  auto probe = f.first_probe();
  f.sut.connected(probe, f.now);
  f.expect_probe(probe);
}

BOOST_AUTO_TEST_SUITE_END()
