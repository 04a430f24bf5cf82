#include "tests/faults/database_fixture.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

/// One load at a time, and a database that may take a minute for it.
struct one_slot : database_fixture {
  explicit one_slot(std::vector<std::string> environment = {}) : database_fixture(with_one_slot(environment)) {
    BOOST_TEST(ask_for(cached).status == 200); // so that a connection to the database is there
  }

  static std::vector<std::string> with_one_slot(std::vector<std::string> environment) {
    for (auto each :
         {"QUEUE_CONCURRENCY=1", "TESSERA_BREAKER_STATEMENT_TIMEOUT=0", "TESSERA_DATABASE_READ_TIMEOUT=60s"})
      environment.push_back(each);
    return environment;
  }

  /// Sends a request that the caches cannot answer, and waits until it has come so far.
  raw_connection ask_database(const std::string& number) {
    auto missed = misses();
    raw_connection client{sut.port(), {.timeout = 30s}};
    client.send(request("GET", member_path + number, "X-Debug-Timing: 1\r\n"));
    BOOST_REQUIRE(eventually(20s, [&] { return misses() == missed + 1; }));
    return client;
  }

  std::uint64_t misses() {
    return figures().whole("/data/levels/l1/misses");
  }

  std::string cached = number(0);
  std::string first = number(1);
  std::string second = number(2);
  std::string third = number(3);
};

/// Nobody is refused for waiting, but only one may wait.
struct patient : one_slot {
  patient() : one_slot({"TESSERA_QUEUE_TARGET=0ms", "QUEUE_LIMIT=1"}) {
  }
};

/// Who waits for long is told so.
struct impatient : one_slot {
  impatient() : one_slot({"TESSERA_QUEUE_TARGET=0ms", "QUEUE_TIMEOUT=200ms"}) {
  }
};

void check_queue_full(const raw_response& answer) {
  BOOST_TEST(answer.status == 503);
  json_document body{answer};
  BOOST_TEST(body.text("/error/code") == "QUEUE_FULL");
  BOOST_TEST(body.whole("/error/retryAfter") >= 1u);
  BOOST_TEST(body.whole("/error/retryAfter") <= 20u);
  BOOST_TEST(header(answer, "Retry-After") == std::to_string(body.whole("/error/retryAfter")));
}

/// Returns the milliseconds that Server-Timing gives for the queue.
double queue_ms(const raw_response& answer) {
  auto timing = header(answer, "Server-Timing");
  const std::string name = "queue;dur=";
  auto at = timing.find(name);
  BOOST_REQUIRE_MESSAGE(at != timing.npos, timing);
  return std::stod(timing.substr(at + name.size()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(admission_test)

BOOST_FIXTURE_TEST_CASE(what_waits_for_a_database_that_hangs_is_told_to_come_back, one_slot) {
  database.freeze();
  auto at_work = ask_database(first);
  auto waits = ask_database(second);
  check_queue_full(waits.read_response());
  BOOST_TEST(came_from(ask_for(cached)) == "HIT L1");
  BOOST_TEST(get(sut.port(), ready_path).status == 200);
  database.thaw();
  BOOST_TEST(at_work.read_response().status == 200);
  BOOST_TEST(eventually(20s, [&] { return ask_for(second).status == 200; }));
}

BOOST_FIXTURE_TEST_CASE(beyond_the_limit_requests_are_refused_and_those_who_wait_are_served_in_time, patient) {
  database.freeze();
  auto at_work = ask_database(first);
  auto waits = ask_database(second);
  auto joins = ask_database(second); // takes no place
  check_queue_full(ask_for(third));
  database.thaw();
  BOOST_TEST(at_work.read_response().status == 200);
  auto served = waits.read_response();
  BOOST_TEST(served.status == 200);
  BOOST_TEST(queue_ms(served) > 0.0);
  BOOST_TEST(joins.read_response().status == 200);
  BOOST_TEST(ask_for(third).status == 200);
}

BOOST_FIXTURE_TEST_CASE(what_waited_for_the_timeout_of_the_queue_is_told_so, impatient) {
  database.freeze();
  auto at_work = ask_database(first);
  auto waits = ask_database(second);
  auto answer = waits.read_response();
  BOOST_TEST(answer.status == 408);
  BOOST_TEST(json_document{answer}.text("/error/code") == "REQUEST_TIMEOUT");
  database.thaw();
  BOOST_TEST(at_work.read_response().status == 200);
}

BOOST_FIXTURE_TEST_CASE(a_request_whose_client_has_gone_gives_up_its_place, patient) {
  database.freeze();
  auto at_work = ask_database(first);
  auto leaves = ask_database(second);
  check_queue_full(ask_for(third));
  leaves.reset();
  // A refusal comes at once: whoever is not answered soon has got the place.
  BOOST_TEST(eventually(20s, [&] {
    raw_connection next{sut.port(), {.timeout = 300ms}};
    next.send(request("GET", member_path + third));
    try {
      check_queue_full(next.read_response());
      return false;
    } catch (const timed_out&) {
      return true;
    }
  }));
  database.thaw();
  BOOST_TEST(at_work.read_response().status == 200);
  BOOST_TEST(ask_for(second).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
