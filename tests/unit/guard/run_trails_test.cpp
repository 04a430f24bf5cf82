#include "guard/run_trails.hpp"

#include <boost/test/unit_test.hpp>

using tessera::run_trails;

BOOST_AUTO_TEST_SUITE(run_trails_test)

BOOST_AUTO_TEST_CASE(what_is_the_same_adds_up) {
  run_trails sut;
  BOOST_TEST(sut.longest() == 0u);
  BOOST_TEST(sut.same(0, true) == 1u);
  BOOST_TEST(sut.same(7, true) == 1u);
  BOOST_TEST(sut.same(0, true) == 2u);
  BOOST_TEST(sut.same(7, true) == 2u);
  BOOST_TEST(sut.same(7, true) == 3u);
  BOOST_TEST(sut.longest() == 3u);
}

BOOST_AUTO_TEST_CASE(a_trail_outlives_three_others_but_not_four) {
  run_trails sut;
  for (auto what : {1u, 2u, 3u, 4u})
    BOOST_TEST(sut.same(what, true) == 1u);
  BOOST_TEST(sut.same(1, true) == 2u);
  for (auto what : {5u, 6u, 7u})
    BOOST_TEST(sut.same(what, true) == 1u);
  BOOST_TEST(sut.same(1, true) == 3u);
  for (auto what : {2u, 3u, 4u, 8u})
    BOOST_TEST(sut.same(what, true) == 1u);
  BOOST_TEST(sut.same(1, true) == 1u);
}

BOOST_AUTO_TEST_CASE(steps_within_reach_add_up_in_either_direction) {
  run_trails up;
  BOOST_TEST(up.step(100, 3, true) == 1u);
  BOOST_TEST(up.step(101, 3, true) == 2u);
  BOOST_TEST(up.step(104, 3, true) == 3u);
  BOOST_TEST(up.step(108, 3, true) == 1u); // too far: another trail
  BOOST_TEST(up.step(106, 3, true) == 4u); // the longer one goes on
  run_trails down;
  BOOST_TEST(down.step(3, 3, true) == 1u);
  BOOST_TEST(down.step(0, 3, true) == 2u);
  BOOST_TEST(down.step(0xffff'ffff, 3, true) == 1u); // there is no way around
  BOOST_TEST(down.step(0xffff'fffd, 3, true) == 2u);
}

BOOST_AUTO_TEST_CASE(a_trail_does_not_turn_around) {
  run_trails sut;
  for (int i = 0; i < 100; ++i) {
    sut.step(50, 3, true);
    sut.step(51, 3, true);
    BOOST_TEST(sut.longest() == 2u);
  }
  BOOST_TEST(sut.step(49, 3, true) == 0u);
  BOOST_TEST(sut.step(52, 3, true) == 3u);
}

BOOST_AUTO_TEST_CASE(several_trails_are_followed_at_once) {
  run_trails sut;
  for (auto i = 0u; i < 20; ++i)
    for (auto base : {1'000u, 2'000u, 3'000u, 4'000u})
      BOOST_TEST(sut.step(base % 2'000 == 0 ? base + i : base - i, 3, true) == i + 1);
}

BOOST_AUTO_TEST_CASE(what_came_before_goes_along_uncounted) {
  run_trails sut;
  BOOST_TEST(sut.same(7, false) == 0u);
  BOOST_TEST(sut.longest() == 0u);
  BOOST_TEST(sut.same(7, true) == 1u);
  BOOST_TEST(sut.same(7, false) == 1u);
  BOOST_TEST(sut.same(7, true) == 2u);
  run_trails walk;
  BOOST_TEST(walk.step(10, 3, true) == 1u);
  BOOST_TEST(walk.step(13, 3, false) == 1u);
  BOOST_TEST(walk.step(16, 3, true) == 2u); // too far from 10
}

BOOST_AUTO_TEST_SUITE_END()
