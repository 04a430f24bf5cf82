#include "storage/change_feed.hpp"

#include "tests/integration/store/fixture.hpp"

#include <algorithm>
#include <array>

/// What triggers write into the change feed when others change the tables, and what a connection reads of it.
namespace tessera::test {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view first = "8001015009087";
constexpr std::string_view second = "0001015009087";
constexpr std::string_view third = "7001015009088";

/// "1 8001015009087 -" for a member who is gone, "everything" where no member is named.
std::string text_of(const member_change& change) {
  if (change.member.value == 0)
    return "everything";
  auto number = [](const std::optional<id_number>& x) { return x ? x->str() : "-"; };
  return std::to_string(change.member.value) + ' ' + number(change.old_number) + ' ' + number(change.new_number);
}

/// A reader that has read all there was when it was made.
class reader {
public:
  explicit reader(store_under_test& kind) : connection_(must(kind.store()->connect())) {
    next();
  }

  store_connection& connection() {
    return *connection_;
  }

  std::vector<member_change> rows(std::span<const change_gap> gaps = {}) {
    auto page = must(connection_->read_changes(next_, gaps, 100));
    if (!page)
      return {};
    if (!page->rows.empty())
      next_ = std::max(next_, page->rows.back().number + 1);
    return page->rows;
  }

  /// Returns what came since the last call, one after the other with "; " between.
  std::string next(std::span<const change_gap> gaps = {}) {
    std::string all;
    for (const auto& change : rows(gaps))
      all.append(all.empty() ? "" : "; ").append(text_of(change));
    return all;
  }

