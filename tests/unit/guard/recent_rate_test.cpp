#include "guard/recent_rate.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using tessera::recent_rate;

namespace {

constexpr auto start = recent_rate::time_point{} + 1h;

} // namespace

BOOST_AUTO_TEST_SUITE(recent_rate_test)

BOOST_AUTO_TEST_CASE(what_never_happened_has_no_rate) {
  BOOST_TEST(recent_rate{}.per_second(start) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_steady_rate_is_told_from_the_second_second_on) {
  recent_rate sut;
  for (int i = 0; i < 5'000; ++i)
    sut.add(start + i * 1ms);
  BOOST_TEST(sut.per_second(start + 5s) == 1'000.0, boost::test_tools::tolerance(0.01));
}

BOOST_AUTO_TEST_CASE(a_first_burst_counts_as_that_many_per_second) {
  recent_rate sut;
  for (int i = 0; i < 50; ++i)
    sut.add(start);
  BOOST_TEST(sut.per_second(start + 1ms) == 50.0);
}

BOOST_AUTO_TEST_CASE(silence_lowers_the_rate_but_never_to_nothing) {
  recent_rate sut;
  for (int i = 0; i < 2'500; ++i)
    sut.add(start + i * 1ms);
  auto before = sut.per_second(start + 3s);
  auto after = sut.per_second(start + 60s);
  BOOST_TEST(after < before / 10);
  BOOST_TEST(after > 0.0);
}

BOOST_AUTO_TEST_SUITE_END()
