#include "guard/controlled_delay.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using tessera::controlled_delay;

namespace {

using time_point = controlled_delay::time_point;

struct fixture {
  controlled_delay sut{20ms, 100ms};
  time_point now = time_point{} + 1h;

  void oldest_is(std::chrono::milliseconds old) {
    sut.observe(now - old, now);
  }
  void empty() {
    sut.observe(std::nullopt, now);
  }
  /// Lets one and the same oldest wait until that is overload.
  void overload() {
    auto came = now;
    now += 120ms;
    sut.observe(came, now);
    BOOST_REQUIRE(sut.overloaded());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(controlled_delay_test, fixture)

BOOST_AUTO_TEST_CASE(a_wait_above_the_target_is_overload_after_an_interval) {
  auto came = now;
  now += 119ms;
  sut.observe(came, now);
  BOOST_TEST(!sut.overloaded());
  now += 1ms;
  sut.observe(came, now);
  BOOST_TEST(sut.overloaded());
}

BOOST_AUTO_TEST_CASE(a_queue_that_stands_is_overload_even_if_those_in_it_change) {
  oldest_is(25ms); // it was older than the target 5 ms ago
  for (int i = 0; i < 94; ++i) {
    now += 1ms;
    oldest_is(20ms);
  }
  BOOST_TEST(!sut.overloaded());
  now += 1ms;
  oldest_is(20ms);
  BOOST_TEST(sut.overloaded());
}

BOOST_AUTO_TEST_CASE(one_moment_below_the_target_starts_the_interval_again) {
  oldest_is(25ms);
  now += 90ms;
  oldest_is(19ms);
  now += 11ms;
  oldest_is(30ms);
  BOOST_TEST(!sut.overloaded());
  now += 80ms;
  oldest_is(21ms);
  BOOST_TEST(!sut.overloaded());
  now += 10ms;
  oldest_is(20ms);
  BOOST_TEST(sut.overloaded());
}

BOOST_AUTO_TEST_CASE(so_does_an_empty_queue) {
  oldest_is(25ms);
  now += 90ms;
  empty();
  now += 90ms;
  oldest_is(100ms);
  BOOST_TEST(!sut.overloaded());
}

BOOST_AUTO_TEST_CASE(overload_ends_when_the_queue_is_short) {
  overload();
  oldest_is(20ms);
  BOOST_TEST(sut.overloaded());
  oldest_is(19ms);
  BOOST_TEST(!sut.overloaded());
  overload();
  empty();
  BOOST_TEST(!sut.overloaded());
}

BOOST_AUTO_TEST_CASE(a_queue_that_is_short_because_it_was_cut_is_overloaded_for_an_interval_more) {
  overload();
  sut.refused(now);
  empty();
  BOOST_TEST(sut.overloaded());
  now += 99ms;
  oldest_is(0ms);
  BOOST_TEST(sut.overloaded());
  now += 1ms;
  oldest_is(0ms);
  BOOST_TEST(!sut.overloaded());
}

BOOST_AUTO_TEST_CASE(what_has_waited_for_twice_the_target_is_shed_during_overload_only) {
  BOOST_TEST(!sut.sheds(now - 10s, now));
  overload();
  BOOST_TEST(!sut.sheds(now - 39ms, now));
  BOOST_TEST(sut.sheds(now - 40ms, now));
}

BOOST_AUTO_TEST_CASE(it_tells_when_time_alone_will_change_something) {
  BOOST_TEST((sut.next_change(std::nullopt) == time_point::max()));
  BOOST_TEST((sut.next_change(now) == now + 120ms));
  oldest_is(20ms);
  BOOST_TEST((sut.next_change(now - 10ms) == now + 100ms)); // those in it change, the delay goes on
  overload();
  BOOST_TEST((sut.next_change(now - 10ms) == now + 30ms));
  sut.refused(now);
  BOOST_TEST((sut.next_change(std::nullopt) == now + 100ms));
}

BOOST_AUTO_TEST_CASE(without_a_target_there_is_no_overload) {
  sut = {0ms, 100ms};
  auto came = now;
  now += 1h;
  sut.observe(came, now);
  BOOST_TEST(!sut.overloaded());
  BOOST_TEST(!sut.sheds(came, now));
  BOOST_TEST((sut.next_change(came) == time_point::max()));
}

BOOST_AUTO_TEST_SUITE_END()
