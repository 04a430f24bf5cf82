#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/sample_store.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/tessera_process.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <map>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

using clock_type = std::chrono::steady_clock;

/// What an answer may take while Redis is ill: 50 ms for an attempt, and what a machine adds.
constexpr auto patience = 200ms;

/// A machine that does other work at the same time may hold up one answer in this many, up to `longest`.
constexpr std::size_t one_in = 10;
constexpr auto longest = 1s;

/// Two processes on one store that share a Redis and its secret.
struct fixture {
  tessera_process::options options() {
    return {.arguments = {"--store", shared_store().url(), "--redis", redis.url(), "--cache-secret",
                          (dir / "secret").string()}};
  }

  raw_response ask_for(tessera_process& node, std::size_t index) {
    return get(node.port(), member_path + shared_store().number(index), "X-Debug-Timing: 1\r\n");
  }

  /// Asks as ask_for(), and asserts that the member comes and comes soon.
  raw_response ask_soon(tessera_process& node, std::size_t index) {
    auto since = clock_type::now();
    auto answer = ask_for(node, index);
    auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_type::now() - since);
    BOOST_TEST(answer.status == 200);
    auto timing = came_from(answer) + " " + header(answer, "Server-Timing");
    BOOST_TEST(took < longest, took.count() << " ms: " << timing);
    ++asked;
    if (took > patience) {
      ++slow;
      BOOST_TEST_MESSAGE("slow: " << took.count() << " ms: " << timing);
    }
    return answer;
  }

  /// Loads members, not asked for before, until `other` finds one that `one` has put into Redis; false if that does not
  /// happen in time. Values are written after the answer, so the first attempts may come too early.
  bool shares(tessera_process& from, tessera_process& to) {
    return eventually(10s, [&] {
      auto index = next++;
      ask_soon(from, index);
      auto written = eventually(500ms, [&] { return keys().size() != counted; });
      counted = keys().size();
      return written && came_from(ask_soon(to, index)) == "HIT L2";
    });
  }

  std::vector<std::string> keys() {
    std::vector<std::string> out;
    for (const auto& each : redis.command({"KEYS", "*"}).items)
      out.push_back(each.text);
    return out;
  }

  std::map<std::string, std::string> contents() {
    std::map<std::string, std::string> out;
    for (const auto& key : keys())
      out[key] = redis.command({"GET", key}).text;
    return out;
  }

  temp_dir dir;
  redis_server redis;
  tessera_process one{options()};
  tessera_process two{options()};
  std::size_t next = 0; ///< member
  std::size_t asked = 0;
  std::size_t slow = 0;
  std::size_t counted = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(redis_test)

BOOST_FIXTURE_TEST_CASE(what_one_process_has_loaded_the_other_finds_in_redis, fixture) {
  auto loaded = ask_for(one, 0);
  BOOST_TEST(came_from(loaded) == "MISS DB");
  BOOST_TEST(eventually(5s, [&] { return !keys().empty(); }));
  auto found = ask_for(two, 0);
  BOOST_TEST(came_from(found) == "HIT L2");
  BOOST_TEST(header(found, "ETag") == header(loaded, "ETag"));
  BOOST_TEST(header(found, "Cache-Status").starts_with("tessera; hit; ttl="));
  BOOST_TEST(json_document{found}.text("/data/id_number") == shared_store().number(0));
  BOOST_TEST(came_from(ask_for(two, 0)) == "HIT L1");
  auto figures = stats(two.port());
  BOOST_TEST(figures.truth("/data/levels/l2/configured"));
  BOOST_TEST(figures.truth("/data/levels/l2/connected"));
  BOOST_TEST(figures.whole("/data/levels/l2/hits") == 1u);
  BOOST_TEST(figures.whole("/data/levels/l2/failures") == 0u);
  BOOST_TEST(figures.whole("/data/levels/database/statements") == 0u);
  BOOST_TEST(stats(one.port()).whole("/data/levels/l2/misses") == 1u);
}

