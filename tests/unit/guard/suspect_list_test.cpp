#include "guard/suspect_list.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

constexpr suspect_list::time_point start{1h};

} // namespace

BOOST_AUTO_TEST_SUITE(suspect_list_test)

BOOST_AUTO_TEST_CASE(a_suspect_is_one_until_its_window_ends) {
  suspect_list sut;
  sut.add({{1}, guess_fault::misses, start, start + 10s});
  sut.add({{2}, guess_fault::distinct, start, start + 20s});
  BOOST_TEST(sut.current(start + 9s).size() == 2U);
  auto left = sut.current(start + 10s);
  BOOST_REQUIRE(left.size() == 1U);
  BOOST_TEST(left.front().who.value == 2U);
}

BOOST_AUTO_TEST_CASE(a_client_is_one_suspect_however_often_it_is_found_out) {
  suspect_list sut;
  sut.add({{1}, guess_fault::misses, start, start + 10s});
  sut.add({{1}, guess_fault::serial_run, start + 11s, start + 20s});
  auto all = sut.current(start + 12s);
  BOOST_REQUIRE(all.size() == 1U);
  BOOST_TEST((all.front().fault == guess_fault::serial_run));
}

BOOST_AUTO_TEST_CASE(of_too_many_the_newest_are_kept) {
  suspect_list sut{3};
  for (std::uint64_t i = 1; i <= 5; ++i)
    sut.add({{i}, guess_fault::misses, start, start + 1s});
  auto all = sut.current(start);
  BOOST_REQUIRE(all.size() == 3U);
  BOOST_TEST(all.front().who.value == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
