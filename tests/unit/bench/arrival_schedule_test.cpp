#include "bench/arrival_schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace std::chrono_literals;
using tessera::bench::arrival_schedule;
using tessera::bench::arrivals;

namespace {

std::vector<std::chrono::nanoseconds> first(std::size_t count, arrival_schedule of) {
  std::vector<std::chrono::nanoseconds> result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(of.next());
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(arrival_schedule_test)

BOOST_AUTO_TEST_CASE(constant_arrivals_have_equal_gaps) {
  auto due = first(4'000, {arrivals::constant, 4'000, 1});
  BOOST_TEST((due[0] == 250us));
  for (std::size_t i = 1; i < due.size(); ++i)
    BOOST_REQUIRE(std::chrono::abs(due[i] - due[i - 1] - 250us) <= 1ns);
  BOOST_TEST((std::chrono::abs(due.back() - 1s) <= 1us));
}

BOOST_AUTO_TEST_CASE(poisson_arrivals_keep_the_rate_and_vary_as_they_should) {
  constexpr int count = 100'000;
  auto due = first(count, {arrivals::poisson, 1'000, 7});
  BOOST_TEST(std::chrono::duration<double>(due.back()).count() == count / 1'000.0, boost::test_tools::tolerance(0.02));
  // Of exponential gaps, a share of 1 - 1/e is shorter than the mean.
  int shorter = 0;
  for (std::size_t i = 1; i < due.size(); ++i) {
    BOOST_REQUIRE(due[i] >= due[i - 1]);
    shorter += due[i] - due[i - 1] < 1ms;
  }
  BOOST_TEST(shorter / static_cast<double>(count) == 0.632, boost::test_tools::tolerance(0.02));
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_times_and_another_one_others) {
  auto due = first(100, {arrivals::poisson, 1'000, 7});
  BOOST_TEST((due == first(100, {arrivals::poisson, 1'000, 7})));
  BOOST_TEST((due != first(100, {arrivals::poisson, 1'000, 8})));
}

BOOST_AUTO_TEST_SUITE_END()
