#include "cards/iso_time.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace tessera;
using namespace std::chrono_literals;
using fault = iso_time_fault;

namespace {

const auto day = std::chrono::sys_days{2027y / 1 / 31};

utc_time time_of(std::string_view text) {
  auto parsed = parse_iso_time(text);
  BOOST_TEST((parsed.fault == fault::none), text);
  return parsed.time;
}

} // namespace

BOOST_AUTO_TEST_SUITE(iso_time_test)

BOOST_AUTO_TEST_CASE(a_date_is_its_beginning_in_utc) {
  BOOST_TEST((time_of("2027-01-31") == day));
  BOOST_TEST((time_of("2028-02-29") == std::chrono::sys_days{2028y / 2 / 29}));
  BOOST_TEST((time_of("0001-01-01") == std::chrono::sys_days{1y / 1 / 1}));
}

BOOST_AUTO_TEST_CASE(a_time_of_day_comes_with_its_zone) {
  BOOST_TEST((time_of("2027-01-31T18:30Z") == day + 18h + 30min));
  BOOST_TEST((time_of("2027-01-31T18:30:05Z") == day + 18h + 30min + 5s));
  BOOST_TEST((time_of("2027-01-31T18:30:05.1Z") == day + 18h + 30min + 5s + 100ms));
  BOOST_TEST((time_of("2027-01-31T18:30:05.123456789Z") == day + 18h + 30min + 5s + 123ms));
  BOOST_TEST((time_of("2027-01-31T00:30:00+02:00") == day - 90min));
  BOOST_TEST((time_of("2027-01-31T23:30-05:30") == day + 29h));
  BOOST_TEST((time_of("2027-01-31T12:00-00:00") == day + 12h));
}

BOOST_AUTO_TEST_CASE(times_that_do_not_exist_are_told_apart_from_what_is_no_time) {
  for (auto text : {"2027-02-29", "2027-04-31", "2027-13-01", "2027-00-10", "2027-01-00", "2027-01-32T00:00:00Z"})
    BOOST_TEST((parse_iso_time(text).fault == fault::no_such_day), text);
  for (auto text : {"2027-01-31T24:00:00Z", "2027-01-31T12:60Z", "2027-01-31T23:59:60Z", "2027-01-31T12:00+24:00",
                    "2027-01-31T12:00+02:60"})
    BOOST_TEST((parse_iso_time(text).fault == fault::no_such_time), text);
  for (auto text : {"2027-01-31T12:00", "2027-01-31T12:00:00", "2027-01-31T12:00:00.000"})
    BOOST_TEST((parse_iso_time(text).fault == fault::no_zone), text);
  for (auto text : {"",
                    "2",
                    "2027",
                    "2027-01",
                    "2027-1-31",
                    "27-01-31",
                    "2027/01/31",
                    "20270131",
                    "31.01.2027",
                    " 2027-01-31",
                    "2027-01-31 ",
                    "2027-01-31T",
                    "2027-01-31Z",
                    "2027-01-31 18:30Z",
                    "2027-01-31t18:30Z",
                    "2027-01-31T18:30z",
                    "2027-01-31T18Z",
                    "2027-01-31T18:3Z",
                    "2027-01-31T18:30:Z",
                    "2027-01-31T18:30:00.Z",
                    "2027-01-31T18:30ZZ",
                    "2027-01-31T18:30Z+02:00",
                    "2027-01-31T18:30Z+",
                    "2027-01-31T18:30+0200",
                    "2027-01-31T18:30+02",
                    "2027-01-31T18:30+",
                    "2027-01-31T18:30.5Z",
                    "+2027-01-31",
                    "-2027-01-31",
                    "12027-01-31",
                    "tomorrow"})
    BOOST_TEST((parse_iso_time(text).fault == fault::not_iso), text);
}

BOOST_AUTO_TEST_CASE(what_iso8601_writes_is_read_back) {
  std::mt19937_64 random{7};
  for (int round = 0; round < 20'000; ++round) {
    utc_time time{std::chrono::milliseconds{static_cast<std::int64_t>(random() % 253'402'300'800'000)}};
    BOOST_REQUIRE((parse_iso_time(iso8601(time)) == parsed_iso_time{time, fault::none}));
  }
}

BOOST_AUTO_TEST_SUITE_END()
