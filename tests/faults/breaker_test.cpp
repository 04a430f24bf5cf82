#include "tests/faults/database_fixture.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <thread>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

using clock_type = std::chrono::steady_clock;

/// As many requests as one connection may have in flight. With one shard they wait on one statement.
constexpr std::size_t together = 16;

struct fixture : database_fixture {
  explicit fixture(std::vector<std::string> environment = {})
      : database_fixture(with_one_shard(std::move(environment))) {
    BOOST_TEST(ask_for(cached).status == 200); // so that a connection to the database is there
  }

  static std::vector<std::string> with_one_shard(std::vector<std::string> environment) {
    environment.push_back("TESSERA_CACHE_SHARDS=1");
    return environment;
  }

  std::vector<std::string> numbers(int from, std::size_t count) {
    std::vector<std::string> result;
    for (std::size_t i = 0; i < count; ++i)
      result.push_back(number(from + static_cast<int>(i)));
    return result;
  }

  /// Sends a request for each number at once.
  raw_connection ask_together(const std::vector<std::string>& wanted) {
    std::string bytes;
    for (const auto& each : wanted)
      bytes += request("GET", member_path + each);
    raw_connection client{sut.port(), {.timeout = 30s}};
    client.send(bytes);
    return client;
  }

  void check_all_unavailable(raw_connection& client, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      check_unavailable(client.read_response());
  }

  /// Opens the breaker: the database dies with a statement under way.
  void trip() {
    database.kill_hard();
    auto client = ask_together(others);
    check_all_unavailable(client, together);
    BOOST_TEST(breaker() == "open");
  }

  json_document health() {
    return json_document{get(sut.port(), "/api/v1/health/database")};
  }
  std::string breaker() {
    return health().text("/data/details/breaker");
  }
  std::uint64_t figure(const std::string& name) {
    return figures().whole(("/data/levels/database/" + name).c_str());
  }
  bool closes() {
    return eventually(60s, [&] { return breaker() == "closed"; });
  }

  std::string cached = number(0);
  std::vector<std::string> others = numbers(1, together); ///< not asked for yet
  std::string another = number(1 + together);
};

/// Here the database is tried again soon.
struct quick : fixture {
  quick() : fixture({"BREAKER_RECOVERY=1s"}) {
  }
};

struct short_lived : fixture {
  short_lived() : fixture({"CACHE_TTL_MEMBER=1"}) {
  }
};

/// Statements may take a minute.
struct patient : fixture {
  patient() : fixture({"TESSERA_BREAKER_STATEMENT_TIMEOUT=0", "TESSERA_DATABASE_READ_TIMEOUT=60s"}) {
  }
};

/// With a Redis, and another process that shares it.
struct redis_and_secret {
  std::vector<std::string> settings() const {
    return {"REDIS_URL=" + redis.url(), "TESSERA_CACHE_SECRET=" + (dir / "secret").string(), "CACHE_TTL_MEMBER=1"};
  }

  redis_server redis;
  temp_dir dir;
};
struct with_redis : redis_and_secret, fixture {
  with_redis() : fixture(settings()) {
  }

  tessera_process neighbour{{.arguments = {"--store", database.url()}, .environment = settings()}};
};

/// Nobody but the owner of this lock can read members: statements hang, while connecting goes well.
class table_lock {
public:
  explicit table_lock(mariadb_server& database) : database_(database) {
    holder_ = std::thread{[this] {
      try {
        database_.execute("LOCK TABLES members WRITE; DO SLEEP(600)");
      } catch (const std::runtime_error&) { // its connection was ended
      }
    }};
    BOOST_REQUIRE(eventually(20s, [&] { return !holder().empty(); }));
  }
  ~table_lock() {
    release();
  }

  void release() {
    if (!holder_.joinable())
      return;
    database_.execute("KILL " + holder());
    holder_.join();
  }

private:
  std::string holder() {
    return database_.query_value("SELECT id FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'");
  }

  mariadb_server& database_;
  std::thread holder_;
};

/// A refusal that told when to ask again.
struct refusal {
  clock_type::time_point asked;
  clock_type::time_point answered;
  std::chrono::seconds retry_after;
};

