#include "guard/circuit_breaker.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace std::chrono_literals;
using tessera::circuit_breaker;
using tessera::circuit_breaker_settings;

namespace {

using state = circuit_breaker::state;
using reason = circuit_breaker::reason;

struct fixture {
  explicit fixture(circuit_breaker_settings with = {}) : sut(with), recovery(with.recovery) {
  }

  void succeed(std::size_t count, std::chrono::microseconds duration = 1ms) {
    for (std::size_t i = 0; i < count; ++i)
      sut.succeeded(sut.permit().value(), duration, now);
  }
  void fail(std::size_t count, std::chrono::microseconds duration = 1ms) {
    for (std::size_t i = 0; i < count; ++i)
      sut.failed(sut.permit().value(), duration, now);
  }
  /// Failures that never come in a row.
  void fail_apart(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      fail(1);
      succeed(1);
    }
  }
  bool opened_by(reason why) const {
    return sut.current_state() == state::open && sut.opened_by() == why;
  }
  void trip() {
    fail(10);
    BOOST_REQUIRE(opened_by(reason::failures_in_a_row));
  }
  void wait_for_probe() {
    now = sut.retry_at();
  }
  void probe(bool success) {
    BOOST_REQUIRE(sut.probe_due(now));
    auto begun = sut.begin_probe();
    if (success)
      sut.succeeded(begun, 1ms, now);
    else
      sut.failed(begun, 1ms, now);
  }

  circuit_breaker sut;
  std::chrono::milliseconds recovery;
  circuit_breaker::time_point now = circuit_breaker::time_point{} + 1h;
};

} // namespace

BOOST_AUTO_TEST_SUITE(circuit_breaker_test)

// -- closed -----------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(ten_failures_in_a_row_open_it_and_nine_do_not) {
  fixture f;
  f.fail(9);
  BOOST_TEST((f.sut.current_state() == state::closed));
  f.fail(1);
  BOOST_TEST(f.opened_by(reason::failures_in_a_row));
  BOOST_TEST(!f.sut.permit());
}

BOOST_AUTO_TEST_CASE(failures_in_a_row_may_come_hours_apart) {
  fixture f;
  for (int i = 0; i < 10; ++i) {
    BOOST_TEST((f.sut.current_state() == state::closed));
    f.fail(1);
    f.now += 1h;
  }
  BOOST_TEST(f.opened_by(reason::failures_in_a_row));
}

BOOST_AUTO_TEST_CASE(a_success_ends_the_row) {
  fixture f;
  f.fail(9);
  f.now += 1h; // out of the window
  f.succeed(1);
  f.fail(9);
  BOOST_TEST((f.sut.current_state() == state::closed));
}

BOOST_AUTO_TEST_CASE(one_result_may_stand_for_many_calls) {
  fixture f;
  f.sut.failed(f.sut.permit().value(), 1s, f.now, 9);
  BOOST_TEST((f.sut.current_state() == state::closed));
  f.sut.failed(f.sut.permit().value(), 1s, f.now, 1);
  BOOST_TEST(f.opened_by(reason::failures_in_a_row));
  fixture none;
  none.sut.failed(none.sut.permit().value(), 1s, none.now, 0);
  BOOST_TEST((none.sut.current_state() == state::closed));
}

BOOST_AUTO_TEST_CASE(ten_failures_among_twenty_calls_open_it) {
  fixture f;
  f.fail_apart(9);
  f.fail(1);
  BOOST_TEST((f.sut.current_state() == state::closed)); // 10 of 19
  f.succeed(1);                                         // also a success may complete the sample
  BOOST_TEST(f.opened_by(reason::failure_rate));
}

BOOST_AUTO_TEST_CASE(half_of_many_opens_it_and_less_does_not) {
  fixture f;
  f.succeed(2);
  f.fail_apart(100);
  f.fail(1);
  BOOST_TEST((f.sut.current_state() == state::closed)); // 101 of 203
  f.fail(1);
  BOOST_TEST(f.opened_by(reason::failure_rate)); // 102 of 204
}

BOOST_AUTO_TEST_CASE(half_of_too_few_failures_does_not_open_it) {
  fixture f{{.failures = 11}};
  f.fail_apart(10);
  BOOST_TEST((f.sut.current_state() == state::closed)); // 10 of 20
  f.fail(1);
  BOOST_TEST(f.opened_by(reason::failure_rate)); // 11 of 21
}

BOOST_AUTO_TEST_CASE(what_is_out_of_the_window_counts_no_more) {
  fixture f;
  f.fail_apart(9);
  f.now += 10s;
  f.fail_apart(9);
  f.now += 10s;
  f.fail_apart(9);
  BOOST_TEST((f.sut.current_state() == state::closed));
  f.now += 8s;
  f.fail_apart(1);
  BOOST_TEST(f.opened_by(reason::failure_rate));
}

