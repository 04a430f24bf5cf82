#include "loadtest/zipf.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

using tessera::loadtest::zipf_numbers;

BOOST_AUTO_TEST_CASE(numbers_occur_as_often_as_the_law_says) {
  constexpr std::size_t count = 20;
  constexpr int draws = 400'000;
  for (double skew : {0.5, 0.99, 1.0, 2.0}) {
    zipf_numbers numbers{count, skew, 42};
    std::vector<int> seen(count);
    for (int i = 0; i < draws; ++i) {
      auto number = numbers.next();
      BOOST_REQUIRE(number < count);
      ++seen[number];
    }
    double sum = 0;
    for (std::size_t k = 1; k <= count; ++k)
      sum += std::pow(k, -skew);
    for (std::size_t k = 1; k <= count; ++k) {
      auto expected = draws * std::pow(k, -skew) / sum;
      // Five standard deviations of a count; the seed is fixed.
      BOOST_TEST(std::abs(seen[k - 1] - expected) < 5 * std::sqrt(expected), "skew " << skew << ", number " << k);
    }
  }
}

BOOST_AUTO_TEST_CASE(of_one_number_it_is_always_that) {
  zipf_numbers numbers{1, 0.99, 1};
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(numbers.next() == 0u);
}
