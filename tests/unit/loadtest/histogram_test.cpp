#include "loadtest/histogram.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using tessera::loadtest::histogram;

BOOST_AUTO_TEST_SUITE(histogram_test)

BOOST_AUTO_TEST_CASE(nothing_is_zero) {
  histogram sut;
  BOOST_TEST(sut.count() == 0u);
  BOOST_TEST(sut.percentile(0.99) == 0u);
  BOOST_TEST(sut.max() == 0u);
}

BOOST_AUTO_TEST_CASE(small_values_are_exact) {
  histogram sut;
  for (std::uint64_t value = 1; value <= 100; ++value)
    sut.record(value);
  BOOST_TEST(sut.percentile(0) == 1u);
  BOOST_TEST(sut.percentile(0.5) == 50u);
  BOOST_TEST(sut.percentile(0.99) == 99u);
  BOOST_TEST(sut.percentile(1) == 100u);
}

BOOST_AUTO_TEST_CASE(the_largest_of_all_values_fits) {
  histogram sut;
  sut.record(std::numeric_limits<std::uint64_t>::max());
  BOOST_TEST(sut.percentile(0.5) == std::numeric_limits<std::uint64_t>::max());
}

BOOST_AUTO_TEST_CASE(a_percentile_is_never_below_the_exact_one_and_at_most_a_64th_above) {
  histogram sut;
  std::mt19937_64 random{1};
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 100'000; ++i) {
    values.push_back(random() >> (random() % 64));
    sut.record(values.back());
  }
  std::sort(values.begin(), values.end());
  for (double share : {0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0}) {
    auto exact = values[static_cast<std::size_t>(std::ceil(share * 100'000)) - 1];
    BOOST_TEST(sut.percentile(share) >= exact);
    BOOST_TEST(sut.percentile(share) - exact <= exact / 64);
  }
}

BOOST_AUTO_TEST_CASE(two_added_are_as_one_that_saw_all) {
  histogram low, high, both;
  for (std::uint64_t value = 0; value < 10'000; ++value) {
    (value < 9'000 ? low : high).record(value);
    both.record(value);
  }
  low.add(high);
  BOOST_TEST(low.count() == both.count());
  BOOST_TEST(low.max() == both.max());
  for (double share : {0.1, 0.5, 0.89, 0.91, 0.99})
    BOOST_TEST(low.percentile(share) == both.percentile(share));
}

BOOST_AUTO_TEST_SUITE_END()
