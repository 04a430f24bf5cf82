#include "storage/member_store.hpp"

#include "tests/integration/store/fixture.hpp"

#include <array>

/// member_cache_summary against the view, after every kind of change by others; and the procedures.
namespace tessera::test {

namespace {

/// Each changes what the view shows.
constexpr std::array changes{
    "INSERT INTO members (member_id, id_number, firstname, surname) VALUES (9, '9001015009086', 'Lerato', 'de la Rey')",
    "UPDATE members SET email = NULL WHERE member_id = 1",
    "UPDATE members SET email = 'again@example.org' WHERE member_id = 1",
    "UPDATE members SET email = 'AGAIN@example.org' WHERE member_id = 1",
    "UPDATE members SET cell_number = NULL WHERE member_id = 1",
    "UPDATE members SET surname = 'Dlamini ' WHERE member_id = 1",
    "UPDATE members SET membership_status = 'Lapsed' WHERE member_id = 2",
    "UPDATE members SET id_number = '7001015009088' WHERE member_id = 2",
    "UPDATE members SET voting_station_id = 200 WHERE member_id = 1",
    "UPDATE members SET voting_station_id = NULL WHERE member_id = 1",
    "UPDATE members SET ward_code = '52205011', municipality_code = 'KZN225', province_code = 'KZN' WHERE member_id = "
    "2",
    "UPDATE members SET municipality_code = 'CPT', province_code = 'WC', ward_code = '19100054', "
    "voting_station_id = 300 WHERE member_id = 1",
    "UPDATE members SET member_created_at = '2001-01-01 00:00:00.500' WHERE member_id = 1",
    "INSERT INTO provinces (province_code, province_name) VALUES ('WC', 'Western Cape')",
    "INSERT INTO municipalities (municipality_code, municipality_name, province_code) VALUES ('CPT', 'Cape Town', "
    "'WC')",
    "INSERT INTO wards (ward_code, ward_number, municipality_code) VALUES ('19100054', '54', 'CPT')",
    "INSERT INTO voting_stations (voting_station_id, station_name, ward_code) VALUES (300, 'Camps Bay', '19100054')",
    "UPDATE provinces SET province_name = 'WESTERN CAPE' WHERE province_code = 'WC'",
    "UPDATE municipalities SET municipality_name = 'City of Cape Town' WHERE municipality_code = 'CPT'",
    "UPDATE wards SET ward_number = '055' WHERE ward_code = '19100054'",
    "UPDATE voting_stations SET station_name = 'Camps Bay High' WHERE voting_station_id = 300",
    "UPDATE municipalities SET municipality_code = 'CPT2' WHERE municipality_code = 'CPT'",
    "UPDATE municipalities SET municipality_code = 'CPT' WHERE municipality_code = 'CPT2'",
    "DELETE FROM provinces WHERE province_code = 'WC'",
    "DELETE FROM municipalities WHERE municipality_code = 'CPT'",
    "DELETE FROM wards WHERE ward_code = '19100054'",
    "DELETE FROM voting_stations WHERE voting_station_id = 300",
    "UPDATE members SET member_id = 10 WHERE member_id = 9",
    "DELETE FROM members WHERE member_id = 10",
};

template <class Kind>
std::string fingerprint(Kind& kind) {
  constexpr bool sqlite = std::is_same_v<Kind, sqlite_under_test>;
  std::string row;
  for (auto column : {"member_id", "id_number", "surname", "email", "cell_number", "province_name", "municipality_name",
                      "ward_number", "voting_station_name", "membership_status", "member_created_at"})
    row.append(row.empty() ? "" : sqlite ? " || '|' || " : ", ").append("COALESCE(").append(column).append(", '-')");
  return kind.value(sqlite ? "SELECT GROUP_CONCAT(" + row + ") FROM member_cache_summary"
                           : "SELECT GROUP_CONCAT(CONCAT_WS('|', " + row
                                 + ") ORDER BY member_id) FROM member_cache_summary");
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_summary)

BOOST_AUTO_TEST_CASE_TEMPLATE(it_equals_the_view_after_every_change, Kind, both_kinds) {
  Kind kind;
  kind.fill(std::array{some_member(1, "8001015009087"), some_member(2, "0001015009087")});
  BOOST_TEST(kind.summary_differences() == "0");
  auto before = fingerprint(kind);
  for (const auto* change : changes) {
    BOOST_TEST_CONTEXT(change) {
      kind.execute(change);
      BOOST_TEST(kind.summary_differences() == "0");
      auto after = fingerprint(kind);
      BOOST_TEST(after != before);
      before = after;
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(it_is_right_though_a_load_never_finished, Kind, both_kinds) {
  Kind kind;
  kind.fill({});
  {
    auto loader = must(kind.store()->load());
    std::vector<member_row> rows;
    for (unsigned i = 1; i <= 11'500; ++i) // more than one transaction takes
      rows.push_back(some_member(i, std::to_string(8'000'000'000'000 + i)));
    must(loader->add(std::span<const member_row>{rows}));
    const std::array changed{ward_row{"79800007", "77", "JHB"}};
    must(loader->add(std::span<const ward_row>{changed}));
  }
  BOOST_TEST(kind.value("SELECT COUNT(*) >= 10000 FROM members") == "1");
  BOOST_TEST(kind.value("SELECT COUNT(*) < 11500 FROM members") == "1");
  BOOST_TEST(kind.summary_differences() == "0");
}

BOOST_AUTO_TEST_CASE(procedures_give_the_member_that_find_gives) {
  mysql_under_test kind;
  auto inactive = some_member(2, "7001015009088");
  inactive.membership_status = "Lapsed";
  kind.fill(std::array{some_member(1, "0001015009087"), inactive});
  auto session = must(mysql_session::open(kind.address(), {}));
  auto connection = must(kind.store()->connect());
  const std::array keys{number_of("0001015009087")};
  auto found = must(connection->find(std::span<const id_number>{keys}));
  BOOST_REQUIRE_EQUAL(found.size(), 1);
  for (const auto* call :
       {"CALL sp_get_member_by_id_number_optimized('0001015009087')", "CALL sp_get_member_by_id_optimized(1)"}) {
    auto rows = must(session->query(call));
    BOOST_REQUIRE_EQUAL(rows.size(), 1);
    const auto& row = rows.front();
    BOOST_REQUIRE_EQUAL(row.size(), 16);
    const auto& one = found.front();
    const std::array expected{std::to_string(one.id.value),
                              one.number.str(),
                              one.first_name,
                              one.last_name,
                              one.email,
                              one.phone_number,
                              std::string{"GP"},
                              one.province_name,
                              std::string{"JHB"},
                              one.municipality_name,
                              std::string{"79800007"},
                              one.ward_number,
                              std::string{"100"},
                              one.voting_station_name,
                              std::string{"Active"},
                              std::string{"2024-02-29 12:34:56.007"}};
    for (std::size_t i = 0; i < expected.size(); ++i)
      BOOST_TEST(row[i].value_or("NULL") == expected[i]);
  }
  BOOST_TEST(must(session->query("CALL sp_get_member_by_id_number_optimized('7001015009088')")).empty());
  BOOST_TEST(must(session->query("CALL sp_get_member_by_id_optimized(2)")).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tessera::test
