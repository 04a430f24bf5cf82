#include "tests/faults/database_fixture.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <sys/resource.h>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

constexpr std::size_t crowd = 1'000;

using fixture = database_fixture;

/// Members are fresh for a second here, and then kept as stale copies.
struct short_lived : fixture {
  short_lived() : fixture({"CACHE_TTL_MEMBER=1"}) {
  }
};

/// Statements are not cut off here.
struct patient : fixture {
  patient() : fixture({"TESSERA_BREAKER_STATEMENT_TIMEOUT=0"}) {
  }
};

/// Lets this process hold a crowd of connections.
void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 8 * crowd);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

BOOST_AUTO_TEST_SUITE(database_test)

BOOST_FIXTURE_TEST_CASE(a_crowd_that_asks_for_one_member_costs_one_statement, patient) {
  raise_descriptor_limit();
  const auto wanted = number(0);
  BOOST_TEST(ask_for(number(1)).status == 200); // so that a connection to the database is there
  const auto executed = database.statements().executed;
  const auto before = figures();
  database.freeze();
  std::vector<raw_connection> clients;
  for (std::size_t i = 0; i < crowd; ++i) {
    clients.emplace_back(sut.port(), raw_connection::options{.timeout = 30s});
    clients.back().send(request("GET", member_path + wanted));
  }
  const auto joined = before.whole("/data/levels/l1/joined_loads") + crowd - 1;
  BOOST_TEST(eventually(20s, [&] { return figures().whole("/data/levels/l1/joined_loads") == joined; }));
  database.thaw();
  std::size_t good = 0;
  for (auto& each : clients) {
    auto answer = each.read_response();
    good += answer.status == 200 && came_from(answer) == "MISS DB"
            && json_document{answer}.text("/data/id_number") == wanted;
  }
  BOOST_TEST(good == crowd);
  BOOST_TEST(database.statements().executed == executed + 1);
  const auto after = figures();
  BOOST_TEST(after.whole("/data/levels/database/statements") == before.whole("/data/levels/database/statements") + 1);
  BOOST_TEST(after.whole("/data/levels/database/keys") == before.whole("/data/levels/database/keys") + 1);
  BOOST_TEST(came_from(ask_for(wanted)) == "HIT L1");
  BOOST_TEST(database.statements().executed == executed + 1);
}

BOOST_FIXTURE_TEST_CASE(with_the_database_gone_hits_go_on_and_misses_fail_quickly, fixture) {
  const auto cached = number(0);
  const auto other = number(1);
  const auto third = number(2);
  BOOST_TEST(came_from(ask_for(cached)) == "MISS DB");
  database.kill_hard();
  raw_response first;
  BOOST_TEST((time_of([&] { first = ask_for(other); }) < 1s));
  check_unavailable(first);
  for (int i = 0; i < 20; ++i) {
    raw_response again;
    auto took = time_of([&] { again = ask_for(i % 2 == 0 ? other : third); });
    BOOST_TEST(took.count() < 100);
    check_unavailable(again);
    BOOST_TEST(came_from(ask_for(cached)) == "HIT L1");
  }

  auto ready = get(sut.port(), ready_path);
  BOOST_TEST(ready.status == 200); // what is cached is still served
  BOOST_TEST(json_document{ready}.truth("/data/ready"));
  BOOST_TEST(json_document{ready}.texts("/data/degraded") == std::vector<std::string>{"database"},
             boost::test_tools::per_element());
  auto health = get(sut.port(), "/api/v1/health/database");
  BOOST_TEST(health.status == 503);
  BOOST_TEST(json_document{health}.text("/message") == "Database is unhealthy");
  BOOST_TEST(json_document{health}.text("/data/status") == "unhealthy");
  BOOST_TEST(!json_document{health}.truth("/data/details/connected"));
  auto detailed = get(sut.port(), "/api/v1/health/detailed");
  BOOST_TEST(detailed.status == 503);
  BOOST_TEST(json_document{detailed}.text("/message") == "Server is degraded");
  BOOST_TEST(json_document{detailed}.text("/data/services/database") == "unhealthy");

  database.restart();
  BOOST_TEST(eventually(5s, [&] { return ask_for(other).status == 200; }));
  BOOST_TEST(ask_for(third).status == 200);
  BOOST_TEST(!json_document{get(sut.port(), ready_path)}.has("/data/degraded"));
  BOOST_TEST(get(sut.port(), "/api/v1/health/database").status == 200);
}

BOOST_FIXTURE_TEST_CASE(health_notices_a_dead_database_without_being_asked_for_members, fixture) {
  auto degraded = [&] { return json_document{get(sut.port(), ready_path)}.has("/data/degraded"); };
  BOOST_TEST(ask_for(number(0)).status == 200);
  BOOST_TEST(!degraded());
  database.kill_hard();
  BOOST_TEST(eventually(20s, degraded));
  database.restart();
  BOOST_TEST(eventually(20s, [&] { return !degraded(); }));
}

