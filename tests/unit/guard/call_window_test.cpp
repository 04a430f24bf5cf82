#include "guard/call_window.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using tessera::call_window;

namespace {

const auto start = call_window::clock::time_point{} + 1h;

} // namespace

BOOST_AUTO_TEST_SUITE(call_window_test)

BOOST_AUTO_TEST_CASE(calls_count_until_the_tenth_second_after_theirs_begins) {
  call_window sut;
  sut.add({3, 2, 1}, start + 999ms);
  BOOST_TEST((sut.sum(start + 999ms) == call_window::counts{3, 2, 1}));
  BOOST_TEST((sut.sum(start + 9'999ms) == call_window::counts{3, 2, 1}));
  BOOST_TEST((sut.sum(start + 10s) == call_window::counts{}));
}

BOOST_AUTO_TEST_CASE(seconds_are_added_up_and_forgotten_one_by_one) {
  call_window sut;
  for (int i = 0; i < 25; ++i)
    sut.add({1, 0, 1}, start + i * 1s);
  BOOST_TEST((sut.sum(start + 24s) == call_window::counts{10, 0, 10}));
  BOOST_TEST((sut.sum(start + 29s) == call_window::counts{5, 0, 5}));
  BOOST_TEST((sut.sum(start + 1h) == call_window::counts{}));
}

BOOST_AUTO_TEST_CASE(a_bucket_that_is_used_again_begins_at_zero) {
  call_window sut;
  sut.add({7, 7, 0}, start);
  sut.add({1, 0, 0}, start + 10s);
  BOOST_TEST((sut.sum(start + 10s) == call_window::counts{1, 0, 0}));
}

BOOST_AUTO_TEST_CASE(nothing_is_left_after_clearing) {
  call_window sut;
  sut.add({7, 7, 0}, start);
  sut.clear();
  BOOST_TEST((sut.sum(start) == call_window::counts{}));
}

BOOST_AUTO_TEST_SUITE_END()
