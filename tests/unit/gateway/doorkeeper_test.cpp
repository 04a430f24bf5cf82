#include "gateway/doorkeeper.hpp"

#include "tests/unit/gateway/is_head.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

constexpr utc_time today{1'800'000'000'000ms};
constexpr std::string_view member_path = "/api/v1/optimized-cards/member/8001015009087";
constexpr std::string_view stats_path = "/api/v1/optimized-cards/cache-stats";
constexpr std::string_view ready_path = "/api/v1/health/ready";

settings small_limits() {
  settings all;
  all.limits.general = 5;
  all.limits.member_lookup = 3;
  all.limits.clients = 1'000;
  all.guessing.misses = 2;
  all.access.trusted = {"10.0.0.0/8"};
  return all;
}

new_api_key key_of(std::uint8_t number) {
  key_seed bytes{};
  bytes.fill(number);
  return make_api_key(bytes);
}

std::shared_ptr<const key_ring> ring_of(const new_api_key& key, scope_set scopes, std::uint32_t multiplier) {
  api_key_record row;
  row.id = key.id.text();
  row.hash = key.hash;
  row.scopes = scopes;
  row.limit_multiplier = multiplier;
  return std::make_shared<const key_ring>(std::vector{row});
}

peer peer_at(std::string_view address, const protection& shared) {
  peer made;
  made.other_end = made.client = *parse_ip_address(address);
  made.name = shared.naming.of_address(made.client);
  made.trusted = shared.trusts(made.client);
  return made;
}

struct fixture {
  explicit fixture(const settings& all = small_limits()) : shared(all, {}), sut(shared, keys) {
    at(0ms);
  }

  void at(std::chrono::milliseconds passed) {
    sut.begin_round(std::chrono::steady_clock::time_point{1h} + passed, today + passed);
  }
  entrance ask(std::string_view path, std::string_view address = "127.0.0.1", const std::string& headers = {}) {
    return ask(path, peer_at(address, shared), headers);
  }
  entrance ask(std::string_view path, peer&& from, const std::string& headers = {}) {
    return ask(path, from, headers);
  }
  entrance ask(std::string_view path, peer& from, const std::string& headers = {}) {
    auto head = "GET " + std::string{path} + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
    http_request request;
    BOOST_REQUIRE(is_head(head, request));
    return sut.admit(from, request, find_route(request.path));
  }

  protection shared;
  std::shared_ptr<key_ring_slot> keys = std::make_shared<key_ring_slot>(std::make_shared<const key_ring>());
  doorkeeper sut;
};

struct with_key : fixture {
  with_key() {
    keys->put(ring_of(key, {scope::lookup}, 2));
    at(0ms);
  }
  new_api_key key = key_of(1);
  std::string header = "Authorization: Bearer " + key.text + "\r\n";
};

bool is(const entrance& got, turned_away expected) {
  return got.why == expected;
}

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(turned_away)

BOOST_AUTO_TEST_SUITE(doorkeeper_test)

