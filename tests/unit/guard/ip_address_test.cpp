#include "guard/ip_address.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <random>
#include <string>

using tessera::ip_address;
using tessera::ip_network;
using tessera::masked_for_limits;
using tessera::parse_ip_address;
using tessera::to_string;

namespace {

ip_address address(std::string_view text) {
  auto parsed = parse_ip_address(text);
  BOOST_REQUIRE_MESSAGE(parsed, text);
  return *parsed;
}

ip_network network(std::string_view text) {
  auto parsed = ip_network::parse(text);
  BOOST_REQUIRE_MESSAGE(parsed, text);
  return *parsed;
}

/// An address whose bytes are often 0 or 255, so that prefixes, runs of zeros and mapped addresses come up.
ip_address draw(std::mt19937_64& random) {
  ip_address::v6_bytes bytes{};
  auto mapped = random() % 3 == 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto roll = random() % 4;
    bytes[i] = roll == 0 ? std::uint8_t{0} : roll == 1 ? std::uint8_t{255} : static_cast<std::uint8_t>(random());
    if (mapped && i < 12)
      bytes[i] = i < 10 ? 0 : 255;
  }
  return ip_address{bytes};
}

bool bit(const ip_address& of, unsigned number) {
  return (of.bytes()[number / 8] >> (7 - number % 8) & 1) != 0;
}

ip_address with_flipped_bit(const ip_address& of, unsigned number) {
  auto bytes = of.bytes();
  bytes[number / 8] = static_cast<std::uint8_t>(bytes[number / 8] ^ (0x80 >> number % 8));
  return ip_address{bytes};
}

} // namespace

BOOST_AUTO_TEST_SUITE(ip_address_test)

BOOST_AUTO_TEST_CASE(addresses_are_read_in_every_spelling_and_written_in_one) {
  struct {
    const char *text, *written;
  } const cases[] = {
      {"0.0.0.0", "0.0.0.0"},
      {"1.2.3.4", "1.2.3.4"},
      {"255.255.255.255", "255.255.255.255"},
      {"::ffff:1.2.3.4", "1.2.3.4"},
      {"::FFFF:102:304", "1.2.3.4"},
      {"0:0:0:0:0:ffff:127.0.0.1", "127.0.0.1"},
      {"::", "::"},
      {"::1", "::1"},
      {"0:0:0:0:0:0:0:1", "::1"},
      {"2001:DB8::A", "2001:db8::a"},
      {"2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"}, // RFC 5952, section 4.2.3
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},                 // and 4.2.2
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
  };
  for (auto [text, written] : cases)
    BOOST_TEST(to_string(address(text)) == written);
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_refused) {
  using namespace std::string_view_literals;
  for (auto text : {""sv,
                    " "sv,
                    "1"sv,
                    "1.2.3"sv,
                    "1.2.3.4.5"sv,
                    "1.2.3.256"sv,
                    "01.2.3.4"sv,
                    "1.2.3.04"sv,
                    "0x1.2.3.4"sv,
                    "1..2.3"sv,
                    "1.2.3.4."sv,
                    " 1.2.3.4"sv,
                    "1.2.3.4 "sv,
                    "+1.2.3.4"sv,
                    "-1.2.3.4"sv,
                    "1.2.3.4:80"sv,
                    "1.2.3.4/8"sv,
                    ":"sv,
                    ":::"sv,
                    "1::2::3"sv,
                    "1:2:3:4:5:6:7"sv,
                    "1:2:3:4:5:6:7:8:9"sv,
                    "12345::"sv,
                    "g::"sv,
                    "[::1]"sv,
                    "::1%lo"sv,
                    "::1%1"sv,
                    "::ffff:1.2.3"sv,
                    "::1.2.3.4:5"sv,
                    "1.2.3.4\0"sv,
                    "\0"sv,
                    "::1\0x"sv,
                    "localhost"sv,
                    "unknown"sv,
                    "1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111"sv})
    BOOST_TEST(!parse_ip_address(text), text);
}

BOOST_AUTO_TEST_CASE(random_addresses_survive_every_way_of_writing_them) {
  std::mt19937_64 random{1};
  for (int i = 0; i < 20'000; ++i) {
    auto original = draw(random);
    auto written = to_string(original);
    BOOST_REQUIRE_EQUAL(address(written) == original, true);
    BOOST_REQUIRE_EQUAL(written.find(':') == std::string::npos, original.is_v4());
    // In full, some groups in capitals or with leading zeros.
    std::string full;
    for (std::size_t at = 0; at < 16; at += 2) {
      char group[8];
      auto value = static_cast<unsigned>(original.bytes()[at] << 8 | original.bytes()[at + 1]);
      std::snprintf(group, sizeof group, random() % 2 == 0 ? "%x" : "%04X", value);
      full.append(at == 0 ? "" : ":").append(group);
    }
    BOOST_REQUIRE_EQUAL(address(full) == original, true);
  }
}

