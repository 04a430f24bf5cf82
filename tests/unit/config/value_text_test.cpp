#include "config/value_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(value_text_test)

BOOST_AUTO_TEST_CASE(sizes) {
  struct {
    const char* text;
    std::uint64_t bytes;
  } const good[] = {{"0", 0},
                    {"1", 1},
                    {"7B", 7},
                    {"2K", 2048},
                    {"2KiB", 2048},
                    {"3m", 3U << 20},
                    {"256MiB", 1U << 28},
                    {"1GiB", 1U << 30},
                    {"1g", 1U << 30},
                    {"001", 1},
                    {"256mib", 1U << 28}};
  for (auto [text, bytes] : good)
    BOOST_TEST(parse_size(text).value_or(~0ULL) == bytes, text);
  for (const char* text : {"", "KiB", "-1", "+1", "1.5GiB", "1 GiB", "1MB", "1TiB", " 1", "1 ", "0x10",
                           "18446744073709551616", "9007199254740993GiB"})
    BOOST_TEST(!parse_size(text), text);
}

BOOST_AUTO_TEST_CASE(durations) {
  struct {
    const char* text;
    milliseconds unit, expected;
  } const good[] = {{"90", 1s, 90s},     {"90", 1ms, 90ms}, {"90ms", 1ms, 90ms}, {"2s", 1ms, 2'000ms}, {"5m", 1s, 300s},
                    {"2h", 1ms, 7'200s}, {"0", 1s, 0ms},    {"3000ms", 1s, 3s},  {"0ms", 1s, 0ms}};
  for (auto [text, unit, expected] : good)
    BOOST_TEST(parse_duration(text, unit).value_or(-1ms).count() == expected.count(), text);
  for (const char* text : {"", "s", "1d", "1.5s", "-1s", "1 s", "1500ms", "1S", "9223372036854775807h"})
    BOOST_TEST(!parse_duration(text, 1s), text);
}

BOOST_AUTO_TEST_CASE(texts_are_short_and_read_back) {
  BOOST_TEST(size_text(0) == "0");
  BOOST_TEST(size_text(1023) == "1023");
  BOOST_TEST(size_text(256 << 20) == "256MiB");
  BOOST_TEST(size_text((1 << 20) + 1024) == "1025KiB");
  BOOST_TEST(duration_text(3'600s, 1s) == "1h");
  BOOST_TEST(duration_text(90s, 1s) == "90s");
  BOOST_TEST(duration_text(300s, 1ms) == "5m");
  BOOST_TEST(duration_text(1'500ms, 1ms) == "1500ms");
  BOOST_TEST(duration_text(0ms, 1ms) == "0ms");
  BOOST_TEST(duration_text(0ms, 1s) == "0s");
  for (std::uint64_t bytes = 1; bytes < (1ULL << 40); bytes = bytes * 3 + 1)
    BOOST_TEST(parse_size(size_text(bytes)).value() == bytes);
  for (milliseconds each = 1ms; each < 10'000h; each = each * 3 + 1ms)
    BOOST_TEST((parse_duration(duration_text(each, 1ms), 1ms) == each));
}

BOOST_AUTO_TEST_CASE(booleans) {
  for (const char* text : {"true", "1", "on", "yes", "TRUE", "Yes"})
    BOOST_TEST(parse_boolean(text).value_or(false), text);
  for (const char* text : {"false", "0", "off", "no", "Off"})
    BOOST_TEST(!parse_boolean(text).value_or(true), text);
  for (const char* text : {"", "2", "y", "enable", " true"})
    BOOST_TEST(!parse_boolean(text), text);
}

BOOST_AUTO_TEST_CASE(endpoints) {
  for (const char* text : {"127.0.0.1:8080", "localhost:0", "[::1]:65535", "a-b.test:1"}) {
    auto parsed = parse_endpoint(text);
    BOOST_REQUIRE_MESSAGE(parsed, text);
    BOOST_TEST(endpoint_text(*parsed) == text);
  }
  BOOST_TEST(parse_endpoint("[::1]:80")->host == "::1");
  for (const char* text : {"", ":", ":80", "80", "h:", "h:65536", "h:-1", "h:8o", "::1:80", "[::1]", "[]:80", "[h]:80",
                           "h h:80", "http://h:80", "u@h:80", "[::1:80", "::1]:80"})
    BOOST_TEST(!parse_endpoint(text), text);
}

BOOST_AUTO_TEST_CASE(lists) {
  BOOST_TEST(parse_list("").empty());
  BOOST_TEST(parse_list("  ").empty());
  BOOST_TEST((parse_list("a") == std::vector<std::string>{"a"}));
  BOOST_TEST((parse_list(" a , b,c ") == std::vector<std::string>{"a", "b", "c"}));
  BOOST_TEST((parse_list("a,,b") == std::vector<std::string>{"a", "", "b"})); // the reader refuses empty items
  BOOST_TEST(list_text({"a", "b"}) == "a,b");
}

BOOST_AUTO_TEST_SUITE_END()
