#include "guard/proxy_header.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

using tessera::most_proxy_header_bytes;
using tessera::parse_ip_address;
using tessera::parse_proxy_header;
using tessera::proxy_header;
using state = proxy_header::state;
using origin = proxy_header::origin;
using namespace std::string_literals;

namespace {

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;

std::string version_2(unsigned command, unsigned family, const std::string& block) {
  auto byte = [](std::size_t value) { return std::string(1, static_cast<char>(value & 0xff)); };
  return signature + byte(command) + byte(family) + byte(block.size() >> 8) + byte(block.size()) + block;
}

const std::string v4_block = "\x01\x02\x03\x04\x0a\x00\x00\x01\x11\x22\x00\x50"s;
const std::string v6_block =
    "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x05"s + std::string(15, '\0') + "\x01\x11\x22\x00\x50"s;

/// Requires that `header` is complete with and without bytes behind it, and that all that it begins with is incomplete.
proxy_header read_whole(const std::string& header) {
  for (std::size_t size = 0; size < header.size(); ++size)
    BOOST_REQUIRE(parse_proxy_header(header.substr(0, size)).what == state::incomplete);
  auto result = parse_proxy_header(header);
  BOOST_REQUIRE(result.what == state::complete);
  BOOST_REQUIRE_EQUAL(result.size, header.size());
  BOOST_REQUIRE(parse_proxy_header(header + "GET / HTTP/1.1\r\n\r\n") == result);
  return result;
}

void check_source(const std::string& header, std::string_view source) {
  auto result = read_whole(header);
  BOOST_CHECK(result.from == origin::address);
  BOOST_CHECK_EQUAL(to_string(result.source), source);
}

bool is_malformed(const std::string& header) {
  return parse_proxy_header(header).what == state::malformed;
}

} // namespace

BOOST_AUTO_TEST_SUITE(proxy_header_test)

