#include "cards/custom_expiry.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace std::chrono_literals;
using std::chrono::sys_days;

namespace {

const sys_days today{2026y / 11 / 24};

void refuses(std::string_view text, std::string_view because, sys_days now = today) {
  auto got = parse_custom_expiry(text, now);
  BOOST_REQUIRE_MESSAGE(!got.has_value(), text);
  BOOST_TEST((got.error().code == error_code::validation));
  BOOST_TEST(got.error().detail.starts_with("custom_expiry "), got.error().detail);
  BOOST_TEST(got.error().detail.find(because) != std::string::npos, text << ": " << got.error().detail);
}

void takes(std::string_view text, sys_days expected, sys_days now = today) {
  auto got = parse_custom_expiry(text, now);
  BOOST_REQUIRE_MESSAGE(got.has_value(), text);
  BOOST_TEST((*got == expected), text);
}

} // namespace

BOOST_AUTO_TEST_SUITE(custom_expiry_test)

BOOST_AUTO_TEST_CASE(today_and_the_same_day_in_five_years_are_the_first_and_the_last) {
  takes("2026-11-24", today);
  takes("2027-01-31", sys_days{2027y / 1 / 31});
  takes("2031-11-24", sys_days{2031y / 11 / 24});
  refuses("2026-11-23", "not be past, but is before today, 2026-11-24");
  refuses("2031-11-25", "at most 5 years ahead, so not after 2031-11-24");
  refuses("9999-12-31", "at most 5 years");
  refuses("0001-01-01", "past");
}

BOOST_AUTO_TEST_CASE(five_years_after_29_february_is_28_february) {
  sys_days leap{2028y / 2 / 29};
  takes("2033-02-28", sys_days{2033y / 2 / 28}, leap);
  refuses("2033-03-01", "2033-02-28", leap);
}

BOOST_AUTO_TEST_CASE(a_time_counts_as_its_day_in_utc) {
  takes("2027-01-31T23:59:59.999Z", sys_days{2027y / 1 / 31});
  takes("2027-01-31T00:00:00.000Z", sys_days{2027y / 1 / 31});
  takes("2027-01-31T00:00:00+02:00", sys_days{2027y / 1 / 30});
  takes("2027-01-31T22:00:00-05:00", sys_days{2027y / 2 / 1});
  takes("2026-11-24T01:00:00Z", today);
  refuses("2026-11-24T01:00:00+02:00", "past");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
  refuses("", "ISO 8601 date such as 2027-01-31");
  refuses("soon", "ISO 8601");
  refuses("31.1.2027", "ISO 8601");
  refuses("8001015009087", "ISO 8601");
  refuses("2027-02-29", "a day that does not exist");
  refuses("2027-01-31T25:00:00Z", "a time of day that does not exist");
  refuses("2027-01-31T12:00:00", "Z or an offset");
}

BOOST_AUTO_TEST_SUITE_END()
