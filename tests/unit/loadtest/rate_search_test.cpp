#include "loadtest/rate_search.hpp"

#include <boost/test/unit_test.hpp>

using tessera::loadtest::rate_search;

namespace {

/// Searches a server that keeps rates up to `carries`.
std::optional<double> found(double from, double to, double carries, int& steps) {
  rate_search search{from, to};
  for (steps = 0; auto rate = search.next(); ++steps) {
    BOOST_REQUIRE(*rate >= from && *rate <= to);
    search.tried(*rate <= carries);
  }
  return search.highest_kept();
}

} // namespace

BOOST_AUTO_TEST_CASE(the_highest_rate_is_found_to_a_twentieth_in_few_steps) {
  for (double carries = 100; carries < 90'000; carries *= 1.07) {
    int steps = 0;
    auto rate = found(100, 100'000, carries, steps);
    BOOST_REQUIRE(rate.has_value());
    BOOST_TEST(*rate <= carries);
    BOOST_TEST(*rate * 1.05 >= carries);
    BOOST_TEST(steps <= 17);
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_keeps_all_is_tried_at_the_highest_rate_and_no_further) {
  int steps = 0;
  BOOST_TEST(found(100, 1'000, 1e9, steps).value() == 1'000.0);
  BOOST_TEST(steps == 5); // 100, 200, 400, 800, 1000
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_keep_the_lowest_rate_ends_the_search_at_once) {
  int steps = 0;
  BOOST_TEST(!found(100, 1'000, 50, steps).has_value());
  BOOST_TEST(steps == 1);
}