BOOST_FIXTURE_TEST_CASE(a_route_reports_its_stricter_limit_and_refuses_by_it, fixture) {
  for (auto left : {2u, 1u, 0u}) {
    auto got = ask(member_path);
    BOOST_TEST(is(got, turned_away::no));
    BOOST_TEST(got.limit.name == "lookup");
    BOOST_TEST(got.limit.limit == 3u);
    BOOST_TEST(got.limit.window_s == 60u);
    BOOST_TEST(got.limit.remaining == left);
    BOOST_TEST((got.limit.reset == today + 60s));
  }
  at(10'500ms);
  auto refused = ask(member_path);
  BOOST_TEST(is(refused, turned_away::lookup_limit));
  BOOST_TEST((refused.what.code == error_code::rate_limited));
  BOOST_TEST(refused.what.retry_after_s == 50u);
  BOOST_TEST((refused.limit.reset == today + 60s));
  auto other = ask(stats_path); // the fifth request
  BOOST_TEST(is(other, turned_away::no));
  BOOST_TEST(other.limit.name == "general");
  BOOST_TEST(is(ask(stats_path), turned_away::general_limit));
  at(60s);
  BOOST_TEST(is(ask(member_path), turned_away::general_limit));
  at(900s);
  BOOST_TEST(is(ask(member_path), turned_away::no));
}

BOOST_FIXTURE_TEST_CASE(health_is_never_limited, fixture) {
  for (int i = 0; i < 100; ++i) {
    auto got = ask(ready_path);
    BOOST_REQUIRE(is(got, turned_away::no));
    BOOST_REQUIRE(got.limit.name.empty());
  }
}

BOOST_FIXTURE_TEST_CASE(each_address_has_limits_of_its_own, fixture) {
  for (int i = 0; i < 3; ++i)
    ask(member_path, "127.0.0.1");
  BOOST_TEST(is(ask(member_path, "127.0.0.1"), turned_away::lookup_limit));
  BOOST_TEST(is(ask(member_path, "127.0.0.2"), turned_away::no));
}

BOOST_AUTO_TEST_CASE(without_limits_nothing_is_counted_and_nothing_reported) {
  auto all = small_limits();
  all.no_limits = true;
  fixture f{all};
  for (int i = 0; i < 100; ++i) {
    auto got = f.ask(member_path);
    BOOST_REQUIRE(is(got, turned_away::no));
    BOOST_REQUIRE(got.limit.name.empty());
    f.sut.ask_for(got, *id_number::from_digits("8001015009087"));
    BOOST_REQUIRE(is(got, turned_away::no));
    f.sut.missed(got.who.name);
  }
}

BOOST_FIXTURE_TEST_CASE(who_stands_behind_a_trusted_proxy_is_counted_and_nobody_whom_others_name, fixture) {
  const std::string line = "X-Forwarded-For: 192.0.2.7\r\n";
  auto direct = ask(ready_path, "192.0.2.7");
  BOOST_TEST((ask(ready_path, "10.1.2.3", line).who.name == direct.who.name));
  auto liar = ask(ready_path, "198.51.100.1", line);
  BOOST_TEST((liar.who.name == ask(ready_path, "198.51.100.1").who.name));
  BOOST_TEST((liar.who.name != direct.who.name));
  // The connection's PROXY header counts like its address.
  auto proxied = peer_at("10.1.2.3", shared);
  proxied.proxied = true;
  proxied.client = *parse_ip_address("198.51.100.1");
  proxied.name = shared.naming.of_address(proxied.client);
  proxied.trusted = false;
  BOOST_TEST((ask(ready_path, proxied, line).who.name == liar.who.name));
}

BOOST_FIXTURE_TEST_CASE(without_keys_this_machine_may_do_all_and_nobody_else_anything, fixture) {
  BOOST_TEST(is(ask(stats_path, "127.0.0.1"), turned_away::no));
  BOOST_TEST(is(ask(stats_path, "::1"), turned_away::no));
  auto away = ask(stats_path, "192.0.2.7");
  BOOST_TEST(is(away, turned_away::no_key));
  BOOST_TEST((away.what.code == error_code::authentication));
  BOOST_TEST(is(ask(stats_path, "127.0.0.1", "X-Forwarded-For: 127.0.0.1\r\n"), turned_away::no_key));
  BOOST_TEST(is(ask(stats_path, "127.0.0.1", "Forwarded: for=1\r\n"), turned_away::no_key));
  BOOST_TEST(is(ask(ready_path, "192.0.2.7"), turned_away::no));
}

BOOST_FIXTURE_TEST_CASE(a_page_of_another_site_is_not_this_machine_unless_a_trusted_proxy_brings_it, fixture) {
  BOOST_TEST(is(ask(stats_path, "127.0.0.1", "Origin: https://evil.example\r\n"), turned_away::no_key));
  BOOST_TEST(is(ask(stats_path, "127.0.0.1", "Origin: http://localhost:3000\r\n"), turned_away::no));
  shared.trusted.push_back(*ip_network::parse("127.0.0.2"));
  BOOST_TEST(is(ask(stats_path, "127.0.0.2", "Origin: https://portal.example\r\n"), turned_away::no));
}

BOOST_FIXTURE_TEST_CASE(a_key_has_its_scopes_and_limits_of_its_own, with_key) {
  for (int i = 0; i < 6; ++i) { // twice what an address may
    auto got = ask(member_path, i % 2 == 0 ? "192.0.2.7" : "192.0.2.8", header);
    BOOST_TEST(is(got, turned_away::no));
    BOOST_TEST(got.limit.limit == 6u);
  }
  BOOST_TEST(is(ask(member_path, "192.0.2.9", header), turned_away::lookup_limit));
  auto forbidden = ask(stats_path, "192.0.2.9", header);
  BOOST_TEST(is(forbidden, turned_away::no_scope));
  BOOST_TEST((forbidden.what.code == error_code::authorization));
  BOOST_TEST(forbidden.what.message.find("operate") != std::string::npos);
  BOOST_TEST(
      is(ask(member_path, "127.0.0.1"), turned_away::no_key)); // this machine is no exception once there are keys
}

BOOST_FIXTURE_TEST_CASE(a_guess_at_a_key_is_refused_and_counts_for_its_address, with_key) {
  auto wrong = "Authorization: Bearer " + key_of(2).text + "\r\n";
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(is(ask(member_path, "192.0.2.7", wrong), turned_away::no_key));
  BOOST_TEST(is(ask(member_path, "192.0.2.7", wrong), turned_away::lookup_limit));
  BOOST_TEST(is(ask(member_path, "192.0.2.8", header + header), turned_away::no_key)); // two keys are none
}

BOOST_FIXTURE_TEST_CASE(clients_of_one_connection_may_have_different_keys, with_key) {
  auto connection = peer_at("192.0.2.7", shared);
  auto wrong = "Authorization: Bearer " + key_of(2).text + "\r\n";
  for (int i = 0; i < 2; ++i) {
    at(i * 60s);
    BOOST_TEST(is(ask(ready_path, connection, header), turned_away::no));
    BOOST_TEST(is(ask(member_path, connection, header), turned_away::no));
    BOOST_TEST(is(ask(member_path, connection, wrong), turned_away::no_key));
    BOOST_TEST(is(ask(member_path, connection), turned_away::no_key));
  }
  keys->put(ring_of(key_of(2), {scope::lookup}, 1));
  at(120s);
  BOOST_TEST(is(ask(member_path, connection, header), turned_away::no_key)); // what was read once is judged anew
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_read_counts_for_a_client_but_not_for_a_proxy, fixture) {
  auto client = peer_at("192.0.2.7", shared);
  auto proxy = peer_at("10.0.0.1", shared);
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(is(sut.admit_unreadable(client), turned_away::no));
  BOOST_TEST(is(sut.admit_unreadable(client), turned_away::general_limit));
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(is(sut.admit_unreadable(proxy), turned_away::no));
}

BOOST_FIXTURE_TEST_CASE(who_guesses_is_refused_with_a_reason_and_others_are_not, fixture) {
  auto guesser = ask(member_path, "127.0.0.1");
  for (auto stranger : {"7505230123086", "6811295432083"}) {
    sut.ask_for(guesser, *id_number::from_digits(stranger));
    BOOST_TEST(is(guesser, turned_away::no));
    sut.missed(guesser.who.name);
  }
  sut.ask_for(guesser, *id_number::from_digits("8001015009087"));
  BOOST_TEST(is(guesser, turned_away::misses));
  BOOST_TEST((guesser.what.code == error_code::rate_limited));
  BOOST_TEST(guesser.what.retry_after_s == 900u);
  BOOST_TEST(guesser.what.message == "Too many lookups without a member, please try again later");
  auto suspects = shared.suspects->current(std::chrono::steady_clock::time_point{1h});
  BOOST_REQUIRE(suspects.size() == 1u);
  BOOST_TEST((suspects.front().who == guesser.who.name && suspects.front().fault == guess_fault::misses));
  auto other = ask(member_path, "127.0.0.2");
  sut.ask_for(other, *id_number::from_digits("8001015009087"));
  BOOST_TEST(is(other, turned_away::no));
}

BOOST_FIXTURE_TEST_CASE(who_goes_before_the_answer_or_gets_none_is_not_let_off, fixture) {
  auto guesser = ask(member_path, "127.0.0.1");
  for (auto stranger : {"7505230123086", "6811295432083"}) {
    auto number = *id_number::from_digits(stranger);
    sut.ask_for(guesser, number);
    sut.take_back(guesser.who.name, number); // the connection was reset, or the answer was 503
    sut.ask_for(guesser, number);
    BOOST_TEST(is(guesser, turned_away::no));
    BOOST_TEST(!guesser.asked_before); // so a miss counts
    sut.missed(guesser.who.name);
  }
  sut.ask_for(guesser, *id_number::from_digits("8001015009087"));
  BOOST_TEST(is(guesser, turned_away::misses));
}

BOOST_FIXTURE_TEST_CASE(whoever_is_refused_is_known_by_the_address_that_counts, fixture) {
  const std::string line = "X-Forwarded-For: 192.0.2.7\r\n";
  BOOST_TEST(to_string(ask(ready_path, "10.1.2.3", line).who.address) == "192.0.2.7");
  BOOST_TEST(to_string(ask(ready_path, "198.51.100.1", line).who.address) == "198.51.100.1");
}

BOOST_AUTO_TEST_SUITE_END()