  std::uint64_t newest() const {
    return next_ - 1;
  }

private:
  std::unique_ptr<store_connection> connection_;
  std::uint64_t next_ = 1;
};

template <class Kind>
void fill(Kind& kind) {
  kind.fill(std::array{some_member(1, first), some_member(2, second)});
}

struct step {
  const char* sql;
  std::string_view rows;
};

/// In this order.
constexpr std::array steps{
    step{"INSERT INTO members (member_id, id_number, firstname, surname) VALUES (9, '9001015009086', 'Lerato', NULL)",
         "9 - 9001015009086"},
    step{"UPDATE members SET email = NULL WHERE member_id = 1", "1 8001015009087 8001015009087"},
    step{"UPDATE members SET email = NULL WHERE member_id = 1", ""},
    step{"UPDATE members SET email = 'again@example.org' WHERE member_id = 1", "1 8001015009087 8001015009087"},
    step{"UPDATE members SET email = 'AGAIN@example.org' WHERE member_id = 1", "1 8001015009087 8001015009087"},
    step{"UPDATE members SET email = 'AGAIN@example.org' WHERE member_id = 1", ""},
    step{"UPDATE members SET cell_number = '1' WHERE member_id = 1", "1 8001015009087 8001015009087"},
    step{"UPDATE members SET firstname = 'A' WHERE member_id = 1", "1 8001015009087 8001015009087"},
    step{"UPDATE members SET surname = 'A' WHERE member_id = 1", "1 8001015009087 8001015009087"},
    step{"UPDATE members SET surname = 'A ' WHERE member_id = 1", "1 8001015009087 8001015009087"},
    step{"UPDATE members SET province_code = 'X' WHERE member_id = 1", "1 8001015009087 8001015009087"},
    step{"UPDATE members SET municipality_code = 'X' WHERE member_id = 1", "1 8001015009087 8001015009087"},
    step{"UPDATE members SET ward_code = 'X' WHERE member_id = 1", "1 8001015009087 8001015009087"},
    step{"UPDATE members SET voting_station_id = NULL WHERE member_id = 1", "1 8001015009087 8001015009087"},
    step{"UPDATE members SET member_created_at = '2001-01-01 00:00:00.500' WHERE member_id = 1",
         "1 8001015009087 8001015009087"},
    step{"UPDATE members SET membership_status = 'Lapsed' WHERE member_id = 2", "2 0001015009087 0001015009087"},
    step{"UPDATE members SET id_number = '7001015009088' WHERE member_id = 2", "2 0001015009087 7001015009088"},
    step{"UPDATE members SET member_id = 10 WHERE member_id = 9", "10 9001015009086 9001015009086; 9 9001015009086 -"},
    step{"UPDATE members SET firstname = 'B' WHERE member_id IN (1, 2)",
         "1 8001015009087 8001015009087; 2 7001015009088 7001015009088"},
    step{"DELETE FROM members WHERE member_id = 10", "10 9001015009086 -"},
    step{"INSERT INTO provinces (province_code, province_name) VALUES ('WC', 'Western Cape')", "everything"},
    step{"UPDATE provinces SET province_name = 'WESTERN CAPE' WHERE province_code = 'WC'", "everything"},
    step{"UPDATE provinces SET province_name = 'WESTERN CAPE' WHERE province_code = 'WC'", ""},
    step{"UPDATE provinces SET province_code = 'WX' WHERE province_code = 'WC'", "everything"},
    step{"DELETE FROM provinces WHERE province_code = 'WX'", "everything"},
    step{"INSERT INTO municipalities (municipality_code, municipality_name, province_code) VALUES ('CPT', 'Cape', 'W')",
         "everything"},
    step{"UPDATE municipalities SET municipality_name = 'Town' WHERE municipality_code = 'CPT'", "everything"},
    step{"UPDATE municipalities SET province_code = 'WC' WHERE municipality_code = 'CPT'", ""},
    step{"DELETE FROM municipalities WHERE municipality_code = 'CPT'", "everything"},
    step{"INSERT INTO wards (ward_code, ward_number, municipality_code) VALUES ('19100054', '54', 'CPT')",
         "everything"},
    step{"UPDATE wards SET ward_number = '055' WHERE ward_code = '19100054'", "everything"},
    step{"UPDATE wards SET municipality_code = 'X' WHERE ward_code = '19100054'", ""},
    step{"DELETE FROM wards WHERE ward_code = '19100054'", "everything"},
    step{"INSERT INTO voting_stations (voting_station_id, station_name, ward_code) VALUES (300, 'Bay', '19100054')",
         "everything"},
    step{"UPDATE voting_stations SET station_name = 'BAY' WHERE voting_station_id = 300", "everything"},
    step{"DELETE FROM voting_stations WHERE voting_station_id = 300", "everything"},
};

/// A second client of the database.
std::unique_ptr<mysql_session> client_of(const mysql_under_test& kind) {
  return must(mysql_session::open(kind.address(), {}));
}

void run(mysql_session& session, std::string_view sql) {
  if (auto done = session.execute(sql); !done)
    throw std::runtime_error{done.error().detail + ": " + session.server_words()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_changes)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_change_of_what_we_show_is_told_and_no_other, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  reader feed{kind};
  for (const auto& [sql, rows] : steps) {
    BOOST_TEST_CONTEXT(sql) {
      kind.execute(sql);
      BOOST_TEST(feed.next() == rows);
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_bulk_load_tells_that_everything_changed_and_no_more, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  reader feed{kind};
  {
    auto loader = must(kind.store()->load());
    must(loader->add(std::array{some_member(2, second), some_member(3, third)}));
    must(loader->finish());
  }
  BOOST_TEST(feed.next() == "everything");
  kind.execute("UPDATE members SET firstname = 'A' WHERE member_id = 3");
  BOOST_TEST(feed.next() == "3 7001015009088 7001015009088");
  {
    auto loader = must(kind.store()->load());
    must(loader->add(std::array{some_member(4, "9001015009086")}));
  } // breaks off before its first commit
  BOOST_TEST(feed.next() == "");
  BOOST_TEST(kind.value("SELECT COUNT(*) FROM members WHERE member_id = 4") == "0");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(changes_are_read_in_order_in_pieces_with_the_stores_time, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  reader feed{kind};
  for (const auto* name : {"A", "B", "C"})
    kind.execute("UPDATE members SET firstname = '" + std::string{name} + "' WHERE member_id = 1");
  auto from = feed.newest() + 1;
  auto page = must(feed.connection().read_changes(from, {}, 2));
  BOOST_REQUIRE(page.has_value());
  BOOST_REQUIRE_EQUAL(page->rows.size(), 2u);
  BOOST_TEST(page->rows[0].number == from);
  BOOST_TEST(page->rows[1].number == from + 1);
  BOOST_TEST((page->rows[0].at <= page->now));
  BOOST_TEST((page->now - page->rows[0].at < 1min));
  const std::array gaps{change_gap{from, from}};
  page = must(feed.connection().read_changes(from + 2, gaps, 10));
  BOOST_REQUIRE(page.has_value());
  BOOST_REQUIRE_EQUAL(page->rows.size(), 2u);
  BOOST_TEST(page->rows[0].number == from);
  BOOST_TEST(page->rows[1].number == from + 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_reader_who_came_furthest_says_where_to_begin, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  auto connection = must(kind.store()->connect());
  auto start = must(connection->find_change_start("one"));
  BOOST_TEST(!start.position.has_value());
  BOOST_TEST(start.purged == 0u);
  BOOST_TEST(start.newest > 0u);
  must(connection->save_change_position("one", 7, false));
  must(connection->save_change_position("one", 5, false));
  must(connection->save_change_position("two", 3, false));
  BOOST_TEST((must(connection->find_change_start("one")).position == 7u));
  BOOST_TEST((must(connection->find_change_start("two")).position == 3u));
  must(connection->save_change_position("one", 5, true));
  BOOST_TEST((must(connection->find_change_start("one")).position == 5u));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(old_changes_are_deleted_and_readers_are_told, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  reader feed{kind};
  auto before = feed.newest();
  for (int i = 0; i < 4; ++i)
    kind.execute("UPDATE members SET firstname = '" + std::to_string(i) + "' WHERE member_id = 1");
  auto& connection = feed.connection();
  BOOST_TEST(!must(connection.purge_changes(before + 4, 1h)));
  BOOST_TEST(must(connection.find_change_start("x")).purged == 0u);
  kind.execute("UPDATE member_changes SET changed_at = '2020-01-01 00:00:00' WHERE change_id <> "
               + std::to_string(before + 4));
  BOOST_TEST(!must(connection.purge_changes(before + 2, 1h)));
  auto start = must(connection.find_change_start("x"));
  BOOST_TEST(start.purged == before + 1);
  BOOST_TEST(start.newest == before + 4);
  BOOST_TEST(kind.value("SELECT MIN(change_id) FROM member_changes") == std::to_string(before + 2));
  BOOST_TEST(!must(connection.purge_changes(before + 4, 1h)));
  BOOST_TEST(kind.value("SELECT COUNT(*) FROM member_changes") == "1");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_was_deleted_is_never_numbered_again, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  reader feed{kind};
  kind.execute("UPDATE members SET firstname = 'A' WHERE member_id = 1");
  feed.next();
  auto before = feed.newest();
  kind.execute("DELETE FROM member_changes");
  kind.execute("UPDATE members SET firstname = 'B' WHERE member_id = 1");
  BOOST_TEST(feed.next() == "1 8001015009087 8001015009087");
  BOOST_TEST(feed.newest() == before + 1);
}

BOOST_AUTO_TEST_CASE(a_missing_number_is_held_until_its_transaction_ends) {
  mysql_under_test kind;
  fill(kind);
  reader feed{kind};
  auto before = feed.newest();
  auto late = client_of(kind);
  auto undone = client_of(kind);
  run(*late, "START TRANSACTION");
  run(*late, "UPDATE members SET firstname = 'Late' WHERE member_id = 1");
  run(*undone, "START TRANSACTION");
  run(*undone, "INSERT INTO members (member_id, id_number, firstname) VALUES (5, '7001015009088', 'Nobody')");
  kind.execute("UPDATE members SET firstname = 'Now' WHERE member_id = 2");
  BOOST_TEST(feed.next() == "2 0001015009087 0001015009087");
  BOOST_TEST(feed.newest() == before + 3);
  const change_gap lates{before + 1, before + 1};
  const change_gap undones{before + 2, before + 2};
  auto& connection = feed.connection();
  BOOST_TEST(must(connection.holds_change(lates)));
  BOOST_TEST(must(connection.holds_change(undones)));
  BOOST_TEST(must(connection.holds_change({before + 1, before + 2})));
  run(*undone, "ROLLBACK");
  BOOST_TEST(!must(connection.holds_change(undones)));
  BOOST_TEST(must(connection.holds_change({before + 1, before + 2})));
  BOOST_TEST(feed.next(std::array{lates, undones}) == "");
  run(*late, "COMMIT");
  BOOST_TEST(!must(connection.holds_change({before + 1, before + 2})));
  BOOST_TEST(feed.next(std::array{lates, undones}) == "1 8001015009087 8001015009087");
}

/// Whoever asks does not hinder those who write.
BOOST_AUTO_TEST_CASE(asking_who_holds_a_number_leaves_no_lock) {
  mysql_under_test kind;
  fill(kind);
  reader feed{kind};
  kind.execute("UPDATE members SET firstname = 'A' WHERE member_id = 1");
  feed.next();
  BOOST_TEST(!must(feed.connection().holds_change({1, feed.newest() + 10})));
  auto other = client_of(kind);
  run(*other, "SET innodb_lock_wait_timeout = 1");
  run(*other, "UPDATE members SET firstname = 'B' WHERE member_id = 1");
  run(*other, "DELETE FROM member_changes");
}

/// The predecessor asks the server for the id of the row that it inserted, and how many rows it changed.
BOOST_AUTO_TEST_CASE(whoever_writes_to_the_tables_does_not_notice) {
  mysql_under_test kind;
  fill(kind);
  auto other = client_of(kind);
  run(*other, "INSERT INTO members (id_number, firstname) VALUES ('7001015009088', 'New')");
  BOOST_TEST(must(other->query_row("SELECT LAST_INSERT_ID()", 1)).front().value() == "3");
  run(*other, "UPDATE members SET firstname = 'A' WHERE member_id < 3");
  auto rows = must(other->query_row("SELECT ROW_COUNT()", 1));
  BOOST_TEST(rows.front().value() == "2");
  BOOST_TEST(must(other->query_row("SELECT LAST_INSERT_ID()", 1)).front().value() == "3");
  BOOST_TEST(must(other->query("SHOW WARNINGS")).empty());
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_hold_nobody_up) {
  mysql_under_test kind;
  fill(kind);
  kind.execute("ALTER TABLE members MODIFY id_number VARCHAR(40) NULL");
  reader feed{kind};
  kind.execute("UPDATE members SET id_number = NULL WHERE member_id = 1");
  BOOST_TEST(feed.next() == "1 8001015009087 -");
  kind.execute("UPDATE members SET id_number = 'a number that is none, and long' WHERE member_id = 1");
  BOOST_TEST(feed.next() == "1 - -");
  kind.execute("UPDATE members SET id_number = '8001015009087' WHERE member_id = 1");
  BOOST_TEST(feed.next() == "1 - 8001015009087");
}

BOOST_AUTO_TEST_CASE(an_account_that_may_not_create_triggers_is_told_what_it_lacks) {
  mysql_under_test kind;
  auto address = kind.address();
  const auto user = "'no_triggers'@'%'";
  kind.execute("CREATE OR REPLACE USER " + std::string{user} + " IDENTIFIED BY 'x'");
  kind.execute("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, CREATE VIEW, SHOW VIEW ON `"
               + address.database + "`.* TO " + user);
  address.user = "no_triggers";
  address.password = "x";
  auto refused = make_member_store(address, {})->migrate();
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().detail.find("TRIGGER command denied") != std::string::npos);
  kind.execute("DROP USER " + std::string{user});
}

BOOST_AUTO_TEST_CASE(sqlite_says_for_less_that_nobody_else_has_written) {
  sqlite_under_test kind;
  fill(kind);
  auto connection = must(kind.store()->connect());
  auto page = must(connection->read_changes(1, {}, 100));
  BOOST_REQUIRE(page.has_value());
  auto from = page->rows.back().number + 1;
  BOOST_TEST(!must(connection->read_changes(from, {}, 100)).has_value());
  must(connection->save_change_position("itself", 1, false));
  BOOST_TEST(!must(connection->read_changes(from, {}, 100)).has_value());
  BOOST_TEST(must(connection->read_changes(1, {}, 100)).has_value()); // what it has not read to the end lately
  kind.execute("UPDATE members SET firstname = 'A' WHERE member_id = 1");
  page = must(connection->read_changes(from, {}, 1));
  BOOST_REQUIRE(page.has_value());
  BOOST_TEST(page->rows.size() == 1u);
  // There may be more than the one that was asked for.
  BOOST_TEST(must(connection->read_changes(from + 1, {}, 100)).has_value());
}

BOOST_AUTO_TEST_CASE(sqlite_tells_of_rows_that_others_have_replaced) {
  sqlite_under_test kind;
  fill(kind);
  reader feed{kind};
  kind.execute("INSERT OR REPLACE INTO members (member_id, id_number, firstname) VALUES (1, '7001015009088', 'New')");
  BOOST_TEST(feed.next() == "1 8001015009087 -; 1 - 7001015009088");
  kind.execute("INSERT OR REPLACE INTO members (member_id, id_number, firstname) VALUES (8, '7001015009088', 'New')");
  BOOST_TEST(feed.next() == "1 7001015009088 -; 8 - 7001015009088");
  kind.execute("UPDATE OR REPLACE members SET id_number = '7001015009088' WHERE member_id = 2");
  BOOST_TEST(feed.next() == "8 7001015009088 -; 2 0001015009087 7001015009088");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tessera::test
