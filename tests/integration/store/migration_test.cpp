#include "storage/migrations.hpp"

#include "tests/integration/store/fixture.hpp"

#include <array>
#include <future>

namespace tessera::test {

namespace {

/// The predecessor's tables, with its own types, collations and further columns.
constexpr std::array predecessor{
    "CREATE TABLE provinces (province_id INT AUTO_INCREMENT PRIMARY KEY, province_code VARCHAR(10) UNIQUE, "
    "province_name VARCHAR(100)) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
    "CREATE TABLE municipalities (municipality_id INT AUTO_INCREMENT PRIMARY KEY, municipality_code VARCHAR(20) "
    "UNIQUE, "
    "municipality_name VARCHAR(100)) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
    "CREATE TABLE wards (ward_id INT AUTO_INCREMENT PRIMARY KEY, ward_code VARCHAR(20) UNIQUE, ward_number INT) "
    "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
    "CREATE TABLE voting_stations (voting_station_id INT AUTO_INCREMENT PRIMARY KEY, station_name VARCHAR(255)) "
    "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
    "CREATE TABLE members (member_id INT AUTO_INCREMENT PRIMARY KEY, id_number CHAR(13), firstname VARCHAR(100), "
    "surname VARCHAR(100), email VARCHAR(100), cell_number VARCHAR(20), province_code VARCHAR(10), "
    "municipality_code VARCHAR(20), ward_code VARCHAR(20), voting_station_id INT, membership_status VARCHAR(20), "
    "member_created_at TIMESTAMP NULL, branch_note TEXT) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
    "INSERT INTO provinces VALUES (7, 'GP', 'Gauteng')",
    "INSERT INTO municipalities VALUES (3, 'JHB', 'Johannesburg')",
    "INSERT INTO wards VALUES (5, '79800007', 7)",
    "INSERT INTO voting_stations VALUES (9, 'Orlando West')",
    "SET time_zone = '+00:00'",
    "INSERT INTO members VALUES (11, '0001015009087', 'Zoë', 'van der Merwe', NULL, '082', 'GP', 'JHB', '79800007', 9, "
    "'Active', '2020-02-29 10:11:12', 'paid'), (12, '8001015009087', 'Sipho', NULL, '', NULL, NULL, NULL, NULL, NULL, "
    "'Expired', NULL, NULL), (13, NULL, 'No', 'Number', NULL, NULL, 'GP', NULL, NULL, NULL, 'Active', NULL, NULL)"};

std::string change_collation(std::string sql, std::string_view charset) {
  constexpr std::string_view old = "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci";
  if (auto at = sql.find(old); at != std::string::npos)
    sql.replace(at, old.size(), charset);
  return sql;
}

void make_predecessor(mysql_under_test& kind, std::string_view charset) {
  for (const auto* sql : predecessor)
    kind.execute(change_collation(sql, charset));
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_migrations)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_second_migration_has_nothing_to_do, Kind, both_kinds) {
  Kind kind;
  auto store = kind.store();
  auto before = store->check_schema();
  BOOST_REQUIRE(!before.has_value());
  BOOST_TEST(before.error().detail.find("run `tessera migrate --store " + store->describe() + "`")
             != std::string::npos);
  BOOST_TEST(!store->load().has_value());
  auto first = must(store->migrate());
  auto expected = std::is_same_v<Kind, mysql_under_test> ? mysql_migrations().size() : sqlite_migrations().size();
  BOOST_TEST(first.size() == expected);
  BOOST_TEST(first.front() == "0001");
  BOOST_TEST(store->check_schema().has_value());
  BOOST_TEST(must(store->migrate()).empty());
  BOOST_TEST(kind.value("SELECT COUNT(*) FROM schema_migrations") == std::to_string(expected));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_changed_or_unknown_migration_is_refused, Kind, both_kinds) {
  Kind kind;
  auto store = kind.store();
  must(store->migrate());
  kind.execute("UPDATE schema_migrations SET checksum = 'x' WHERE version = '0002'");
  auto changed = store->migrate();
  BOOST_REQUIRE(!changed.has_value());
  BOOST_TEST(changed.error().detail.find("migration 0002 was applied to the store with another text")
             != std::string::npos);
  BOOST_TEST(!store->check_schema().has_value());
  kind.execute("DELETE FROM schema_migrations WHERE version = '0002'");
  kind.execute("UPDATE schema_migrations SET version = '9999' WHERE version = '0003'");
  auto unknown = store->check_schema();
  BOOST_REQUIRE(!unknown.has_value());
  BOOST_TEST(unknown.error().detail.find("9999") != std::string::npos);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(processes_that_migrate_at_once_do_it_once, Kind, both_kinds) {
  Kind kind;
  std::vector<std::future<result<std::vector<std::string>>>> running;
  for (int i = 0; i < 4; ++i)
    running.push_back(std::async(std::launch::async, [store = kind.store()] { return store->migrate(); }));
  std::size_t applied = 0;
  for (auto& one : running)
    applied += must(one.get()).size();
  auto expected = std::is_same_v<Kind, mysql_under_test> ? mysql_migrations().size() : sqlite_migrations().size();
  BOOST_TEST(applied == expected);
  BOOST_TEST(kind.store()->check_schema().has_value());
}

/// Each step of MySQL's may have been interrupted after any of its statements: it begins anew then.
BOOST_AUTO_TEST_CASE(every_mysql_step_can_be_repeated) {
  mysql_under_test kind;
  kind.fill(std::array{some_member(1, "8001015009087")});
  for (const auto& step : mysql_migrations()) {
    kind.execute("DELETE FROM schema_migrations WHERE version = '" + std::string{step.version} + "'");
    BOOST_TEST(must(kind.store()->migrate()).size() == 1);
  }
  BOOST_TEST(kind.value("SELECT COUNT(*) FROM members") == "1");
  BOOST_TEST(kind.summary_differences() == "0");
}

BOOST_AUTO_TEST_CASE(the_predecessors_database_stays_as_it_is_and_works) {
  for (std::string_view charset : {"CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", "CHARACTER SET utf8mb3",
                                   "CHARACTER SET latin1", "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"}) {
    BOOST_TEST_CONTEXT(charset) {
      mysql_under_test kind;
      make_predecessor(kind, charset);
      const std::string checksum =
          "SELECT MD5(GROUP_CONCAT(CONCAT_WS('|', member_id, id_number, firstname, surname, "
          "email, cell_number, province_code, ward_code, voting_station_id, "
          "membership_status, member_created_at, branch_note) ORDER BY member_id)) FROM members";
      const std::string columns = "SELECT GROUP_CONCAT(CONCAT(table_name, column_name, column_type, "
                                  "COALESCE(collation_name, '')) ORDER BY table_name, ordinal_position) FROM "
                                  "information_schema.columns WHERE table_schema = DATABASE() AND table_name IN "
                                  "('members', 'provinces', 'municipalities', 'wards', 'voting_stations')";
      auto rows_before = kind.value(checksum);
      auto columns_before = kind.value(columns);
      must(kind.store()->migrate());
      BOOST_TEST(kind.value(checksum) == rows_before);
      BOOST_TEST(kind.value(columns) == columns_before);
      BOOST_TEST(kind.summary_differences() == "0");

      auto connection = must(kind.store()->connect());
      const std::array keys{number_of("0001015009087"), number_of("8001015009087")};
      auto found = must(connection->find(std::span<const id_number>{keys}));
      BOOST_REQUIRE_EQUAL(found.size(), 1);
      BOOST_TEST(found.front().id.value == 11);
      BOOST_TEST(found.front().first_name == "Zoë");
      BOOST_TEST(found.front().last_name == "van der Merwe");
      BOOST_TEST(found.front().ward_number == "7");
      BOOST_TEST(found.front().voting_station_name == "Orlando West");
      BOOST_TEST(iso8601(found.front().joined) == "2020-02-29T10:11:12.000Z");
      BOOST_TEST(kind.value("CALL sp_get_member_by_id_number_optimized('0001015009087')") == "11");
      BOOST_TEST((must(connection->id_number_of(member_id{13})) == std::nullopt));

      kind.execute("UPDATE wards SET ward_number = 8 WHERE ward_code = '79800007'");
      kind.execute("UPDATE members SET email = 'z@example.org', branch_note = NULL WHERE member_id = 11");
      kind.execute("INSERT INTO municipalities VALUES (4, 'CPT', 'Cape Town')");
      BOOST_TEST(kind.value("SELECT ward_number FROM member_cache_summary WHERE member_id = 11") == "8");
      BOOST_TEST(kind.summary_differences() == "0");
    }
  }
}

BOOST_AUTO_TEST_CASE(an_id_number_held_twice_gives_the_newest_active_member) {
  mysql_under_test kind;
  make_predecessor(kind, "CHARACTER SET utf8mb4");
  kind.execute("INSERT INTO members (member_id, id_number, firstname, membership_status) VALUES "
               "(20, '0001015009087', 'Twin', 'Active'), (21, '0001015009087', 'Ghost', 'Expired')");
  must(kind.store()->migrate());
  auto connection = must(kind.store()->connect());
  const std::array keys{number_of("0001015009087")};
  auto found = must(connection->find(std::span<const id_number>{keys}));
  BOOST_REQUIRE_EQUAL(found.size(), 1);
  BOOST_TEST(found.front().id.value == 20);
  BOOST_TEST(kind.value("CALL sp_get_member_by_id_number_optimized('0001015009087')") == "20");
}

BOOST_AUTO_TEST_CASE(a_table_of_another_shape_is_named_and_left_alone) {
  mysql_under_test kind;
  make_predecessor(kind, "CHARACTER SET utf8mb4");
  kind.execute("CREATE TABLE member_cache_summary (member_id INT PRIMARY KEY, full_name TEXT)");
  auto refused = kind.store()->migrate();
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().detail.find("member_cache_summary") != std::string::npos);
  BOOST_TEST(kind.value("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()") == "6");
  kind.execute("RENAME TABLE member_cache_summary TO old_summary");
  BOOST_TEST(must(kind.store()->migrate()).size() == mysql_migrations().size());
}

BOOST_AUTO_TEST_CASE(statements_end_at_the_separator_alone) {
  const migration step{"0001", "test", "CREATE a; b;\n-- ;;\n\n  \n-- ;;\n-- remark -- ;;\nSELECT ';\n'\n-- ;;"};
  auto statements = statements_of(step);
  BOOST_REQUIRE_EQUAL(statements.size(), 2);
  BOOST_TEST(statements[0] == "CREATE a; b;\n");
  BOOST_TEST(statements[1] == "-- remark -- ;;\nSELECT ';\n'\n");
  BOOST_TEST(checksum_of(step).size() == 32);
  BOOST_TEST(checksum_of(step) != checksum_of({"0001", "test", "SELECT 1"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tessera::test
