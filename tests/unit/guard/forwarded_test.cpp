#include "guard/forwarded.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <vector>

using tessera::client_address;
using tessera::counts_as_loopback;
using tessera::ip_address;
using tessera::ip_network;
using tessera::parse_forwarded_entry;
using tessera::parse_ip_address;
using lines = std::vector<std::string_view>;

namespace {

const std::vector<ip_network> trusted = {*ip_network::parse("127.0.0.0/8"), *ip_network::parse("10.0.0.0/8"),
                                         *ip_network::parse("fd00::/8")};

std::string client_of(std::string_view peer, const lines& x_forwarded_for) {
  return to_string(client_address(*parse_ip_address(peer), x_forwarded_for, trusted));
}

} // namespace

BOOST_AUTO_TEST_SUITE(forwarded_test)

BOOST_AUTO_TEST_CASE(without_a_header_the_peer_is_the_client) {
  BOOST_TEST(client_of("192.0.2.1", {}) == "192.0.2.1");
  BOOST_TEST(client_of("10.0.0.1", {}) == "10.0.0.1");
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_not_trusted_is_not_believed) {
  BOOST_TEST(client_of("192.0.2.1", {"198.51.100.7"}) == "192.0.2.1");
  BOOST_TEST(client_of("192.0.2.1", {"127.0.0.1"}) == "192.0.2.1");
  BOOST_TEST(to_string(client_address(*parse_ip_address("127.0.0.1"), lines{"1.2.3.4"}, {})) == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(the_first_from_the_right_that_is_not_trusted_is_the_client) {
  BOOST_TEST(client_of("10.0.0.1", {"198.51.100.7"}) == "198.51.100.7");
  BOOST_TEST(client_of("10.0.0.1", {"198.51.100.7, 10.0.0.2"}) == "198.51.100.7");
  BOOST_TEST(client_of("10.0.0.1", {"198.51.100.7,10.0.0.2 ,\tfd00::2"}) == "198.51.100.7");
  // Whatever the client itself has sent stands left of it.
  BOOST_TEST(client_of("10.0.0.1", {"127.0.0.1, 203.0.113.9, 198.51.100.7, 10.0.0.2"}) == "198.51.100.7");
  BOOST_TEST(client_of("10.0.0.1", {"garbage, 198.51.100.7"}) == "198.51.100.7");
}

BOOST_AUTO_TEST_CASE(several_lines_are_one_list) {
  BOOST_TEST(client_of("10.0.0.1", {"203.0.113.9", "198.51.100.7", "10.0.0.2"}) == "198.51.100.7");
  BOOST_TEST(client_of("10.0.0.1", {"203.0.113.9, 198.51.100.7", "10.0.0.3, 10.0.0.2"}) == "198.51.100.7");
}

BOOST_AUTO_TEST_CASE(if_all_are_trusted_the_leftmost_is_the_client) {
  BOOST_TEST(client_of("10.0.0.1", {"10.0.0.3, 10.0.0.2"}) == "10.0.0.3");
}

BOOST_AUTO_TEST_CASE(nothing_left_of_garbage_is_believed) {
  for (auto garbage :
       {"", " ", "unknown", "_hidden", "1.2.3", "10.0.0.9:x", "unix:", "\"10.0.0.9\"", "10.0.0.9 10.0.0.8"}) {
    auto list = "198.51.100.7, " + std::string{garbage} + ", 10.0.0.2";
    BOOST_TEST(client_of("10.0.0.1", {list}) == "10.0.0.2", list);
    BOOST_TEST(client_of("10.0.0.1", {"198.51.100.7", garbage}) == "10.0.0.1", garbage);
  }
  BOOST_TEST(client_of("10.0.0.1", {"198.51.100.7,"}) == "10.0.0.1");
}

BOOST_AUTO_TEST_CASE(no_more_than_32_entries_are_read) {
  std::string list = "198.51.100.7";
  for (int i = 1; i < 32; ++i)
    list += ",10.0.0.2";
  BOOST_TEST(client_of("10.0.0.1", {list}) == "198.51.100.7");
  BOOST_TEST(client_of("10.0.0.1", {list, "10.0.0.3"}) == "10.0.0.2");
  BOOST_TEST(client_of("10.0.0.1", lines(33, "10.0.0.3")) == "10.0.0.3");
}

BOOST_AUTO_TEST_CASE(entries_may_have_ports_and_brackets) {
  struct {
    const char *entry, *address;
  } const cases[] = {
      {"1.2.3.4", "1.2.3.4"},
      {" 1.2.3.4\t", "1.2.3.4"},
      {"1.2.3.4:567", "1.2.3.4"},
      {"1.2.3.4:0", "1.2.3.4"},
      {"1.2.3.4:65535", "1.2.3.4"},
      {"::1", "::1"},
      {"[::1]", "::1"},
      {"[::1]:80", "::1"},
      {"2001:db8::1", "2001:db8::1"},
      {"::ffff:1.2.3.4", "1.2.3.4"},
      {"[::ffff:1.2.3.4]", "1.2.3.4"},
      {"[::ffff:1.2.3.4]:5", "1.2.3.4"},
  };
  for (auto [entry, address] : cases)
    BOOST_TEST(to_string(parse_forwarded_entry(entry).value()) == address);
  for (auto entry : {"",
                     " ",
                     ":",
                     ":80",
                     "1.2.3.4:",
                     "1.2.3.4:x",
                     "1.2.3.4:+5",
                     "1.2.3.4:65536",
                     "1.2.3.4:080",
                     "1.2.3.4:1:2",
                     "[::1",
                     "::1]",
                     "[::1]80",
                     "[::1]:",
                     "[::1]:65536",
                     "[::1]x",
                     "[]",
                     "[]:80",
                     "[1.2.3.4]",
                     "[1.2.3.4]:80",
                     "[[::1]]",
                     "[::1%lo]",
                     "::1%lo",
                     "for=1.2.3.4",
                     "\"[::1]\"",
                     "1.2.3.4;",
                     "localhost:80"})
    BOOST_TEST(!parse_forwarded_entry(entry), entry);
}

BOOST_AUTO_TEST_CASE(a_forwarded_request_is_local_only_through_a_trusted_proxy) {
  auto here = *parse_ip_address("127.0.0.1");
  auto elsewhere = *parse_ip_address("10.0.0.1");
  BOOST_TEST(counts_as_loopback(here, false, {}));
  BOOST_TEST(counts_as_loopback(*parse_ip_address("::1"), false, {}));
  BOOST_TEST(!counts_as_loopback(here, true, {}));
  BOOST_TEST(counts_as_loopback(here, true, trusted));
  BOOST_TEST(!counts_as_loopback(*parse_ip_address("::1"), true, trusted));
  BOOST_TEST(!counts_as_loopback(elsewhere, false, trusted));
  BOOST_TEST(!counts_as_loopback(elsewhere, true, trusted));
}

// The same from the left: cut off all up to the last garbage, then take what stands before the trusted tail.
BOOST_AUTO_TEST_CASE(random_lists_are_read_as_from_the_left) {
  const std::vector<std::string> pool = {"192.0.2.1",   "198.51.100.7:80", "2001:db8::5", "10.0.0.2", "10.0.0.3:1",
                                         "[fd00::1]:9", "127.0.0.1",       "garbage",     ""};
  std::mt19937_64 random{3};
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::string> entries;
    std::vector<std::string> text;
    for (auto left = random() % 40; left > 0; --left) {
      // Mostly trusted, so that long tails come up.
      auto entry = random() % 8 == 0 ? pool[random() % pool.size()] : pool[3 + random() % 4];
      if (text.empty() || random() % 5 == 0)
        text.push_back(entry);
      else
        text.back() += (random() % 2 == 0 ? "," : " , ") + entry;
      entries.push_back(entry);
    }
    auto peer = random() % 10 == 0 ? "192.0.2.200" : "10.9.9.9";
    std::vector<ip_address> chain = {*parse_ip_address(peer)};
    auto from = entries.size() > 32 ? entries.size() - 32 : 0;
    std::vector<ip_address> good;
    for (auto at = from; at < entries.size(); ++at) {
      if (auto parsed = parse_forwarded_entry(entries[at]))
        good.push_back(*parsed);
      else
        good.clear();
    }
    good.push_back(chain.front());
    auto expected = good.front();
    for (auto& x : good)
      if (std::none_of(trusted.begin(), trusted.end(), [&](auto& network) { return network.contains(x); }))
        expected = x; // the last of them stands furthest to the right
    lines views{text.begin(), text.end()};
    BOOST_REQUIRE_EQUAL(client_of(peer, views), to_string(expected));
  }
}

BOOST_AUTO_TEST_SUITE_END()
