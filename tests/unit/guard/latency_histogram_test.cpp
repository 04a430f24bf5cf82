#include "guard/latency_histogram.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace tessera;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

latency_counts counts_of(const latency_histogram& sut) {
  latency_counts counts;
  sut.add_to(counts);
  return counts;
}

} // namespace

BOOST_AUTO_TEST_SUITE(latency_histogram_test)

BOOST_AUTO_TEST_CASE(nothing_is_zero) {
  latency_histogram sut;
  BOOST_TEST(counts_of(sut).count() == 0U);
  BOOST_TEST(counts_of(sut).percentile(0.99).count() == 0);
  BOOST_TEST(sut.sum_ns() == 0U);
}

BOOST_AUTO_TEST_CASE(every_value_is_in_a_bucket_that_ends_at_or_after_it_and_begins_after_the_bucket_before) {
  for (std::size_t i = 1; i < latency_buckets::count; ++i) {
    auto first = latency_buckets::largest_in(i - 1) + 1;
    BOOST_REQUIRE(latency_buckets::of(first) == i);
    BOOST_REQUIRE(latency_buckets::of(latency_buckets::largest_in(i)) == i);
    BOOST_REQUIRE(latency_buckets::largest_in(i) - first <= first / 16);
  }
  BOOST_TEST(latency_buckets::largest_in(latency_buckets::count - 1) == latency_buckets::largest);
}

BOOST_AUTO_TEST_CASE(what_takes_longer_than_all_buckets_is_in_the_last_and_what_takes_less_than_nothing_in_the_first) {
  latency_histogram sut;
  sut.record(1h);
  sut.record(-1s);
  BOOST_TEST(counts_of(sut).at(latency_buckets::count - 1) == 1U);
  BOOST_TEST(counts_of(sut).at(0) == 1U);
  BOOST_TEST(sut.sum_ns() == 3'600'000'000'000U);
}

BOOST_AUTO_TEST_CASE(a_percentile_is_never_below_the_exact_one_and_at_most_a_16th_above) {
  latency_histogram sut;
  std::mt19937_64 random{1};
  std::vector<std::int64_t> values;
  for (int i = 0; i < 100'000; ++i) {
    values.push_back(static_cast<std::int64_t>(random() >> (28 + random() % 36)));
    sut.record(nanoseconds{values.back()});
  }
  std::sort(values.begin(), values.end());
  auto counts = counts_of(sut);
  for (double share : {0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0}) {
    auto exact = values[static_cast<std::size_t>(std::ceil(share * 100'000)) - 1];
    BOOST_TEST(counts.percentile(share).count() >= exact);
    BOOST_TEST(counts.percentile(share).count() - exact <= exact / 16);
  }
}

BOOST_AUTO_TEST_CASE(many_at_once_are_as_many_one_by_one) {
  latency_histogram one_by_one, at_once;
  for (int i = 0; i < 7; ++i)
    one_by_one.record(250us);
  at_once.record(250us, 7);
  BOOST_TEST(counts_of(at_once).percentile(1).count() == counts_of(one_by_one).percentile(1).count());
  BOOST_TEST(counts_of(at_once).count() == 7U);
  BOOST_TEST(at_once.sum_ns() == one_by_one.sum_ns());
}

BOOST_AUTO_TEST_CASE(counts_below_a_power_of_two_are_exact) {
  latency_histogram sut;
  for (auto value : {0, 31, 32, 1'023, 1'024, 1'025, 5'000'000})
    sut.record(nanoseconds{value});
  auto counts = counts_of(sut);
  BOOST_TEST(counts.below(5) == 2U);
  BOOST_TEST(counts.below(10) == 4U);
  BOOST_TEST(counts.below(11) == 6U);
  BOOST_TEST(counts.below(latency_buckets::largest_bits) == 7U);
}

BOOST_AUTO_TEST_SUITE_END()
