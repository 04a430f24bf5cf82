#include "cards/member.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <ctime>
#include <random>

using namespace tessera;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(member_test)

BOOST_AUTO_TEST_CASE(membership_numbers_have_six_digits_at_least) {
  BOOST_TEST(membership_number(member_id{1}) == "MEM000001");
  BOOST_TEST(membership_number(member_id{99'999}) == "MEM099999");
  BOOST_TEST(membership_number(member_id{123'456}) == "MEM123456");
  BOOST_TEST(membership_number(member_id{1'234'567}) == "MEM1234567");
  BOOST_TEST(membership_number(member_id{max_member_id}) == "MEM9007199254740991");
}

BOOST_AUTO_TEST_CASE(member_ids_are_plain_decimal_numbers) {
  BOOST_TEST(parse_member_id("1")->value == 1u);
  BOOST_TEST(parse_member_id("9007199254740991")->value == max_member_id);
  for (auto text : {"", "0", "01", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "9007199254740992",
                    "99999999999999999999999", "abc"})
    BOOST_TEST(!parse_member_id(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(times_are_iso_8601_with_milliseconds) {
  BOOST_TEST(iso8601(utc_time{}) == "1970-01-01T00:00:00.000Z");
  BOOST_TEST(iso8601(std::chrono::sys_days{2026y / 1 / 31} + 8h + 5min + 9s + 7ms) == "2026-01-31T08:05:09.007Z");
  BOOST_TEST(iso8601(std::chrono::sys_days{2000y / 2 / 29} + 23h + 59min + 59s + 999ms) == "2000-02-29T23:59:59.999Z");
  BOOST_TEST(iso8601(utc_time{-1ms}) == "1969-12-31T23:59:59.999Z");
  BOOST_TEST(iso8601(std::chrono::sys_days{0y / 1 / 1}) == "0000-01-01T00:00:00.000Z");
  BOOST_TEST(iso8601(std::chrono::sys_days{9999y / 12 / 31}) == "9999-12-31T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(times_out_of_range_show_as_the_nearest_in_range) {
  BOOST_TEST(iso8601(std::chrono::sys_days{10'000y / 1 / 1}) == "9999-12-31T23:59:59.999Z");
  BOOST_TEST(iso8601(utc_time::max()) == "9999-12-31T23:59:59.999Z");
  BOOST_TEST(iso8601(utc_time::min()) == "0000-01-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(times_agree_with_the_c_library) {
  std::mt19937_64 random{31};
  for (int round = 0; round < 20'000; ++round) {
    auto milliseconds = static_cast<std::int64_t>(random() % 253'402'300'800'000); // up to the year 9999
    auto seconds = static_cast<std::time_t>(milliseconds / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[64];
    auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(milliseconds % 1000));
    BOOST_REQUIRE_EQUAL(iso8601(utc_time{std::chrono::milliseconds{milliseconds}}), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
