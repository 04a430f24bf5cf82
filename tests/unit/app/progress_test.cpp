#include "app/progress.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

constexpr progress_meter::time_point start{1h};
constexpr std::size_t wide = 200;

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(progress_test)

BOOST_AUTO_TEST_CASE(the_line_says_how_far_how_fast_and_how_long_yet) {
  progress_meter meter{"members", 1'000'000, start};
  meter.update(420'000, start + 4s);
  BOOST_TEST(meter.line(wide)
             == "[============>                 ]   42%  420,000 of 1,000,000 members  105,000/s  0:06 left");
}

BOOST_AUTO_TEST_CASE(the_ends_are_whole) {
  progress_meter meter{"rows", 50, start};
  BOOST_TEST(meter.line(wide) == "[>                             ]    0%  0 of 50 rows");
  meter.update(50, start + 10s);
  BOOST_TEST(meter.line(wide) == "[==============================]  100%  50 of 50 rows  5.0/s  0:00 left");
  meter.update(60, start + 11s);
  BOOST_TEST(has(meter.line(wide), "]  100%  60 of 50 rows"));
}

BOOST_AUTO_TEST_CASE(without_a_total_there_is_only_a_count_and_a_rate) {
  progress_meter meter{"requests", std::nullopt, start};
  meter.update(1'500, start + 2s);
  BOOST_TEST(meter.line(wide) == "1,500 requests  750/s");
}

BOOST_AUTO_TEST_CASE(a_share_makes_up_for_a_total_that_nobody_knows) {
  progress_meter meter{"rows", std::nullopt, start};
  meter.update(999, 0.25, start + 60s);
  BOOST_TEST(meter.line(wide) == "[=======>                      ]   25%  999 rows  17/s  3:00 left");
}

BOOST_AUTO_TEST_CASE(the_rate_is_that_of_the_last_seconds) {
  progress_meter meter{"rows", 100'000, start};
  std::uint64_t count = 0;
  for (auto at = 100ms; at <= 20s; at += 100ms)
    meter.update(count += 10, start + at);
  BOOST_TEST(has(meter.line(wide), "  100/s  "));
  for (auto at = 20'100ms; at <= 26s; at += 100ms)
    meter.update(count += 500, start + at);
  BOOST_TEST(has(meter.line(wide), "  5,000/s  0:14 left"));
}

BOOST_AUTO_TEST_CASE(how_often_it_is_told_makes_no_difference) {
  progress_meter rarely{"rows", 1'000'000, start};
  progress_meter often{"rows", 1'000'000, start};
  for (std::uint64_t ms = 1; ms <= 8'000; ++ms) {
    auto now = start + std::chrono::milliseconds{ms};
    often.update(ms * 10, now);
    if (ms % 1'000 == 0)
      rarely.update(ms * 10, now);
  }
  BOOST_TEST(rarely.line(wide) == often.line(wide));
}

BOOST_AUTO_TEST_CASE(nothing_is_said_of_a_rate_too_early_or_of_a_time_that_is_no_estimate) {
  progress_meter meter{"rows", 1'000'000'000, start};
  meter.update(10, start + 50ms);
  BOOST_TEST(!has(meter.line(wide), "/s"));
  meter.update(10, start + 5s);
  BOOST_TEST(has(meter.line(wide), "2.0/s"));
  BOOST_TEST(!has(meter.line(wide), "left"));
}

BOOST_AUTO_TEST_CASE(the_line_fits_whatever_the_width) {
  progress_meter meter{"members", 1'000'000, start};
  meter.update(420'000, start + 4s);
  auto text = meter.line(wide);
  for (std::size_t width = 1; width < text.size(); ++width)
    BOOST_TEST(meter.line(width).size() <= width);
  BOOST_TEST(meter.line(70) == "[====>     ]   42%  420,000 of 1,000,000 members  105,000/s  0:06 left");
  BOOST_TEST(meter.line(60) == " 42%  420,000 of 1,000,000 members  105,000/s  0:06 left");
}

BOOST_AUTO_TEST_CASE(what_an_earlier_run_did_does_not_count_as_speed) {
  progress_meter meter{"rows", std::nullopt, start};
  meter.begin_at(500'000, 0.5);
  meter.update(600'000, 0.6, start + 2s);
  BOOST_TEST(has(meter.line(wide), " 60%  600,000 rows  50,000/s  0:08 left"));
  BOOST_TEST(meter.summary() == "600,000 rows in 0:02  50,000/s");
}

BOOST_AUTO_TEST_CASE(the_summary_is_of_the_whole_time) {
  progress_meter meter{"members", 100, start};
  meter.update(10, start + 50s);
  meter.update(100, start + 3'723s);
  BOOST_TEST(meter.summary() == "100 members in 1:02:03  0.0/s");
}

BOOST_AUTO_TEST_SUITE_END()
