#include "guard/recent_durations.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using tessera::recent_durations;

BOOST_AUTO_TEST_SUITE(recent_durations_test)

BOOST_AUTO_TEST_CASE(nothing_is_zero) {
  BOOST_TEST(recent_durations{}.p95().count() == 0);
}

BOOST_AUTO_TEST_CASE(few_give_the_longest) {
  recent_durations sut;
  sut.add(3us);
  sut.add(7us);
  sut.add(5us);
  BOOST_TEST(sut.p95().count() == 7);
}

BOOST_AUTO_TEST_CASE(one_outlier_in_many_does_not_count_but_a_tenth_does) {
  recent_durations sut;
  for (int i = 0; i < 63; ++i)
    sut.add(100us);
  sut.add(5s);
  BOOST_TEST(sut.p95().count() == 100);
  for (int i = 0; i < 6; ++i)
    sut.add(2'000us);
  BOOST_TEST(sut.p95().count() == 2'000);
}

BOOST_AUTO_TEST_CASE(the_old_is_forgotten) {
  recent_durations sut;
  for (int i = 0; i < 1'000; ++i)
    sut.add(1s);
  for (std::size_t i = 0; i < recent_durations::window; ++i)
    sut.add(std::chrono::microseconds{i + 1});
  BOOST_TEST(sut.p95().count() == 61); // the 61st of 64 by nearest rank
}

BOOST_AUTO_TEST_SUITE_END()
