#include "storage/member_store.hpp"

#include "tests/integration/store/fixture.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ranges>

/// What every kind of store promises, asked of both.
namespace tessera::test {

namespace {

constexpr std::string_view leading_zero = "0001015009087";
constexpr std::string_view plain = "8001015009087";
constexpr std::string_view inactive = "7902280123082";
constexpr std::string_view bare = "9912310456084";
constexpr std::string_view absent = "6505055555083";

std::vector<member_row> cast_of_members() {
  auto first = some_member(1, leading_zero);
  first.firstname = "Zoë Ntombi-Zanele";
  first.surname = "van der Merwe";
  auto second = some_member(2, plain);
  second.firstname = "Tšhilidzi";
  second.surname = "Müller O'Brien \\ \"Šáblík\" 😀";
  second.province_code = "KZN";
  second.municipality_code = "KZN225";
  second.ward_code = "52205011";
  second.voting_station_id = 200;
  auto third = some_member(3, inactive);
  third.membership_status = "Suspended";
  auto fourth = some_member(max_member_id, bare);
  fourth.email = std::nullopt;
  fourth.cell_number = std::nullopt;
  fourth.voting_station_id = std::nullopt;
  return {first, second, third, fourth};
}

member expected_first() {
  return {.id = member_id{1},
          .number = number_of(leading_zero),
          .first_name = "Zoë Ntombi-Zanele",
          .last_name = "van der Merwe",
          .email = "nomvula@example.org",
          .phone_number = "0820000000",
          .province_name = "Gauteng",
          .municipality_name = "City of Johannesburg",
          .ward_number = "7",
          .voting_station_name = "Orlando West Primary",
          .joined = std::chrono::sys_days{std::chrono::year{2024} / 2 / 29} + std::chrono::milliseconds{45'296'007}};
}

std::vector<std::uint64_t> ids_of(const std::vector<member>& members) {
  std::vector<std::uint64_t> ids;
  for (const auto& one : members)
    ids.push_back(one.id.value);
  return ids;
}

std::vector<std::uint64_t> sorted_ids(const std::vector<member>& members) {
  auto ids = ids_of(members);
  std::ranges::sort(ids);
  return ids;
}

template <class Key>
result<std::vector<member>> find(store_connection& connection, std::initializer_list<Key> keys) {
  return connection.find(std::span<const Key>{keys.begin(), keys.size()});
}

/// Ids 1 to `count`, with ID numbers that hold their id, zeros in front.
std::vector<member_row> many(std::uint64_t count) {
  std::vector<member_row> rows;
  for (std::uint64_t id = 1; id <= count; ++id) {
    std::array<char, 32> digits{};
    std::snprintf(digits.data(), digits.size(), "%013llu", static_cast<unsigned long long>(id));
    rows.push_back(some_member(id, digits.data()));
  }
  return rows;
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_contract)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_field_arrives, Kind, both_kinds) {
  Kind kind;
  kind.fill(cast_of_members());
  auto connection = must(kind.store()->connect());
  auto found = must(find(*connection, {number_of(leading_zero)}));
  BOOST_REQUIRE_EQUAL(found.size(), 1);
  BOOST_TEST((found.front() == expected_first()));

  found = must(find(*connection, {member_id{1}}));
  BOOST_REQUIRE_EQUAL(found.size(), 1);
  BOOST_TEST((found.front() == expected_first()));

  found = must(find(*connection, {number_of(plain)}));
  BOOST_REQUIRE_EQUAL(found.size(), 1);
  BOOST_TEST(found.front().first_name == "Tšhilidzi");
  BOOST_TEST(found.front().last_name == "Müller O'Brien \\ \"Šáblík\" 😀");
  BOOST_TEST(found.front().province_name == "KwaZulu-Natal");
  BOOST_TEST(found.front().ward_number == "11");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_absent_is_empty, Kind, both_kinds) {
  Kind kind;
  kind.fill(cast_of_members());
  kind.execute("UPDATE members SET surname = NULL, ward_code = NULL, municipality_code = 'NOWHERE' WHERE id_number = '"
               + std::string{bare} + "'");
  auto connection = must(kind.store()->connect());
  auto found = must(find(*connection, {number_of(bare)}));
  BOOST_REQUIRE_EQUAL(found.size(), 1);
  const auto& one = found.front();
  BOOST_TEST(one.id.value == max_member_id);
  BOOST_TEST(one.last_name == "");
  BOOST_TEST(one.email == "");
  BOOST_TEST(one.phone_number == "");
  BOOST_TEST(one.voting_station_name == "");
  BOOST_TEST(one.ward_number == "");
  BOOST_TEST(one.municipality_name == "");
  BOOST_TEST(one.province_name == "Gauteng");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(missing_and_inactive_members_are_absent, Kind, both_kinds) {
  Kind kind;
  kind.fill(cast_of_members());
  auto connection = must(kind.store()->connect());
  BOOST_TEST(must(find(*connection, {number_of(absent)})).empty());
  BOOST_TEST(must(find(*connection, {number_of(inactive)})).empty());
  BOOST_TEST(must(find(*connection, {member_id{3}})).empty());
  BOOST_TEST(must(find(*connection, {member_id{4}})).empty());
  auto some = must(find(*connection, {number_of(inactive), number_of(plain), number_of(absent)}));
  BOOST_TEST(ids_of(some) == (std::vector<std::uint64_t>{2}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_key_asked_twice_is_found_once, Kind, both_kinds) {
  Kind kind;
  kind.fill(cast_of_members());
  auto connection = must(kind.store()->connect());
  auto found = must(find(*connection, {number_of(plain), number_of(leading_zero), number_of(plain)}));
  BOOST_TEST(sorted_ids(found) == (std::vector<std::uint64_t>{1, 2}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_size_of_group_finds_all_its_keys, Kind, both_kinds) {
  Kind kind;
  kind.fill(many(130));
  auto connection = must(kind.store()->connect());
  for (std::size_t size : {1, 2, 3, 4, 5, 8, 9, 31, 32, 33, 63, 64}) {
    std::vector<id_number> numbers;
    std::vector<member_id> ids;
    std::vector<std::uint64_t> expected;
    for (std::size_t i = 0; i < size; ++i) {
      numbers.push_back(*id_number::from_packed(130 - i));
      ids.push_back(member_id{130 - i});
      expected.push_back(130 - i);
    }
    std::ranges::sort(expected);
    BOOST_TEST(sorted_ids(must(connection->find(std::span<const id_number>{numbers}))) == expected);
    BOOST_TEST(sorted_ids(must(connection->find(std::span<const member_id>{ids}))) == expected);
  }
  std::vector<id_number> too_many(65);
  BOOST_TEST(!connection->find(std::span<const id_number>{too_many}).has_value());
  BOOST_TEST(!connection->find(std::span<const member_id>{}).has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(long_names_come_whole, Kind, both_kinds) {
  Kind kind;
  auto row = some_member(1, plain);
  row.firstname.clear();
  for (int i = 0; i < 150; ++i)
    row.firstname += "ŵ";
  kind.fill(std::array{row, some_member(2, leading_zero)});
  auto connection = must(kind.store()->connect());
  auto found = must(find(*connection, {number_of(plain), number_of(leading_zero)}));
  std::ranges::sort(found, {}, &member::id);
  BOOST_REQUIRE_EQUAL(found.size(), 2);
  BOOST_TEST(found[0].first_name == row.firstname);
  BOOST_TEST(found[1].first_name == "Nomvula");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(newest_come_first_page_by_page, Kind, both_kinds) {
  Kind kind;
  kind.fill(many(10));
  kind.execute("UPDATE members SET membership_status = 'Lapsed' WHERE member_id = 8");
  auto connection = must(kind.store()->connect());
  auto page = must(connection->newest(std::nullopt, 4));
  BOOST_TEST(ids_of(page) == (std::vector<std::uint64_t>{10, 9, 7, 6}));
  page = must(connection->newest(page.back().id, 4));
  BOOST_TEST(ids_of(page) == (std::vector<std::uint64_t>{5, 4, 3, 2}));
  page = must(connection->newest(page.back().id, 4));
  BOOST_TEST(ids_of(page) == (std::vector<std::uint64_t>{1}));
  BOOST_TEST(must(connection->newest(page.back().id, 4)).empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_id_number_is_known_of_inactive_members_too, Kind, both_kinds) {
  Kind kind;
  kind.fill(cast_of_members());
  auto connection = must(kind.store()->connect());
  BOOST_TEST((must(connection->id_number_of(member_id{1})) == number_of(leading_zero)));
  BOOST_TEST((must(connection->id_number_of(member_id{3})) == number_of(inactive)));
  BOOST_TEST((must(connection->id_number_of(member_id{77})) == std::nullopt));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(audit_entries_are_appended_all_or_none, Kind, both_kinds) {
  Kind kind;
  kind.fill({});
  auto connection = must(kind.store()->connect());
  const std::array entries{audit_entry{"cache.clear", "42", "req-1", "local", utc_time{std::chrono::milliseconds{7}}},
                           audit_entry{"it's", "\\'; DROP TABLE audit_log; --", "", "key ü",
                                       utc_time{std::chrono::milliseconds{1'700'000'000'123}}, "it's \\' ü",
                                       utc_time{std::chrono::milliseconds{1'700'000'060'007}}}};
  must(connection->append(entries));
  must(connection->append({}));
  BOOST_TEST(kind.value("SELECT COUNT(*) FROM audit_log") == "2");
  BOOST_TEST(kind.value("SELECT subject FROM audit_log WHERE action = 'it''s'") == entries[1].subject);
  BOOST_TEST(kind.value("SELECT actor FROM audit_log ORDER BY audit_id DESC") == "key ü");
  BOOST_TEST(kind.value("SELECT at FROM audit_log ORDER BY audit_id DESC") == "2023-11-14 22:13:20.123");
  BOOST_TEST(kind.value("SELECT reason FROM audit_log ORDER BY audit_id DESC") == entries[1].reason);
  BOOST_TEST(kind.value("SELECT until_at FROM audit_log ORDER BY audit_id DESC") == "2023-11-14 22:14:20.007");
  BOOST_TEST(kind.value("SELECT COUNT(*) FROM audit_log WHERE until_at IS NULL AND reason = ''") == "1");

  kind.execute(std::is_same_v<Kind, mysql_under_test>
                   ? "CREATE TRIGGER refuse BEFORE INSERT ON audit_log FOR EACH ROW IF NEW.action = 'bad' THEN "
                     "SIGNAL SQLSTATE '45000'; END IF"
                   : "CREATE TRIGGER refuse BEFORE INSERT ON audit_log WHEN NEW.action = 'bad' BEGIN "
                     "SELECT RAISE(ABORT, 'no'); END");
  const std::array half_bad{audit_entry{"good", "", "", "", {}}, audit_entry{"bad", "", "", "", {}}};
  BOOST_TEST(!connection->append(half_bad).has_value());
  BOOST_TEST(kind.value("SELECT COUNT(*) FROM audit_log") == "2");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_ping_needs_the_members_table_but_no_member, Kind, both_kinds) {
  Kind kind;
  kind.fill({});
  auto connection = must(kind.store()->connect());
  BOOST_TEST(connection->ping().has_value());
  kind.execute("DROP TABLE members");
  auto ping = connection->ping();
  BOOST_REQUIRE(!ping.has_value());
  BOOST_TEST(static_cast<int>(ping.error().code) == static_cast<int>(error_code::database_unavailable));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_connection_answers_a_ping_until_it_is_interrupted, Kind, both_kinds) {
  Kind kind;
  kind.fill({});
  auto connection = must(kind.store()->connect());
  BOOST_TEST(connection->ping().has_value());
  connection->interrupt();
  auto after = connection->ping();
  BOOST_REQUIRE(!after.has_value());
  BOOST_TEST(static_cast<int>(after.error().code) == static_cast<int>(error_code::database_unavailable));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(loading_again_replaces_rows_but_never_another_member, Kind, both_kinds) {
  Kind kind;
  kind.fill(cast_of_members());
  auto changed = some_member(1, leading_zero);
  changed.surname = "Naidoo";
  changed.email = std::nullopt;
  auto loader = must(kind.store()->load());
  must(loader->add(std::span<const member_row>{&changed, 1}));
  must(loader->finish());
  auto connection = must(kind.store()->connect());
  auto found = must(find(*connection, {number_of(leading_zero)}));
  BOOST_REQUIRE_EQUAL(found.size(), 1);
  BOOST_TEST(found.front().last_name == "Naidoo");
  BOOST_TEST(found.front().email == "");
  BOOST_TEST(kind.summary_differences() == "0");

  loader = must(kind.store()->load());
  auto thief = some_member(50, plain);
  auto refused = loader->add(std::span<const member_row>{&thief, 1});
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(static_cast<int>(refused.error().code) == static_cast<int>(error_code::conflict));
  BOOST_TEST(!holds_id_number(refused.error().detail));
  BOOST_TEST(ids_of(must(find(*connection, {number_of(plain)}))) == (std::vector<std::uint64_t>{2}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tessera::test