BOOST_AUTO_TEST_CASE(version_1_names_the_source) {
  check_source("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", "192.168.0.1");
  check_source("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255");
  check_source("PROXY TCP4 1.2.3.4 5.6.7.8 0 0\r\n", "1.2.3.4");
  check_source("PROXY TCP6 2001:db8::5 ::1 1 2\r\n", "2001:db8::5");
  check_source("PROXY TCP6 ::ffff:1.2.3.4 ::1 1 2\r\n", "1.2.3.4");
  check_source(
      "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

BOOST_AUTO_TEST_CASE(version_1_may_not_know_the_source) {
  for (
      auto header :
      {"PROXY UNKNOWN\r\n"s, "PROXY UNKNOWN \r\n"s, "PROXY UNKNOWN what ever\r\n"s,
       "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"s})
    BOOST_CHECK(read_whole(header).from == origin::unknown);
}

BOOST_AUTO_TEST_CASE(version_1_is_read_strictly) {
  for (auto line : {"PROXY ",
                    "PROXY TCP4",
                    "PROXY TCP5 1.2.3.4 1.2.3.4 1 2",
                    "PROXY tcp4 1.2.3.4 1.2.3.4 1 2",
                    "PROXY TCP4 1.2.3.4 1.2.3.4 1",
                    "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3",
                    "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 ",
                    "PROXY TCP4  1.2.3.4 1.2.3.4 1 2",
                    "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2",
                    "PROXY TCP4 1.2.3.4 1.2.3 1 2",
                    "PROXY TCP4 01.2.3.4 1.2.3.4 1 2",
                    "PROXY TCP4 ::1 ::1 1 2",
                    "PROXY TCP4 ::ffff:1.2.3.4 ::1 1 2",
                    "PROXY TCP6 1.2.3.4 1.2.3.4 1 2",
                    "PROXY TCP6 ::1 1.2.3.4 1 2",
                    "PROXY TCP4 1.2.3.4 1.2.3.4 65536 2",
                    "PROXY TCP4 1.2.3.4 1.2.3.4 01 2",
                    "PROXY TCP4 1.2.3.4 1.2.3.4 1 00",
                    "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2",
                    "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r",
                    "PROXY TCP4\t1.2.3.4 1.2.3.4 1 2",
                    "PROXY UNKNOWN2",
                    "PROXY unknown"})
    BOOST_TEST(is_malformed(line + "\r\n"s), line);
  BOOST_TEST(is_malformed("PROXY TCP4 1.2.3.4 1.2.3.4 1 22\n"));
  BOOST_TEST(is_malformed("PROXY \n"));
}

BOOST_AUTO_TEST_CASE(a_line_of_version_1_ends_within_107_bytes) {
  auto line = [](std::size_t size) { return "PROXY UNKNOWN " + std::string(size - 16, 'x'); };
  BOOST_CHECK(parse_proxy_header(line(107) + "\r\n").what == state::complete);
  BOOST_CHECK(parse_proxy_header(line(107) + "\r").what == state::incomplete);
  BOOST_TEST(is_malformed(line(108) + "\r\n"));
  BOOST_TEST(is_malformed(line(108) + "\r"));
}

BOOST_AUTO_TEST_CASE(version_2_names_the_source) {
  check_source(version_2(0x21, 0x11, v4_block), "1.2.3.4");
  check_source(version_2(0x21, 0x21, v6_block), "2001:db8::5");
}

BOOST_AUTO_TEST_CASE(extensions_of_version_2_are_skipped) {
  check_source(version_2(0x21, 0x11,
                         v4_block
                             + "\x04\x00\x03"
                               "abc"s),
               "1.2.3.4");
  check_source(version_2(0x21, 0x21, v6_block + std::string(484, '\xff')), "2001:db8::5");
}

BOOST_AUTO_TEST_CASE(a_proxy_speaks_for_itself_whatever_family_it_announces) {
  for (auto family : {0x00u, 0x11u, 0x21u, 0x31u, 0xffu})
    for (auto block : {""s, v4_block, "\x01"s})
      BOOST_CHECK(read_whole(version_2(0x20, family, block)).from == origin::proxy);
}

BOOST_AUTO_TEST_CASE(version_2_may_not_know_the_source) {
  BOOST_CHECK(read_whole(version_2(0x21, 0x00, "")).from == origin::unknown);
  BOOST_CHECK(read_whole(version_2(0x21, 0x01, "abc")).from == origin::unknown);
  BOOST_CHECK(read_whole(version_2(0x21, 0x10, v4_block)).from == origin::unknown); // no protocol
  BOOST_CHECK(read_whole(version_2(0x21, 0x12, v4_block)).from == origin::unknown); // UDP
  BOOST_CHECK(read_whole(version_2(0x21, 0x22, v6_block)).from == origin::unknown);
  BOOST_CHECK(read_whole(version_2(0x21, 0x31, std::string(216, 'x'))).from == origin::unknown);
}

BOOST_AUTO_TEST_CASE(version_2_is_read_strictly) {
  for (auto command : {0x00u, 0x01u, 0x11u, 0x22u, 0x2fu, 0x31u, 0xffu}) {
    BOOST_TEST(is_malformed(version_2(command, 0x11, v4_block)), command);
    BOOST_TEST(is_malformed(version_2(command, 0x11, v4_block).substr(0, 13)), command); // as soon as it is seen
  }
  for (auto family : {0x41u, 0xf1u, 0x13u, 0x1fu, 0x03u})
    BOOST_TEST(is_malformed(version_2(0x21, family, std::string(216, 'x'))), family);
  BOOST_TEST(is_malformed(version_2(0x21, 0x11, v4_block.substr(1))));
  BOOST_TEST(is_malformed(version_2(0x21, 0x21, v6_block.substr(1))));
  BOOST_TEST(is_malformed(version_2(0x21, 0x31, std::string(215, 'x'))));
}

BOOST_AUTO_TEST_CASE(a_header_of_version_2_fits_into_536_bytes) {
  BOOST_CHECK(parse_proxy_header(version_2(0x20, 0, std::string(520, 'x'))).what == state::complete);
  auto longer = version_2(0x20, 0, std::string(521, 'x'));
  BOOST_TEST(is_malformed(longer));
  BOOST_TEST(is_malformed(longer.substr(0, 16)));
  BOOST_CHECK(parse_proxy_header(longer.substr(0, 15)).what == state::incomplete);
}

BOOST_AUTO_TEST_CASE(other_protocols_are_told_from_a_header_by_their_first_bytes) {
  for (auto begin : {"GET / HTTP/1.1\r\n"s, "POST / HTTP/1.1\r\n"s, "PUT"s, "PR "s, "PROXY\t"s, "PROXYTCP4"s, "proxy "s,
                     "\r\nGET"s, "\r\n\r\nGET"s, "\n"s, "\x16\x03\x01"s, "\0"s, "x"s})
    BOOST_TEST((parse_proxy_header(begin).what == state::absent), begin);
  for (auto begin : {""s, "P"s, "PROXY"s, "\r\n\r\n"s, "\r\n\r\n\0\r\nQUI"s})
    BOOST_TEST((parse_proxy_header(begin).what == state::incomplete), begin);
}

// What is incomplete may become anything, everything else is final, and no more than 536 bytes are ever waited for.
BOOST_AUTO_TEST_CASE(more_bytes_never_change_a_verdict) {
  const std::string seeds[] = {"PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n",
                               "PROXY TCP6 2001:db8::5 ::1 1 2\r\n",
                               "PROXY UNKNOWN\r\n",
                               version_2(0x21, 0x11, v4_block),
                               version_2(0x21, 0x21, v6_block),
                               version_2(0x20, 0x00, "")};
  std::mt19937_64 random{4};
  for (int i = 0; i < 3'000; ++i) {
    auto bytes = seeds[random() % std::size(seeds)];
    for (auto changes = random() % 4; changes > 0; --changes)
      bytes[random() % bytes.size()] = static_cast<char>(random() % 3 == 0 ? ' ' : random());
    bytes += std::string(random() % 2 == 0 ? 0 : 600, 'x');
    auto final = parse_proxy_header(bytes);
    auto settled = false;
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
      auto now = parse_proxy_header(std::string_view{bytes}.substr(0, size));
      if (settled || now.what != state::incomplete)
        BOOST_REQUIRE(now == final);
      settled |= now.what != state::incomplete;
      BOOST_REQUIRE((settled || size < most_proxy_header_bytes));
      if (now.what == state::complete)
        BOOST_REQUIRE_LE(now.size, size);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
