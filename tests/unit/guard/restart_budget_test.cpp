#include "guard/restart_budget.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using tessera::restart_budget;

BOOST_AUTO_TEST_SUITE(restart_budget_test)

BOOST_AUTO_TEST_CASE(five_restarts_in_ten_seconds_are_granted_and_no_sixth) {
  restart_budget sut{5, 10s};
  auto now = restart_budget::clock::time_point{} + 1h;
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(sut.spend(now + i * 1s));
  BOOST_TEST(!sut.spend(now + 9s));
  BOOST_TEST(!sut.spend(now + 9999ms));
}

BOOST_AUTO_TEST_CASE(what_is_older_than_the_window_counts_no_more) {
  restart_budget sut{5, 10s};
  auto now = restart_budget::clock::time_point{} + 1h;
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(sut.spend(now + i * 1s));
  BOOST_TEST(sut.spend(now + 10s));
  BOOST_TEST(!sut.spend(now + 10s));
  BOOST_TEST(sut.spend(now + 11s));
}

BOOST_AUTO_TEST_CASE(rare_restarts_go_on_forever) {
  restart_budget sut{5, 10s};
  auto now = restart_budget::clock::time_point{} + 1h;
  for (int i = 0; i < 1'000; ++i)
    BOOST_TEST(sut.spend(now += 2001ms));
  BOOST_TEST(sut.spent() <= 5u);
}

BOOST_AUTO_TEST_SUITE_END()