BOOST_AUTO_TEST_CASE(both_spellings_of_an_ipv4_address_are_one) {
  BOOST_CHECK(address("::ffff:10.0.0.1") == address("10.0.0.1"));
  BOOST_CHECK(ip_address{ip_address::v4_bytes({10, 0, 0, 1})} == address("10.0.0.1"));
  BOOST_CHECK(address("::10.0.0.1") != address("10.0.0.1"));
  BOOST_CHECK(address("::ffff:10.0.0.1").is_v4());
  BOOST_CHECK(!address("::10.0.0.1").is_v4());
  BOOST_CHECK(!ip_address{}.is_v4());
}

BOOST_AUTO_TEST_CASE(loopback_is_one_address_of_ipv6_and_a_network_of_ipv4) {
  for (auto text : {"127.0.0.1", "127.255.255.255", "127.0.0.0", "::ffff:127.0.0.2", "::1"})
    BOOST_CHECK(address(text).is_loopback());
  for (auto text : {"126.255.255.255", "128.0.0.0", "0.0.0.0", "::", "::2", "1::1", "::127.0.0.1", "::7f00:1"})
    BOOST_CHECK(!address(text).is_loopback());
}

BOOST_AUTO_TEST_CASE(limits_see_a_whole_ipv4_address_and_the_first_half_of_an_ipv6_address) {
  BOOST_TEST(to_string(masked_for_limits(address("1.2.3.4"))) == "1.2.3.4");
  BOOST_TEST(to_string(masked_for_limits(address("2001:db8:1:2:3:4:5:6"))) == "2001:db8:1:2::");
  BOOST_CHECK(masked_for_limits(address("2001:db8:1:2::1")) == masked_for_limits(address("2001:db8:1:2:ffff::")));
  BOOST_CHECK(masked_for_limits(address("2001:db8:1:2::1")) != masked_for_limits(address("2001:db8:1:3::1")));
}

BOOST_AUTO_TEST_CASE(networks_are_read_and_written) {
  struct {
    const char *text, *written;
  } const cases[] = {
      {"10.0.0.0/8", "10.0.0.0/8"},
      {"0.0.0.0/0", "0.0.0.0/0"},
      {"1.2.3.4", "1.2.3.4/32"},
      {"1.2.3.4/32", "1.2.3.4/32"},
      {"::ffff:10.0.0.0/104", "10.0.0.0/8"},
      {"::/0", "::/0"},
      {"::1", "::1/128"},
      {"2001:DB8::/33", "2001:db8::/33"},
  };
  for (auto [text, written] : cases) {
    BOOST_TEST(to_string(network(text)) == written);
    BOOST_CHECK(network(written) == network(text));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_network_is_refused) {
  using namespace std::string_view_literals;
  for (auto text : {""sv,
                    "/"sv,
                    "/8"sv,
                    "10.0.0.0/"sv,
                    "10.0.0.0/33"sv,
                    "10.0.0.0/-1"sv,
                    "10.0.0.0/+8"sv,
                    "10.0.0.0/08"sv,
                    "10.0.0.0/8 "sv,
                    " 10.0.0.0/8"sv,
                    "10.0.0.0/8/8"sv,
                    "10.0.0.0/255.0.0.0"sv,
                    "10.0.0.0/4294967304"sv,
                    "10/8"sv,
                    "10.0.0.1/8"sv,
                    "10.128.0.0/8"sv,
                    "::/129"sv,
                    "::1/127"sv,
                    "2001:db8::1/64"sv,
                    "::ffff:0.0.0.0/95"sv,
                    "::ffff:10.0.0.0/8"sv,
                    "localhost"sv,
                    "*"sv})
    BOOST_TEST(!ip_network::parse(text), text);
}

BOOST_AUTO_TEST_CASE(a_network_of_one_family_holds_no_address_of_the_other) {
  BOOST_CHECK(!network("::/0").contains(address("1.2.3.4")));
  BOOST_CHECK(!network("0.0.0.0/0").contains(address("::1")));
  BOOST_CHECK(network("0.0.0.0/0").contains(address("::ffff:1.2.3.4")));
  BOOST_CHECK(network("::/0").contains(address("2001:db8::")));
}

BOOST_AUTO_TEST_CASE(a_network_holds_the_addresses_that_agree_with_it_bit_by_bit) {
  std::mt19937_64 random{2};
  unsigned held = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto first = draw(random);
    auto offset = first.is_v4() ? 96u : 0u;
    auto length = static_cast<unsigned>(random() % (129 - offset));
    auto base = first;
    for (auto at = offset + length; at < 128; ++at)
      if (bit(base, at))
        base = with_flipped_bit(base, at);
    if (base.is_v4() != first.is_v4())
      continue;
    auto subject = network(to_string(base) + "/" + std::to_string(length));
    BOOST_REQUIRE(subject.contains(first));
    // One bit off, or any other address.
    auto other = random() % 4 == 0 ? draw(random) : with_flipped_bit(first, static_cast<unsigned>(random() % 128));
    auto agrees = other.is_v4() == base.is_v4();
    for (auto at = 0u; at < offset + length; ++at)
      agrees &= bit(other, at) == bit(base, at);
    BOOST_REQUIRE_EQUAL(subject.contains(other), agrees);
    held += agrees ? 1 : 0;
  }
  BOOST_TEST(held > 5'000u);
}

BOOST_AUTO_TEST_SUITE_END()
