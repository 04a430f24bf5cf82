#include "gateway/http/clock_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(clock_text_test)

BOOST_AUTO_TEST_CASE(both_spellings_follow_the_time) {
  clock_text sut;
  // RFC 9110's own example.
  utc_time example{std::chrono::sys_days{std::chrono::year{1994} / 11 / 6} + 8h + 49min + 37s};
  sut.set(example);
  BOOST_TEST(sut.date() == "Sun, 06 Nov 1994 08:49:37 GMT");
  BOOST_TEST(sut.timestamp() == "1994-11-06T08:49:37.000Z");
  sut.set(example + 7ms);
  BOOST_TEST(sut.timestamp() == "1994-11-06T08:49:37.007Z");
  sut.set(example + 999ms);
  BOOST_TEST(sut.timestamp() == "1994-11-06T08:49:37.999Z");
  sut.set(example + 1s);
  BOOST_TEST(sut.date() == "Sun, 06 Nov 1994 08:49:38 GMT");
  BOOST_TEST(sut.timestamp() == "1994-11-06T08:49:38.000Z");
}

BOOST_AUTO_TEST_CASE(every_millisecond_is_spelled_as_the_slow_way_does) {
  clock_text sut;
  utc_time time{std::chrono::sys_days{std::chrono::year{2028} / 2 / 28} + 23h + 59min + 50s};
  for (int step = 0; step < 20'000; step += 7) {
    sut.set(time + std::chrono::milliseconds{step});
    BOOST_REQUIRE(sut.timestamp() == iso8601(time + std::chrono::milliseconds{step}));
  }
  BOOST_TEST(sut.date().substr(0, 16) == "Tue, 29 Feb 2028");
}

BOOST_AUTO_TEST_CASE(other_times_are_spelled_as_the_slow_way_does) {
  clock_text sut;
  utc_time now{std::chrono::sys_days{std::chrono::year{2028} / 2 / 29} + 12h};
  sut.set(now);
  for (auto away : {-13h, -12h, -1h, 0h, 1h, 11h, 12h, 13h})
    for (auto more : {0ms, 1ms, 59'999ms, 3'599'999ms}) {
      auto text = sut.timestamp_of(now + away + more);
      BOOST_TEST((std::string_view{text.data(), text.size()} == iso8601(now + away + more)));
    }
}

BOOST_AUTO_TEST_SUITE_END()