refusal ask_refused(fixture& f, const std::string& number) {
  refusal result;
  result.asked = clock_type::now();
  auto answer = f.ask_for(number);
  result.answered = clock_type::now();
  check_unavailable(answer);
  result.retry_after = std::chrono::seconds{json_document{answer}.whole("/error/retryAfter")};
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(breaker_test)

BOOST_FIXTURE_TEST_CASE(a_frozen_database_opens_it_and_nobody_waits_any_more, fixture) {
  const auto four = numbers(20, 4);
  database.freeze();
  const auto since = clock_type::now();
  auto on_the_statement = ask_together(others);
  auto behind_it = ask_together(four);
  check_all_unavailable(on_the_statement, others.size());
  check_all_unavailable(behind_it, four.size());
  BOOST_TEST((clock_type::now() - since >= 900ms));
  BOOST_TEST((clock_type::now() - since < 20s));

  auto seen = get(sut.port(), "/api/v1/health/database");
  BOOST_TEST(seen.status == 503);
  BOOST_TEST(json_document{seen}.text("/data/details/breaker") == "open");
  BOOST_TEST(json_document{seen}.whole("/data/details/opened") == 1u);
  BOOST_TEST(figure("statement_timeouts") == 1u);
  auto ready = get(sut.port(), ready_path);
  BOOST_TEST(ready.status == 200);
  BOOST_TEST(json_document{ready}.texts("/data/degraded") == std::vector<std::string>{"database"},
             boost::test_tools::per_element());

  auto quickest = 1'000'000us;
  for (int i = 0; i < 10; ++i) {
    auto refused = ask_refused(*this, i % 2 == 0 ? another : others[0]);
    auto took = refused.answered - refused.asked;
    BOOST_TEST((took < 2s));
    BOOST_TEST((refused.retry_after > 30s && refused.retry_after <= 63s));
    quickest = std::min(quickest, std::chrono::duration_cast<std::chrono::microseconds>(took));
    BOOST_TEST(came_from(ask_for(cached)) == "HIT L1");
  }
  BOOST_TEST_MESSAGE("the quickest refusal took " << quickest.count() << " us");
  BOOST_TEST(quickest.count() < 5'000);
  BOOST_TEST(figure("probes") == 0u);
}

BOOST_FIXTURE_TEST_CASE(retry_after_is_the_time_until_the_next_probe, quick) {
  trip();
  BOOST_REQUIRE(eventually(20s, [&] { return figure("probes") >= 1; }));
  // From here on it fails again and again; between two probes lies a second.
  for (int i = 0; i < 5; ++i) {
    const auto before = figure("probes");
    const auto refused = ask_refused(*this, another);
    BOOST_REQUIRE(eventually(20s, [&] { return figure("probes") > before; }));
    BOOST_TEST((refused.retry_after >= 1s && refused.retry_after <= 2s));
    BOOST_TEST((clock_type::now() >= refused.asked + refused.retry_after - 1s)); // whole seconds, rounded up
  }
}

BOOST_FIXTURE_TEST_CASE(it_closes_once_the_database_is_back, quick) {
  trip();
  BOOST_TEST(eventually(20s, [&] { return figure("probes") >= 2; }));
  BOOST_TEST(breaker() != "closed");
  database.restart();
  BOOST_REQUIRE(closes());
  BOOST_TEST(came_from(ask_for(another)) == "MISS DB");
  BOOST_TEST(health().whole("/data/details/opened") == 1u);
  BOOST_TEST(!json_document{get(sut.port(), ready_path)}.has("/data/degraded"));
  BOOST_TEST(get(sut.port(), "/api/v1/health/database").status == 200);
}

BOOST_FIXTURE_TEST_CASE(a_table_that_hangs_keeps_it_open_although_connecting_works, quick) {
  table_lock lock{database};
  auto client = ask_together(others);
  check_all_unavailable(client, others.size());
  BOOST_TEST(eventually(30s, [&] { return figure("probes") >= 2; }));
  BOOST_TEST(breaker() != "closed");
  BOOST_TEST(figure("opened") == 1u);
  BOOST_TEST(sut.log().find("cannot be reached") == std::string::npos);
  BOOST_TEST(came_from(ask_for(cached)) == "HIT L1");
  lock.release();
  BOOST_REQUIRE(closes());
  BOOST_TEST(came_from(ask_for(another)) == "MISS DB");
}

BOOST_FIXTURE_TEST_CASE(results_of_an_older_epoch_do_not_close_it, patient) {
  const std::string waiting = "FROM information_schema.processlist WHERE state LIKE 'Waiting for table%' AND info LIKE "
                              "'%vw_member_details_optimized%'";
  auto statements = [&] { return database.query_value("SELECT COUNT(*) " + waiting); };
  table_lock lock{database};
  auto older = ask_together({another});
  BOOST_REQUIRE(eventually(20s, [&] { return statements() == "1"; }));
  auto client = ask_together(others);
  BOOST_REQUIRE(eventually(20s, [&] { return statements() == "2"; }));
  database.execute("KILL " + database.query_value("SELECT id " + waiting + " ORDER BY LENGTH(info) DESC LIMIT 1"));
  check_all_unavailable(client, others.size());
  BOOST_TEST(breaker() == "open");
  lock.release();
  BOOST_TEST(came_from(older.read_response()) == "MISS DB"); // it was accepted before
  check_unavailable(ask_for(others[0]));
  BOOST_TEST(breaker() == "open");
}

BOOST_FIXTURE_TEST_CASE(while_it_is_open_stale_copies_answer_without_waiting, short_lived) {
  trip();
  BOOST_REQUIRE(eventually(10s, [&] { return header(ask_for(cached), "X-Cache") == "STALE"; }));
  auto quickest = 1'000ms;
  for (int i = 0; i < 5; ++i) {
    raw_response answer;
    quickest = std::min(quickest, time_of([&] { answer = ask_for(cached); }));
    check_stale(answer);
    BOOST_TEST(came_from(answer) == "STALE L1");
  }
  BOOST_TEST(quickest.count() < 90); // less than what a slow database is given
}

BOOST_FIXTURE_TEST_CASE(a_hung_statement_does_not_hold_up_a_stop, fixture) {
  table_lock lock{database};
  const std::vector<std::string> few{others.begin(), others.begin() + 3};
  auto client = ask_together(few);
  BOOST_REQUIRE(eventually(20s, [&] { return health().whole("/data/details/busy") >= 1; }));
  const auto since = clock_type::now();
  sut.signal(SIGTERM);
  for (std::size_t i = 0; i < few.size(); ++i)
    check_unavailable(client.read_response());
  BOOST_TEST(sut.wait(20s).value_or(-1) == 0);
  BOOST_TEST((clock_type::now() - since < 20s)); // the drain would have allowed 25
}

BOOST_FIXTURE_TEST_CASE(what_l1_does_not_have_is_served_stale_from_l2, with_redis) {
  BOOST_TEST(came_from(get(neighbour.port(), member_path + another)) == "MISS DB");
  // What lives no longer in Redis than it is kept as a stale copy is stale.
  constexpr std::int64_t stale_ms = 86'400'000;
  BOOST_REQUIRE(eventually(20s, [&] {
    auto keys = redis.command({"KEYS", "*:v"}).items;
    return keys.size() == 2 && std::all_of(keys.begin(), keys.end(), [&](auto& key) {
             return redis.command({"PTTL", key.text}).integer <= stale_ms;
           });
  }));
  trip();
  auto answer = ask_for(another);
  check_stale(answer);
  BOOST_TEST(came_from(answer) == "STALE L2");
}

BOOST_FIXTURE_TEST_CASE(operators_see_the_breaker_open_with_its_cause_and_close_again, quick) {
  auto seen = [&](auto condition) {
    return eventually(60s, [&] {
      auto answer = get(sut.operator_port(), "/stats");
      return answer.status == 200 && condition(json_document{answer});
    });
  };
  BOOST_TEST(seen([](const json_document& x) {
    return x.truth("/caches/l3/available") && x.whole("/caches/l3/bytes") > 0 && x.text("/state/word") == "ok";
  }));
  trip();
  BOOST_TEST(seen([](const json_document& x) {
    return x.text("/pool/breaker/state") != "closed" && x.text("/state/word") != "ok"
           && x.text("/alerts/0/id") == "breaker_open" && x.text("/alerts/0/state") == "firing"
           && x.text("/narrowest") == "database" && x.number("/pool/breaker/next_probe_s") <= 1.1;
  }));
  database.restart();
  BOOST_TEST(closes());
  BOOST_TEST(seen([](const json_document& x) {
    return x.text("/pool/breaker/transitions/0/to") == "closed"
           && x.text("/pool/breaker/transitions/0/cause") == "probes in a row succeeded"
           && x.text("/pool/breaker/transitions/1/from") == "open" && x.text("/state/word") == "ok";
  }));
  json_document history{get(sut.operator_port(), "/stats/history?range=10m")};
  BOOST_TEST(history.text("/events/0/kind") != "");
  auto metrics = get(sut.operator_port(), "/metrics").body;
  BOOST_TEST(metrics.find("tessera_breaker_opened_total 1\n") != std::string::npos);
  BOOST_TEST(metrics.find("tessera_breaker_state{state=\"closed\"} 1\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