BOOST_FIXTURE_TEST_CASE(redis_holds_no_id_number_and_nothing_readable, fixture) {
  constexpr std::size_t members = 20;
  for (std::size_t i = 0; i < members; ++i)
    BOOST_TEST(ask_for(one, i).status == 200);
  BOOST_TEST(eventually(5s, [&] { return keys().size() >= members; }));
  for (const auto& key : keys()) {
    auto value = redis.command({"GET", key}).text;
    auto left = redis.command({"PTTL", key}).integer;
    BOOST_TEST((left > 0 || key == "tessera:1:epoch"), key); // nothing of a member stays for ever
    for (std::size_t i = 0; i < members; ++i) {
      const auto& number = shared_store().number(i);
      BOOST_TEST(key.find(number) == key.npos);
      BOOST_TEST(value.find(number) == value.npos);
      auto surname = shared_store().query("SELECT surname FROM members WHERE id_number = '" + number + "'");
      if (surname[0]["surname"].size() > 4) // shorter ones could stand there by chance
        BOOST_TEST(value.find(surname[0]["surname"]) == value.npos);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(values_that_were_tampered_with_do_not_count, fixture) {
  BOOST_TEST(ask_for(one, 0).status == 200);
  BOOST_TEST(eventually(5s, [&] { return !keys().empty(); }));
  for (const auto& key : keys()) {
    auto value = redis.command({"GET", key}).text;
    value.back() = static_cast<char>(value.back() ^ 1);
    redis.command({"SET", key, value, "PX", "600000"});
  }
  auto answer = ask_for(two, 0);
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(came_from(answer) == "MISS DB");
}

BOOST_FIXTURE_TEST_CASE(another_secret_shares_nothing, fixture) {
  tessera_process stranger({"--store", shared_store().url(), "--redis", redis.url()});
  BOOST_TEST(ask_for(one, 0).status == 200);
  BOOST_TEST(eventually(5s, [&] { return !keys().empty(); }));
  BOOST_TEST(came_from(ask_for(stranger, 0)) == "MISS DB");
  BOOST_TEST(came_from(ask_for(two, 0)) == "HIT L2");
}

BOOST_FIXTURE_TEST_CASE(no_request_fails_or_waits_when_redis_dies_and_comes_back, fixture) {
  BOOST_TEST(shares(one, two));
  redis.kill_hard();
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST(came_from(ask_soon(one, next)) == "MISS DB");
    BOOST_TEST(came_from(ask_soon(one, next)) == "HIT L1");
    BOOST_TEST(came_from(ask_soon(two, next++)) == "MISS DB");
  }
  auto ready = get(one.port(), ready_path);
  BOOST_TEST(ready.status == 200);
  BOOST_TEST(json_document{ready}.texts("/data/degraded") == std::vector<std::string>{"redis"},
             boost::test_tools::per_element());
  redis.restart();
  counted = 0;
  BOOST_TEST(shares(one, two));
  BOOST_TEST(shares(two, one));
  BOOST_TEST(eventually(5s, [&] { return !json_document{get(one.port(), ready_path)}.has("/data/degraded"); }));
  BOOST_TEST(slow * one_in <= asked);
}

BOOST_FIXTURE_TEST_CASE(no_request_fails_or_waits_when_redis_freezes_and_thaws, fixture) {
  BOOST_TEST(shares(one, two));
  redis.freeze();
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST(came_from(ask_soon(one, next)) == "MISS DB");
    BOOST_TEST(came_from(ask_soon(one, next)) == "HIT L1");
    BOOST_TEST(came_from(ask_soon(two, next++)) == "MISS DB");
  }
  BOOST_TEST(stats(one.port()).whole("/data/levels/l2/failures") >= 1u);
  redis.thaw();
  BOOST_TEST(shares(one, two));
  BOOST_TEST(shares(two, one));
  BOOST_TEST(slow * one_in <= asked);
}

BOOST_FIXTURE_TEST_CASE(no_redis_at_start_is_no_obstacle, fixture) {
  redis.kill_hard();
  tessera_process late{options()};
  for (std::size_t i = 0; i < 10; ++i)
    ask_soon(late, i);
  next = 10;
  redis.restart();
  counted = 0;
  BOOST_TEST(shares(late, two));
}

BOOST_FIXTURE_TEST_CASE(what_one_process_clears_the_other_does_not_find_in_redis, fixture) {
  const auto& number = shared_store().number(0);
  BOOST_TEST(came_from(ask_for(one, 0)) == "MISS DB");
  BOOST_TEST(eventually(5s, [&] { return !keys().empty(); }));
  BOOST_TEST(ask(one.port(), request("DELETE", clear_path + shared_store().member_id(number))).status == 200);
  BOOST_TEST(came_from(ask_for(two, 0)) == "MISS DB");
  BOOST_TEST(came_from(ask_for(one, 0)) != "HIT L1");
}

BOOST_FIXTURE_TEST_CASE(a_value_set_back_after_clearing_does_not_count, fixture) {
  const auto& number = shared_store().number(0);
  BOOST_TEST(ask_for(one, 0).status == 200);
  BOOST_TEST(eventually(5s, [&] { return keys().size() >= 2; })); // the value and its generation
  std::vector<std::pair<std::string, std::string>> saved;
  for (const auto& key : keys())
    saved.emplace_back(key, redis.command({"GET", key}).text);
  BOOST_TEST(ask(one.port(), request("DELETE", clear_path + shared_store().member_id(number))).status == 200);
  // The longest is the value; its generation stays as the clearing has left it.
  auto value = std::max_element(saved.begin(), saved.end(), [](const auto& left, const auto& right) {
    return left.second.size() < right.second.size();
  });
  redis.command({"SET", value->first, value->second, "PX", "600000"});
  BOOST_TEST(came_from(ask_for(two, 0)) == "MISS DB");
}

BOOST_FIXTURE_TEST_CASE(a_clearing_that_redis_missed_is_made_up_for, fixture) {
  const auto& number = shared_store().number(0);
  BOOST_TEST(ask_for(one, 0).status == 200);
  BOOST_TEST(eventually(5s, [&] { return keys().size() >= 2; }));
  const auto before = contents();
  redis.freeze();
  auto cleared = ask(one.port(), request("DELETE", clear_path + shared_store().member_id(number)));
  BOOST_TEST((cleared.status == 200 || cleared.status == 503), cleared.status);
  redis.thaw();
  BOOST_TEST(eventually(10s, [&] { return contents() != before; }));
  BOOST_TEST(came_from(ask_for(two, 0)) == "MISS DB");
}

BOOST_AUTO_TEST_SUITE_END()