BOOST_FIXTURE_TEST_CASE(with_the_database_frozen_hits_go_on, patient) {
  const auto cached = number(0);
  const auto other = number(1);
  BOOST_TEST(ask_for(cached).status == 200);
  database.freeze();
  raw_connection waiting{sut.port(), {.timeout = 30s}};
  waiting.send(request("GET", member_path + other));
  BOOST_TEST(eventually(10s, [&] { return figures().whole("/data/levels/l1/misses") == 2u; }));
  for (int i = 0; i < 20; ++i) {
    raw_response hit;
    auto took = time_of([&] { hit = ask_for(cached); });
    BOOST_TEST(took.count() < 100);
    BOOST_TEST(came_from(hit) == "HIT L1");
  }
  database.thaw();
  auto answer = waiting.read_response(); // a pause of the database is no failure
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(came_from(answer) == "MISS DB");
}

BOOST_FIXTURE_TEST_CASE(a_stale_copy_answers_where_the_database_is_slow, short_lived) {
  const auto wanted = number(0);
  BOOST_TEST(came_from(ask_for(wanted)) == "MISS DB");
  database.freeze();
  std::vector<std::chrono::milliseconds> took;
  BOOST_TEST(eventually(10s, [&] {
    raw_response answer;
    took.push_back(time_of([&] { answer = ask_for(wanted); }));
    BOOST_TEST(answer.status == 200);
    return header(answer, "X-Cache") == "STALE";
  }));
  // It gave the database its 100 ms, and no more.
  BOOST_TEST(took.back().count() >= 90);
  BOOST_TEST(took.back().count() < 600);
  raw_response again;
  BOOST_TEST((time_of([&] { again = ask_for(wanted); }) < 600ms));
  check_stale(again);
  BOOST_TEST(figures().whole("/data/levels/l1/stale_served") >= 2u);
  database.thaw();
  BOOST_TEST(eventually(5s, [&] {
    auto answer = ask_for(wanted);
    BOOST_TEST(answer.status == 200);
    return header(answer, "X-Cache") != "STALE" && !json_document{answer}.has("/stale");
  }));
}

BOOST_FIXTURE_TEST_CASE(a_stale_copy_answers_where_the_database_is_gone, short_lived) {
  const auto wanted = number(0);
  const auto other = number(1);
  BOOST_TEST(came_from(ask_for(wanted)) == "MISS DB");
  database.kill_hard();
  BOOST_TEST(eventually(10s, [&] {
    auto answer = ask_for(wanted);
    BOOST_TEST(answer.status == 200);
    return header(answer, "X-Cache") == "STALE";
  }));
  for (int i = 0; i < 10; ++i) {
    raw_response answer;
    BOOST_TEST((time_of([&] { answer = ask_for(wanted); }) < 600ms));
    check_stale(answer);
  }
  check_unavailable(ask_for(other));
  database.restart();
  BOOST_TEST(eventually(5s, [&] {
    auto answer = ask_for(wanted);
    BOOST_TEST(answer.status == 200);
    return header(answer, "X-Cache") != "STALE";
  }));
}

BOOST_FIXTURE_TEST_CASE(a_stop_lets_requests_in_flight_run_out, patient) {
  BOOST_TEST(ask_for(number(0)).status == 200);
  std::vector<std::string> wanted{number(1), number(2), number(3)};
  database.freeze();
  std::vector<raw_connection> clients;
  for (const auto& each : wanted) {
    clients.emplace_back(sut.port(), raw_connection::options{.timeout = 30s});
    clients.back().send(request("GET", member_path + each));
  }
  BOOST_TEST(eventually(10s, [&] { return figures().whole("/data/levels/l1/misses") == 4u; }));
  sut.signal(SIGTERM);
  BOOST_TEST(eventually(10s, [&] { return sut.log().find("Stopping") != std::string::npos; }));
  database.thaw();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    auto answer = clients[i].read_response();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(header(answer, "Connection") == "close");
    BOOST_TEST(json_document{answer}.text("/data/id_number") == wanted[i]);
    clients[i].close();
  }
  BOOST_TEST(sut.wait(10s).value_or(-1) == 0);
}

BOOST_FIXTURE_TEST_CASE(a_member_whom_another_program_changed_is_seen_after_clearing, fixture) {
  const auto wanted = number(0);
  const auto id = database.query_value("SELECT member_id FROM members WHERE id_number = '" + wanted + "'");
  BOOST_TEST(ask_for(wanted).status == 200);
  database.execute("UPDATE members SET firstname = 'Ren\xc3\xa9' WHERE member_id = " + id);
  BOOST_TEST(came_from(ask_for(wanted)) == "HIT L1");
  BOOST_TEST(ask(sut.port(), request("DELETE", clear_path + id)).status == 200);
  auto answer = ask_for(wanted);
  BOOST_TEST(came_from(answer) == "MISS DB");
  BOOST_TEST(json_document{answer}.text("/data/first_name") == "Ren\xc3\xa9");
}

BOOST_AUTO_TEST_SUITE_END()
