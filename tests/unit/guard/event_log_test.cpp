#include "guard/event_log.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(event_log_test)

BOOST_AUTO_TEST_CASE(events_are_numbered_and_given_newest_first) {
  event_log sut;
  sut.add({0, 10, event_kind::node, severity::info, "a", "began"});
  sut.add({0, 20, event_kind::breaker, severity::critical, "b", "opened"});
  auto all = sut.newest(10);
  BOOST_REQUIRE(all.size() == 2U);
  BOOST_TEST(all.front().number == 2U);
  BOOST_TEST(all.front().subject == "b");
  BOOST_TEST(all.back().number == 1U);
  BOOST_TEST(sut.newest(1).size() == 1U);
  BOOST_TEST(sut.newest(10, 20).size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_oldest_is_forgotten_for_the_newest) {
  event_log sut{3};
  for (std::uint64_t i = 1; i <= 5; ++i)
    sut.add({0, i, event_kind::node, severity::info, {}, {}});
  auto all = sut.newest(10);
  BOOST_REQUIRE(all.size() == 3U);
  BOOST_TEST(all.front().number == 5U);
  BOOST_TEST(all.back().number == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