BOOST_AUTO_TEST_CASE(sixteen_slow_calls_of_twenty_open_it) {
  fixture f;
  f.succeed(4);
  f.succeed(15, 1001ms);
  BOOST_TEST((f.sut.current_state() == state::closed)); // 15 of 19: too few
  f.succeed(1, 1001ms);
  BOOST_TEST(f.opened_by(reason::slow_calls));
}

BOOST_AUTO_TEST_CASE(fifteen_slow_calls_of_twenty_do_not_open_it) {
  fixture f;
  f.succeed(5);
  f.succeed(15, 1001ms);
  BOOST_TEST((f.sut.current_state() == state::closed));
  f.succeed(4, 1001ms);
  BOOST_TEST((f.sut.current_state() == state::closed)); // 19 of 24
  f.succeed(1, 1001ms);
  BOOST_TEST(f.opened_by(reason::slow_calls)); // 20 of 25
}

BOOST_AUTO_TEST_CASE(a_call_of_a_second_is_not_slow) {
  fixture f;
  f.succeed(100, 1s);
  BOOST_TEST((f.sut.current_state() == state::closed));
}

BOOST_AUTO_TEST_CASE(slow_failures_are_slow_too) {
  fixture f{{.failures = 1'000}};
  for (int i = 0; i < 8; ++i) {
    f.fail(1, 1001ms);
    f.succeed(1, 1001ms);
  }
  f.succeed(4);
  BOOST_TEST(f.opened_by(reason::slow_calls));
}

BOOST_AUTO_TEST_CASE(zero_failures_switch_it_off) {
  fixture f{{.failures = 0}};
  f.fail(1'000, 5s);
  f.succeed(1'000, 5s);
  BOOST_TEST(f.sut.permit().has_value());
  BOOST_TEST(!f.sut.probe_due(f.now + 24h));
  BOOST_TEST(f.sut.opened() == 0u);
}

// -- open -------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(it_stays_open_for_the_recovery_time_give_or_take_5_percent) {
  std::set<circuit_breaker::time_point> all;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    fixture f{{.seed = seed}};
    f.trip();
    auto open_for = f.sut.retry_at() - f.now;
    BOOST_TEST((open_for >= 57s && open_for <= 63s));
    BOOST_TEST(!f.sut.probe_due(f.sut.retry_at() - 1ns));
    BOOST_TEST(f.sut.probe_due(f.sut.retry_at()));
    all.insert(f.sut.retry_at());
  }
  BOOST_TEST(all.size() > 90u); // seeds that differ in the last bit are alike
  BOOST_TEST((*all.rbegin() - *all.begin() > 5s));
}

BOOST_AUTO_TEST_CASE(results_of_calls_that_began_before_it_opened_change_nothing) {
  fixture f;
  auto before = f.sut.permit().value();
  f.trip();
  auto retry_at = f.sut.retry_at();
  f.now += 30s;
  f.sut.succeeded(before, 31s, f.now, 100);
  f.sut.failed(before, 31s, f.now, 100);
  BOOST_TEST((f.sut.current_state() == state::open));
  BOOST_TEST((f.sut.retry_at() == retry_at));
}

// -- half-open --------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(three_probes_in_a_row_close_it) {
  fixture f;
  f.trip();
  f.wait_for_probe();
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(!f.sut.permit());
    f.probe(true);
  }
  BOOST_TEST(f.sut.permit().has_value());
  BOOST_TEST(!f.sut.probe_due(f.now));
  BOOST_TEST(f.sut.probes() == 3u);
  BOOST_TEST(f.sut.opened() == 1u);
}

BOOST_AUTO_TEST_CASE(a_probe_that_fails_opens_it_again_for_as_long) {
  fixture f;
  f.trip();
  f.wait_for_probe();
  f.probe(true);
  f.probe(true);
  f.probe(false);
  BOOST_TEST(f.opened_by(reason::probe_failed));
  BOOST_TEST((f.sut.retry_at() >= f.now + 57s));
  BOOST_TEST(!f.sut.probe_due(f.now));
  BOOST_TEST(f.sut.opened() == 1u); // it never closed
  f.wait_for_probe();
  f.probe(true);
  f.probe(true);
  BOOST_TEST((f.sut.current_state() == state::half_open)); // those before the failure count no more
  f.probe(true);
  BOOST_TEST((f.sut.current_state() == state::closed));
}

BOOST_AUTO_TEST_CASE(there_is_one_probe_at_a_time) {
  fixture f;
  f.trip();
  f.wait_for_probe();
  auto begun = f.sut.begin_probe();
  BOOST_TEST(!f.sut.probe_due(f.now + 24h));
  f.sut.succeeded(begun, 1ms, f.now);
  BOOST_TEST(f.sut.probe_due(f.now));
}

