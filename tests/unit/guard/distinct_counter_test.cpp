#include "guard/distinct_counter.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <vector>

using tessera::distinct_budget;
using tessera::distinct_counter;

namespace {

/// Returns how many distinct values a counter takes until it is over the budget of `limit`; each is a random hash.
std::uint64_t values_until_over(std::uint64_t limit, std::mt19937_64& random) {
  distinct_counter sut{distinct_budget::of(limit)};
  std::uint64_t values = 0;
  while (!sut.over()) {
    sut.add(random());
    ++values;
  }
  return values;
}

} // namespace

BOOST_AUTO_TEST_SUITE(distinct_counter_test)

BOOST_AUTO_TEST_CASE(a_value_counts_once) {
  distinct_counter sut{distinct_budget::of(3)};
  const std::vector<std::uint64_t> hashes = {0, std::uint64_t{1} << 56, ~std::uint64_t{0}};
  for (auto hash : hashes)
    BOOST_TEST(sut.add(hash));
  for (int i = 0; i < 1'000; ++i)
    for (auto hash : hashes)
      BOOST_TEST(!sut.add(hash));
  BOOST_TEST(sut.set_bits() == 3u);
  BOOST_TEST(!sut.over());
}

BOOST_AUTO_TEST_CASE(what_is_new_may_seem_known_but_not_the_reverse) {
  std::mt19937_64 random{2};
  distinct_counter sut{distinct_budget::of(300)};
  std::vector<std::uint64_t> hashes;
  unsigned taken_for_known = 0;
  for (int i = 0; i < 300; ++i) {
    hashes.push_back(random());
    taken_for_known += sut.add(hashes.back()) ? 0 : 1;
  }
  BOOST_TEST(taken_for_known > 0u);
  for (auto hash : hashes)
    BOOST_TEST(!sut.add(hash));
}

// Below 20 or so the margin is wider than all collisions together, so the count is over only when the limit is.
BOOST_AUTO_TEST_CASE(small_limits_are_never_reached_early_and_hardly_late) {
  std::mt19937_64 random{3};
  for (std::uint64_t limit : {1, 2, 5, 10, 20})
    for (int i = 0; i < 1'000; ++i) {
      auto values = values_until_over(limit, random);
      BOOST_REQUIRE_GT(values, limit);
      BOOST_REQUIRE_LE(values, limit + 8);
    }
}

BOOST_AUTO_TEST_CASE(the_default_limit_is_noticed_after_380_values_on_the_average) {
  std::mt19937_64 random{4};
  std::vector<std::uint64_t> values(5'000);
  double sum = 0;
  for (auto& x : values)
    sum += static_cast<double>(x = values_until_over(300, random));
  std::sort(values.begin(), values.end());
  BOOST_TEST(values[1] > 300u); // once in 30,000 it may be early
  BOOST_TEST(values[values.size() - 10] < 460u);
  BOOST_TEST(sum / 5'000 > 370);
  BOOST_TEST(sum / 5'000 < 390);
  BOOST_TEST_MESSAGE("average " << sum / 5'000 << ", least " << values.front() << ", most " << values.back());
}

BOOST_AUTO_TEST_CASE(large_limits_are_noticed_by_a_sample) {
  std::mt19937_64 random{5};
  for (std::uint64_t limit : {100, 250, 320, 321, 640, 1'000, 3'000, 10'000, 100'000}) {
    auto rounds = limit > 5'000 ? 20 : 400;
    double sum = 0;
    for (int i = 0; i < rounds; ++i) {
      auto values = values_until_over(limit, random);
      BOOST_REQUIRE_GT(values, limit);
      BOOST_REQUIRE_LT(values, limit * 9 / 4);
      sum += static_cast<double>(values);
    }
    auto late = sum / rounds / static_cast<double>(limit) - 1;
    BOOST_TEST_MESSAGE(limit << ": " << 100 * late << " % late");
    BOOST_TEST(late < 0.55, limit);
  }
}

BOOST_AUTO_TEST_CASE(without_a_limit_nothing_is_too_much_and_everything_new) {
  std::mt19937_64 random{6};
  distinct_counter sut{distinct_budget::of(0)};
  for (int i = 0; i < 100'000; ++i)
    BOOST_REQUIRE(sut.add(random()));
  BOOST_TEST(!sut.over());
}

BOOST_AUTO_TEST_SUITE_END()
