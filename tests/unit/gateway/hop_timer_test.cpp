#include "gateway/hop_timer.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

constexpr auto limit = 100ms;
constexpr hop_timer::clock::time_point start{1h};

struct fixture {
  fixture() {
    sut.reset(2);
  }

  hop_timer sut;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hop_timer_test, fixture)

BOOST_AUTO_TEST_CASE(nothing_under_way_is_not_overdue) {
  BOOST_TEST(!sut.overdue(0, limit, start));
}

BOOST_AUTO_TEST_CASE(a_hop_is_overdue_when_it_takes_longer_than_the_limit_and_until_it_ends) {
  auto number = sut.begin(0, start);
  BOOST_TEST(number != 0U);
  BOOST_TEST(!sut.overdue(0, limit, start + limit));
  BOOST_TEST(sut.overdue(0, limit, start + limit + 1ns));
  BOOST_TEST((sut.end(number) == start));
  BOOST_TEST(!sut.end(number).has_value());
  BOOST_TEST(!sut.overdue(0, limit, start + limit + 1ns));
}

BOOST_AUTO_TEST_CASE(one_batch_per_shard_is_timed_at_a_time) {
  auto first = sut.begin(0, start);
  BOOST_TEST(sut.begin(0, start + 1ms) == 0U);
  auto of_other_shard = sut.begin(1, start + 90ms);
  BOOST_TEST(of_other_shard != 0U);
  BOOST_TEST(of_other_shard != first);
  BOOST_TEST(sut.overdue(0, limit, start + 150ms));
  BOOST_TEST(!sut.overdue(1, limit, start + 150ms));
  sut.end(first);
  auto second = sut.begin(0, start + 150ms);
  BOOST_TEST(second != 0U);
  BOOST_TEST(second != first);
}

BOOST_AUTO_TEST_CASE(batches_that_are_not_timed_and_answers_from_before_a_reset_end_nothing) {
  auto number = sut.begin(0, start);
  sut.end(0);
  BOOST_TEST(sut.overdue(0, limit, start + 1s));
  sut.reset(2);
  BOOST_TEST(!sut.overdue(0, limit, start + 1s));
  auto next = sut.begin(0, start + 1s);
  BOOST_TEST(next != number);
  sut.end(number);
  BOOST_TEST(sut.overdue(0, limit, start + 2s));
  sut.end(next);
  BOOST_TEST(!sut.overdue(0, limit, start + 2s));
}

BOOST_AUTO_TEST_CASE(a_batch_that_seems_lost_makes_way_for_another) {
  auto lost = sut.begin(0, start);
  BOOST_TEST(sut.overdue(0, limit, start + 10 * limit));
  auto later = start + 10 * limit + 1ns;
  BOOST_TEST(!sut.overdue(0, limit, later));
  auto next = sut.begin(0, later);
  BOOST_TEST(next != 0U);
  sut.end(lost);
  BOOST_TEST(sut.overdue(0, limit, later + limit + 1ns));
}

BOOST_AUTO_TEST_SUITE_END()
