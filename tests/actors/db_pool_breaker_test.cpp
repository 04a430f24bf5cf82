#include "actors/db_pool.hpp"

#include "storage/sqlite_session.hpp"
#include "tests/actors/pool_fixture.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>
#include <utility>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;
using tessera::test::eventually;

namespace {

constexpr std::uint64_t closed = 0;
constexpr std::uint64_t open = 2;

control_client_actor::behavior_type collecting_control(control_client_actor::pointer, inbox<breaker_forced>* done) {
  return {
      [done](const breaker_forced& x) { done->put(x); },
      [](const keys_reread&) {},
  };
}

/// A pool that cuts statements off early.
struct fixture : pool_fixture {
  explicit fixture(const pool_plan_settings& plan = {}, std::chrono::milliseconds statement_timeout = 500ms,
                   std::shared_ptr<member_store> other_store = nullptr)
      : pool_fixture(plan, 1h, statement_timeout, std::move(other_store)) {
  }

  bool becomes(std::uint64_t state) const {
    return eventually(20s, [&] { return read(metrics.breaker_state) == state; });
  }

  /// Asks for a key that is answered, so that an idle connection is left.
  void connect() {
    ask(keys(1, 1));
    BOOST_REQUIRE(answers.wait_for(1));
    BOOST_REQUIRE(eventually(20s, [&] { return read(metrics.busy) == 0; }));
    answers.clear();
  }

  /// Opens the breaker by a statement with ten keys that loses its connection.
  void trip() {
    store->change([](auto& x) { x.lose_connection = 1; });
    ask(keys(900'000, 10));
    BOOST_REQUIRE(answers.wait_for(10));
    BOOST_REQUIRE(eventually(20s, [&] { return read(metrics.breaker_opened) == 1; }));
    answers.clear();
  }
};

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(tessera::error_code)

BOOST_AUTO_TEST_SUITE(db_pool_breaker_test)

BOOST_AUTO_TEST_CASE(a_statement_that_hangs_is_cut_off_and_its_keys_are_asked_again_alone) {
  fixture f{{.connection_limit = 1}, 1s};
  f.connect();
  f.store->change([](auto& x) { x.held = {12}; });
  f.ask(f.keys(10, 5));
  BOOST_REQUIRE(f.answers.wait_for(5));
  for (auto& [key, error] : f.outcome())
    BOOST_TEST(error == (key == 12 ? error_code::database_unavailable : error_code::none));
  BOOST_TEST(eventually(20s, [&] { return f.store->seen().connections_now == 1; }));
  auto seen = f.store->seen();
  BOOST_TEST(seen.interrupts == 2u);
  BOOST_TEST(seen.used_after_failure == 0u);
  BOOST_TEST(seen.connections_opened == 3u);
  BOOST_TEST(read(f.metrics.statement_timeouts) == 2u);
  BOOST_TEST(read(f.metrics.breaker_state) == closed);
  BOOST_TEST(read(f.metrics.restarts) == 0u);
}

BOOST_AUTO_TEST_CASE(pages_may_take_longer) {
  fixture f{{}, 20ms};
  f.store->change([](auto& x) { x.hold_statements = true; });
  caf::anon_send(f.pool, load_page{f.maintenance, 5, member_id{1'000}, 3});
  BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().statements.size() == 1; }));
  f.ask(f.keys(1, 1));
  BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.statement_timeouts) == 1; })); // of what began later
  BOOST_TEST(f.pages.size() == 0u);
  f.store->change([](auto& x) { x.hold_statements = false; });
  BOOST_REQUIRE(f.pages.wait_for(1));
  BOOST_TEST(f.pages.all().at(0).error == error_code::none);
}

BOOST_AUTO_TEST_CASE(a_statement_that_ends_as_it_is_cut_off_is_answered_once) {
  fixture f{{.connection_limit = 2, .breaker = {.failures = 0}}, 2ms};
  constexpr std::uint64_t rounds = 200;
  for (std::uint64_t i = 1; i <= rounds; ++i) {
    f.store->change([&](auto& x) { x.held = {i}; });
    f.ask(f.keys(i, 1));
    eventually(2ms, [&] { return f.answers.size() == i; }); // about when it is cut
    f.release();
    BOOST_REQUIRE(f.answers.wait_for(i));
  }
  f.ask(f.keys(rounds + 1, 1)); // whatever was sent before comes before this one's answer
  BOOST_REQUIRE(f.answers.wait_for(rounds + 1));
  BOOST_TEST(f.outcome().size() == rounds + 1);
}