BOOST_AUTO_TEST_CASE(results_of_an_older_epoch_do_not_count_as_probes) {
  fixture f;
  auto first = f.sut.permit().value();
  f.trip();
  f.wait_for_probe();
  auto probe = f.sut.begin_probe();
  f.sut.succeeded(first, 60s, f.now, 3);
  f.sut.failed(first, 60s, f.now);
  BOOST_TEST((f.sut.current_state() == state::half_open));
  BOOST_TEST(!f.sut.probe_due(f.now)); // the probe is still under way
  f.sut.failed(probe, 1ms, f.now);
  f.wait_for_probe();
  auto second = f.sut.begin_probe();
  f.sut.succeeded(probe, 1ms, f.now);
  BOOST_TEST(!f.sut.probe_due(f.now));
  BOOST_TEST(second > probe);
}

BOOST_AUTO_TEST_CASE(closed_again_it_starts_from_nothing) {
  fixture f{{.recovery = 1s}};
  auto first = f.sut.permit().value();
  f.fail_apart(4);
  f.trip();
  f.wait_for_probe();
  for (int i = 0; i < 3; ++i)
    f.probe(true);
  f.sut.failed(first, 2s, f.now, 100);
  f.fail(9);
  f.succeed(11); // 9 of 20, while the failures from before are only seconds old
  BOOST_TEST((f.sut.current_state() == state::closed));
  f.fail(2); // 11 of 22
  BOOST_TEST(f.opened_by(reason::failure_rate));
  BOOST_TEST(f.sut.opened() == 2u);
}

// -- an operator's order ----------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(ordered_open_it_lets_nobody_call_and_is_probed_when_the_time_is_over) {
  fixture f;
  auto before = f.sut.permit().value();
  f.sut.force(state::open, f.now + 10min);
  BOOST_TEST(f.opened_by(reason::ordered));
  BOOST_TEST(f.sut.opened() == 1u);
  BOOST_TEST(!f.sut.permit());
  BOOST_TEST((f.sut.retry_at() == f.now + 10min));
  f.sut.succeeded(before, 1ms, f.now, 100);
  f.now += 10min - 1us;
  BOOST_TEST((f.sut.forced_until(f.now) == f.now + 1us));
  BOOST_TEST(!f.sut.probe_due(f.now));
  f.now += 1us;
  BOOST_TEST(!f.sut.forced_until(f.now));
  for (int i = 0; i < 3; ++i)
    f.probe(true);
  BOOST_TEST((f.sut.current_state() == state::closed));
}

BOOST_AUTO_TEST_CASE(ordered_closed_it_stays_closed_whatever_fails_and_then_judges_afresh) {
  fixture f;
  f.trip();
  f.sut.force(state::closed, f.now + 10min);
  f.fail(1'000, 60s);
  BOOST_TEST((f.sut.current_state() == state::closed));
  f.now += 10min - 1us;
  f.fail(9);
  f.now += 1us;
  f.fail(9); // those before do not count with them
  BOOST_TEST((f.sut.current_state() == state::closed));
  f.fail(1);
  BOOST_TEST(f.opened_by(reason::failures_in_a_row));
}

BOOST_AUTO_TEST_CASE(an_order_takes_the_place_of_a_probe_and_of_the_order_before) {
  fixture f;
  f.trip();
  f.wait_for_probe();
  auto probe = f.sut.begin_probe();
  f.sut.force(state::open, f.now + 1h);
  f.sut.succeeded(probe, 1ms, f.now, 3);
  BOOST_TEST(f.opened_by(reason::ordered));
  BOOST_TEST(f.sut.opened() == 1u); // it had not closed
  f.sut.force(state::closed, f.now + 1min);
  BOOST_TEST(f.sut.permit().has_value());
  f.sut.force(state::open, f.now + 1s);
  f.now += 1s;
  BOOST_TEST(f.sut.probe_due(f.now));
}

BOOST_AUTO_TEST_CASE(an_order_that_is_taken_back_ends_as_if_its_time_were_over) {
  fixture f;
  f.sut.release(f.now);
  BOOST_TEST(f.sut.permit().has_value());
  f.sut.force(state::open, f.now + 1h);
  f.sut.release(f.now);
  BOOST_TEST(!f.sut.forced_until(f.now));
  BOOST_TEST(f.sut.probe_due(f.now));
  f.sut.force(state::closed, f.now + 1h);
  f.sut.release(f.now);
  f.trip();
  f.sut.release(f.now); // not an order
  BOOST_TEST(!f.sut.probe_due(f.now));
}

BOOST_AUTO_TEST_CASE(one_that_never_opens_by_itself_obeys_and_recovers) {
  fixture f{{.failures = 0}};
  f.sut.force(state::open, f.now + 1s);
  BOOST_TEST(!f.sut.permit());
  f.now += 1s;
  for (int i = 0; i < 3; ++i)
    f.probe(true);
  f.fail(1'000);
  BOOST_TEST((f.sut.current_state() == state::closed));
}

BOOST_AUTO_TEST_SUITE_END()
