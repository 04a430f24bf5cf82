#include "storage/card_rows.hpp"
#include "storage/member_query.hpp"

#include "tests/integration/store/fixture.hpp"

#include <array>
#include <set>

/// How the server goes about our statements: never by a scan.
namespace tessera::test {

namespace {

std::vector<member_row> members(std::uint64_t count) {
  std::vector<member_row> rows;
  for (std::uint64_t id = 1; id <= count; ++id)
    rows.push_back(some_member(id, std::to_string(8'000'000'000'000 + 7 * id)));
  return rows;
}

/// Returns the statement with its question marks replaced by `literals`, one after another.
std::string filled_in(std::string sql, const std::vector<std::string>& literals) {
  std::size_t at = 0;
  for (const auto& literal : literals) {
    at = sql.find('?', at);
    sql.replace(at, 1, literal);
  }
  return sql;
}

struct step {
  std::string table;
  std::string type;
  std::string key;
};

std::vector<step> explain(mysql_under_test& kind, const std::string& sql) {
  auto session = must(mysql_session::open(kind.address(), {}));
  std::vector<step> steps;
  for (auto& row : must(session->query("EXPLAIN " + sql)))
    steps.push_back({row[2].value_or(""), row[3].value_or(""), row[5].value_or("")});
  return steps;
}

void check_steps(const std::vector<step>& steps, std::string_view members_key) {
  BOOST_REQUIRE_EQUAL(steps.size(), 5);
  for (const auto& [table, type, key] : steps) {
    BOOST_TEST_CONTEXT(table << " " << type << " " << key) {
      BOOST_TEST((std::set<std::string>{"const", "eq_ref", "ref", "range"}.contains(type)));
      if (table == "m")
        BOOST_TEST(key == members_key);
      else
        BOOST_TEST(key == "PRIMARY");
    }
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(mysql_plans)

BOOST_AUTO_TEST_CASE(groups_of_keys_use_their_index) {
  mysql_under_test kind;
  kind.fill(members(5'000));
  for (std::size_t size : {2, 8, 64}) {
    std::vector<std::string> numbers;
    std::vector<std::string> ids;
    for (std::size_t i = 1; i <= size; ++i) {
      numbers.push_back("'" + std::to_string(8'000'000'000'000 + 7 * 13 * i) + "'");
      ids.push_back(std::to_string(13 * i));
    }
    BOOST_TEST_CONTEXT(size << " keys") {
      check_steps(explain(kind, filled_in(find_statement("id_number", size), numbers)),
                  "idx_members_id_number_optimized");
      check_steps(explain(kind, filled_in(find_statement("member_id", size), ids)), "PRIMARY");
    }
  }
}

/// What the server really read, as its counters tell, by the prepared statements themselves.
BOOST_AUTO_TEST_CASE(a_group_reads_its_rows_and_no_others) {
  mysql_under_test kind;
  kind.fill(members(5'000));
  auto connection = must(kind.store()->connect());
  std::vector<id_number> keys;
  for (std::uint64_t i = 1; i <= 40; ++i)
    keys.push_back(*id_number::from_packed(8'000'000'000'000 + 7 * 100 * i));
  must(connection->find(std::span<const id_number>{keys}));
  auto scanned = [] {
    auto& server = shared_server();
    return server.status("Handler_read_rnd_next") + server.status("Handler_read_next");
  };
  auto idle = scanned();
  auto cost_of_asking = scanned() - idle;
  auto before = scanned();
  BOOST_TEST(must(connection->find(std::span<const id_number>{keys})).size() == 40);
  auto read = scanned() - before;
  BOOST_TEST(read < cost_of_asking + 500); // a scan of the table would read 5,000
  BOOST_TEST(kind.value("SELECT COUNT(*) FROM members IGNORE INDEX (PRIMARY)") == "5000");
}

BOOST_AUTO_TEST_CASE(the_newest_come_from_an_index) {
  mysql_under_test kind;
  kind.fill(members(5'000));
  auto steps = explain(kind, filled_in(std::string{newest_statement}, {"4000", "100"}));
  BOOST_REQUIRE(!steps.empty());
  BOOST_TEST(steps.front().table == "m");
  BOOST_TEST(steps.front().key == "PRIMARY");
  BOOST_TEST(steps.front().type == "range");
}

BOOST_AUTO_TEST_CASE(the_mark_of_cards_comes_from_the_ends_of_indexes) {
  mysql_under_test kind;
  kind.fill(members(100));
  kind.execute("INSERT INTO card_state SELECT member_id, 2, '2026-01-31 08:05:09.007' FROM members");
  kind.execute("INSERT INTO revocations (member_id, epoch, reason, revoked_by, revoked_at) "
               "SELECT member_id, 1, '', '', '2026-01-31 08:05:09.007' FROM members");
  auto steps = explain(kind, std::string{card_states_mark_statement});
  BOOST_TEST(steps.size() == 3u);
  for (const auto& [table, type, key] : steps)
    BOOST_TEST(table.empty(), table << " " << type << " " << key); // no table is read: the optimizer has the answer
}

BOOST_AUTO_TEST_CASE(the_state_of_one_members_cards_is_found_by_index) {
  mysql_under_test kind;
  kind.fill(members(100));
  kind.execute("INSERT INTO card_state SELECT member_id, 2, '2026-01-31 08:05:09.007' FROM members");
  kind.execute("INSERT INTO revocations (member_id, epoch, reason, revoked_by, revoked_at) "
               "SELECT member_id, 1, '', '', '2026-01-31 08:05:09.007' FROM members");
  for (const auto& [table, type, key] : explain(kind, std::string{card_state_statement} + "42"))
    BOOST_TEST((std::set<std::string>{"const", "eq_ref", "ref"}.contains(type)), table << " " << type << " " << key);
}

BOOST_AUTO_TEST_CASE(the_server_tells_of_its_own_cache) {
  mysql_under_test kind;
  kind.fill(members(100));
  auto connection = must(kind.store()->connect());
  auto before = must(connection->buffer_pool());
  BOOST_REQUIRE(before.has_value());
  BOOST_TEST(before->bytes > 0U);
  BOOST_TEST(before->used_bytes > 0U);
  BOOST_TEST(before->used_bytes <= before->bytes);
  kind.value("SELECT COUNT(*) FROM members");
  BOOST_TEST(must(connection->buffer_pool())->requests > before->requests);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tessera::test