BOOST_AUTO_TEST_CASE(a_group_that_hangs_opens_the_breaker_and_all_is_refused) {
  fixture f{{.connection_limit = 1}};
  f.connect();
  f.store->change([](auto& x) { x.hold_statements = true; });
  f.ask(f.keys(100, 20));
  f.ask(f.keys(200, 5)); // these wait
  BOOST_REQUIRE(f.answers.wait_for(25));
  BOOST_REQUIRE(f.becomes(open));
  for (auto& x : f.answers.all()) {
    BOOST_TEST(x.error == error_code::database_unavailable);
    BOOST_TEST(x.retry_after_s >= 57u);
    BOOST_TEST(x.retry_after_s <= 63u);
  }
  BOOST_TEST(read(f.metrics.breaker_opened) == 1u);
  BOOST_TEST(read(f.metrics.available) == 0u);
  BOOST_TEST(read(f.metrics.retries) == 0u);
  auto changes = f.metrics.changes.get();
  BOOST_REQUIRE((changes && changes->size() == 1u));
  BOOST_TEST((changes->front().to == circuit_breaker::state::open));
  BOOST_TEST((changes->front().why == circuit_breaker::reason::failures_in_a_row));
  f.ask(f.keys(300, 100));
  BOOST_REQUIRE(f.answers.wait_for(125));
  BOOST_TEST(f.outcome().at(350) == error_code::database_unavailable);
  auto seen = f.store->seen();
  BOOST_TEST(seen.statements.size() == 2u);
  BOOST_TEST(seen.connect_attempts == 1u);
}

BOOST_AUTO_TEST_CASE(probes_close_it_once_the_database_works_again) {
  fixture f{{.breaker = {.recovery = 50ms}}};
  f.store->change([](auto& x) { x.fail_pings = true; });
  f.trip();
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.probes) >= 3; })); // they read, and fail
  BOOST_TEST(read(f.metrics.available) == 0u);
  BOOST_TEST(f.store->seen().pings >= 2u);
  f.store->change([](auto& x) { x.fail_pings = false; });
  BOOST_REQUIRE(f.becomes(closed));
  BOOST_TEST(read(f.metrics.breaker_opened) == 1u);
  f.ask(f.keys(5, 1));
  BOOST_REQUIRE(f.answers.wait_for(1));
  BOOST_TEST(f.outcome().at(5) == error_code::none);
}

BOOST_AUTO_TEST_CASE(probes_that_hang_or_cannot_connect_keep_it_open) {
  fixture f{{.breaker = {.recovery = 50ms}}, 200ms};
  f.store->change([](auto& x) { x.hold_statements = true; });
  f.ask(f.keys(900'000, 10));
  BOOST_REQUIRE(f.answers.wait_for(10));
  BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.statement_timeouts) >= 3; }));
  f.store->change([](auto& x) { x.refuse_connects = true; });
  auto attempts = f.store->seen().connect_attempts;
  BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().connect_attempts >= attempts + 2; }));
  BOOST_TEST(read(f.metrics.available) == 0u);
  f.store->change([](auto& x) { x = {}; });
  BOOST_REQUIRE(f.becomes(closed));
  f.ask(f.keys(5, 1));
  BOOST_REQUIRE(f.answers.wait_for(11));
  BOOST_TEST(f.outcome().at(5) == error_code::none);
}

BOOST_AUTO_TEST_CASE(results_of_an_older_epoch_do_not_close_it) {
  fixture f{{}, 0ms};
  f.occupy(500'000);
  f.trip();
  f.release();
  BOOST_REQUIRE(f.answers.wait_for(1));
  BOOST_TEST(f.outcome().at(500'000) == error_code::none); // who waited for it has his answer
  f.ask(f.keys(5, 1));
  BOOST_REQUIRE(f.answers.wait_for(2));
  BOOST_TEST(f.outcome().at(5) == error_code::database_unavailable);
  BOOST_TEST(read(f.metrics.breaker_state) == open);
}

BOOST_AUTO_TEST_CASE(members_that_do_not_exist_are_no_failures) {
  fixture f{{}, 0ms};
  for (std::uint64_t i = 0; i < 5; ++i)
    f.ask(f.keys(2'000'000 + 10 * i, 10));
  BOOST_REQUIRE(f.answers.wait_for(50));
  for (auto& [key, error] : f.outcome())
    BOOST_TEST(error == error_code::not_found);
  BOOST_TEST(read(f.metrics.breaker_opened) == 0u);
}

BOOST_AUTO_TEST_CASE(a_row_that_cannot_be_read_does_not_open_it) {
  fixture f{{}, 0ms};
  f.store->change([](auto& x) { x.poison = {12}; });
  for (std::size_t i = 1; i <= 20; ++i) {
    f.ask(f.keys(12, 1));
    BOOST_REQUIRE(f.answers.wait_for(i));
  }
  BOOST_TEST(read(f.metrics.breaker_opened) == 0u);
}

BOOST_AUTO_TEST_CASE(each_change_is_logged_once_with_its_reason) {
  std::ostringstream text;
  auto before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text)));
  {
    fixture f{{.breaker = {.recovery = 300ms}}};
    f.trip();
    f.ask(f.keys(5, 5));
    BOOST_REQUIRE(f.becomes(closed));
  }
  spdlog::set_default_logger(before);
  auto count = [&](const std::string& part) {
    auto all = text.str();
    std::size_t found = 0;
    for (auto at = all.find(part); at != all.npos; at = all.find(part, at + 1))
      ++found;
    return found;
  };
  BOOST_TEST(count("circuit breaker open: too many failures in a row; the database is left alone for ") == 1u);
  BOOST_TEST(count("circuit breaker half-open") == 1u);
  BOOST_TEST(count("circuit breaker closed") == 1u);
}

