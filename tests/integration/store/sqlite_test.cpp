#include "storage/sqlite_session.hpp"

#include "storage/member_query.hpp"
#include "storage/sqlite_statement.hpp"
#include "tests/integration/store/fixture.hpp"
#include "tests/support/eventually.hpp"

#include <array>
#include <atomic>
#include <filesystem>
#include <thread>

namespace tessera::test {

namespace {

using namespace std::chrono_literals;
using mode = sqlite_session::mode;

} // namespace

BOOST_AUTO_TEST_SUITE(sqlite_adapter)

BOOST_AUTO_TEST_CASE(the_file_is_made_by_a_migration_only_and_for_nobody_else_to_read) {
  sqlite_under_test kind;
  BOOST_TEST(!kind.store()->connect().has_value());
  BOOST_TEST(!std::filesystem::exists(kind.file()));
  must(kind.store()->migrate());
  auto connection = must(kind.store()->connect());
  for (const auto& entry : std::filesystem::directory_iterator(kind.file().parent_path()))
    BOOST_TEST(static_cast<int>(entry.status().permissions()) == 0600);
  BOOST_TEST(kind.value("PRAGMA journal_mode") == "wal");
  BOOST_TEST(kind.value("PRAGMA foreign_keys") == "1");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_refused) {
  temp_dir dir;
  must(sqlite_session::open(dir / "a", mode::create, 1s));
  std::filesystem::resize_file(dir / "a", 0);
  { std::filesystem::resize_file(dir / "a", 8'192); }
  BOOST_TEST(!make_member_store(sqlite_address{dir / "a"}, {})->migrate().has_value());
}

BOOST_AUTO_TEST_CASE(groups_of_keys_use_their_index) {
  sqlite_under_test kind;
  kind.fill({});
  auto session = must(sqlite_session::open(kind.file(), mode::existing, 1s));
  for (const auto& sql :
       {find_statement("id_number", 64), find_statement("member_id", 64), std::string{newest_statement}}) {
    BOOST_TEST_CONTEXT(sql) {
      auto statement = must(sqlite_statement::prepare(*session, "EXPLAIN QUERY PLAN " + sql));
      auto steps = must(statement.fetch_texts());
      BOOST_TEST(steps.size() >= 5);
      for (const auto& step : steps)
        BOOST_TEST(!step.back().starts_with("SCAN"), step.back());
    }
  }
}

BOOST_AUTO_TEST_CASE(readers_do_not_wait_for_a_writer_and_an_interrupt_frees_a_waiting_one) {
  sqlite_under_test kind;
  kind.fill(std::array{some_member(1, "8001015009087")});
  auto writer = must(sqlite_session::open(kind.file(), mode::existing, 1s));
  must(writer->execute("BEGIN IMMEDIATE"));

  database_settings patient;
  patient.write_timeout = 60s;
  auto connection = must(make_member_store(sqlite_address{kind.file()}, patient)->connect());
  const std::array keys{number_of("8001015009087")};
  BOOST_TEST(must(connection->find(std::span<const id_number>{keys})).size() == 1);

  std::atomic<bool> done{false};
  status outcome = ok();
  std::thread waiting{[&] {
    const std::array entries{audit_entry{"a", "b", "c", "d", {}}};
    outcome = connection->append(entries);
    done = true;
  }};
  BOOST_TEST(!eventually(200ms, [&] { return done.load(); }));
  connection->interrupt();
  BOOST_TEST(eventually(5s, [&] { return done.load(); }));
  waiting.join();
  BOOST_REQUIRE(!outcome.has_value());
  BOOST_TEST(static_cast<int>(outcome.error().code) == static_cast<int>(error_code::database_unavailable));
  must(writer->execute("COMMIT"));
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_a_long_statement) {
  sqlite_under_test kind;
  kind.fill({});
  auto session = must(sqlite_session::open(kind.file(), mode::existing, 1s));
  std::atomic<bool> done{false};
  status outcome = ok();
  std::thread working{[&] {
    outcome = session->execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT SUM(i) FROM n");
    done = true;
  }};
  BOOST_TEST(!eventually(100ms, [&] { return done.load(); }));
  session->interrupt();
  BOOST_TEST(eventually(5s, [&] { return done.load(); }));
  working.join();
  BOOST_TEST(!outcome.has_value());
}

BOOST_AUTO_TEST_CASE(threads_write_side_by_side_without_losing_entries) {
  sqlite_under_test kind;
  kind.fill({});
  std::atomic<int> failures{0};
  std::vector<std::thread> writers;
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([&] {
      auto connection = kind.store()->connect();
      const std::array entries{audit_entry{"a", "1", "r", "local", {}}, audit_entry{"a", "2", "r", "local", {}}};
      for (int i = 0; i < 25; ++i)
        if (!connection || !(*connection)->append(entries))
          ++failures;
    });
  }
  for (auto& writer : writers)
    writer.join();
  BOOST_TEST(failures == 0);
  BOOST_TEST(kind.value("SELECT COUNT(*) FROM audit_log") == "200");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tessera::test