BOOST_AUTO_TEST_CASE(a_hung_statement_of_sqlite_is_cut_off_too) {
  test::temp_dir dir;
  auto file = dir / "members.db";
  auto store = make_member_store(sqlite_address{file}, {});
  BOOST_REQUIRE(store->migrate().has_value());
  {
    auto session = sqlite_session::open(file, sqlite_session::mode::existing, 1s);
    BOOST_REQUIRE(session.has_value());
    // Whoever looks for a member there looks for ever.
    BOOST_REQUIRE((*session)->execute("DROP VIEW vw_member_details_optimized").has_value());
    BOOST_REQUIRE(
        (*session)
            ->execute("CREATE VIEW vw_member_details_optimized AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
                      "SELECT i + 1 FROM n) SELECT i AS member_id, i || '?' AS id_number, '' AS firstname, '' AS "
                      "surname, '' AS email, '' AS cell_number, '' AS province_name, '' AS municipality_name, '' AS "
                      "ward_number, '' AS voting_station_name, '' AS member_created_at, 'Active' AS membership_status "
                      "FROM n")
            .has_value());
  }
  fixture f{{.connection_limit = 2}, 100ms, store};
  auto before = thread_count();
  f.ask(f.keys(7, 1));
  BOOST_REQUIRE(f.answers.wait_for(1));
  BOOST_TEST(f.outcome().at(7) == error_code::database_unavailable);
  BOOST_TEST(read(f.metrics.statement_timeouts) == 2u);
  BOOST_TEST(eventually(20s, [&] { return thread_count() == before; })); // no thread is left that looks
}

BOOST_AUTO_TEST_CASE(ordered_open_it_refuses_with_the_time_left_and_closes_by_itself_afterwards) {
  fixture f;
  f.connect();
  inbox<breaker_forced> done;
  auto client = f.system.spawn(collecting_control, &done);
  caf::anon_send(f.pool, force_breaker{client, breaker_order::open, 1'000});
  BOOST_REQUIRE(done.wait_for(1));
  BOOST_TEST((done.all()[0] == breaker_forced{breaker_order::open}));
  BOOST_TEST(read(f.metrics.breaker_state) == open);
  BOOST_TEST(read(f.metrics.breaker_forced_ms) != 0u);
  f.ask(f.keys(3, 1));
  BOOST_REQUIRE(f.answers.wait_for(1));
  auto refused = f.answers.all()[0];
  BOOST_TEST(refused.error == error_code::database_unavailable);
  BOOST_TEST(refused.retry_after_s == 1u);
  BOOST_REQUIRE(f.becomes(closed));
  BOOST_TEST(read(f.metrics.breaker_forced_ms) == 0u);
  BOOST_TEST(read(f.metrics.probes) == 3u);
}

BOOST_AUTO_TEST_CASE(ordered_closed_it_does_not_open_until_it_is_let_go) {
  fixture f;
  f.connect();
  inbox<breaker_forced> done;
  auto client = f.system.spawn(collecting_control, &done);
  caf::anon_send(f.pool, force_breaker{client, breaker_order::closed, 3'600'000});
  BOOST_REQUIRE(done.wait_for(1));
  f.store->change([](auto& x) { x.lose_connection = 1; });
  f.ask(f.keys(900'000, 10));
  BOOST_REQUIRE(f.answers.wait_for(10));
  f.answers.clear();
  BOOST_TEST(read(f.metrics.breaker_state) == closed);
  BOOST_TEST(read(f.metrics.breaker_opened) == 0u);
  caf::anon_send(f.pool, force_breaker{client, breaker_order::automatic, 0});
  BOOST_REQUIRE(done.wait_for(2));
  f.trip();
}

BOOST_AUTO_TEST_SUITE_END()
