#include "storage/member_store.hpp"

#include "tests/integration/store/fixture.hpp"

#include <array>

/// What every kind of store promises about API keys.
namespace tessera::test {

namespace {

using namespace std::chrono_literals;

constexpr utc_time some_time{1'700'000'000'123ms};

api_key_record some_key(std::string id, std::uint8_t first_byte) {
  api_key_record key;
  key.id = std::move(id);
  for (auto& byte : key.hash)
    byte = first_byte++;
  key.name = "portal";
  key.scopes = {scope::lookup, scope::verify};
  key.created = some_time;
  return key;
}

void migrate(store_under_test& kind) {
  must(kind.store()->migrate());
}

error_code code_of(const status& outcome) {
  return outcome ? error_code::none : outcome.error().code;
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_api_keys)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_new_store_has_no_key, Kind, both_kinds) {
  Kind kind;
  migrate(kind);
  BOOST_TEST(must(must(kind.store()->connect())->list_api_keys()).empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_field_of_a_key_comes_back, Kind, both_kinds) {
  Kind kind;
  migrate(kind);
  auto connection = must(kind.store()->connect());
  auto plain = some_key("aaaaaaaaaa", 200); // the hash holds zeros, quotes and backslashes
  auto full = some_key("bbbbbbbbbb", 0);
  full.name = "Zoë's \\ \"portal\"; DROP TABLE api_keys; -- 😀";
  full.scopes = scope_set::all();
  full.limit_multiplier = 10'000;
  full.created = some_time + 1ms;
  full.expires = some_time + 24h;
  must(connection->add_api_key(full));
  must(connection->add_api_key(plain));
  BOOST_TEST((must(connection->list_api_keys()) == std::vector{plain, full})); // oldest first
  // So does another connection see it, of another process, too.
  BOOST_TEST((must(must(kind.store()->connect())->list_api_keys()) == std::vector{plain, full}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_id_or_a_hash_is_there_once, Kind, both_kinds) {
  Kind kind;
  migrate(kind);
  auto connection = must(kind.store()->connect());
  must(connection->add_api_key(some_key("aaaaaaaaaa", 1)));
  BOOST_TEST((code_of(connection->add_api_key(some_key("aaaaaaaaaa", 2))) == error_code::conflict));
  BOOST_TEST((code_of(connection->add_api_key(some_key("bbbbbbbbbb", 1))) == error_code::conflict));
  BOOST_TEST(must(connection->list_api_keys()).size() == 1u);
  must(connection->add_api_key(some_key("bbbbbbbbbb", 2)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_key_is_revoked_once_and_stays_listed, Kind, both_kinds) {
  Kind kind;
  migrate(kind);
  auto connection = must(kind.store()->connect());
  must(connection->add_api_key(some_key("aaaaaaaaaa", 1)));
  must(connection->add_api_key(some_key("bbbbbbbbbb", 2)));
  BOOST_TEST(must(connection->revoke_api_key("aaaaaaaaaa", some_time + 1h)));
  BOOST_TEST(!must(connection->revoke_api_key("aaaaaaaaaa", some_time + 2h)));
  auto keys = must(connection->list_api_keys());
  BOOST_REQUIRE_EQUAL(keys.size(), 2u);
  BOOST_TEST((keys[0].revoked == some_time + 1h));
  BOOST_TEST((keys[1].revoked == std::nullopt));
  auto missing = connection->revoke_api_key("cccccccccc", some_time);
  BOOST_REQUIRE(!missing.has_value());
  BOOST_TEST((missing.error().code == error_code::not_found));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_change_is_seen_by_a_connection_that_has_looked_before, Kind, both_kinds) {
  Kind kind;
  migrate(kind);
  auto reader = must(kind.store()->connect());
  auto writer = must(kind.store()->connect());
  BOOST_TEST(must(reader->list_api_keys()).empty());
  must(writer->add_api_key(some_key("aaaaaaaaaa", 1)));
  BOOST_TEST(must(reader->list_api_keys()).size() == 1u);
  must(writer->revoke_api_key("aaaaaaaaaa", some_time));
  BOOST_TEST(must(reader->list_api_keys()).at(0).revoked.has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(keys_from_before_limits_have_those_of_an_address, Kind, both_kinds) {
  Kind kind;
  migrate(kind);
  kind.execute("INSERT INTO api_keys (key_id, key_hash, name, scopes, created_at) VALUES ('aaaaaaaaaa', X'"
               + std::string(64, 'a') + "', 'old', 'lookup', '2026-01-31 08:05:09.007')");
  auto keys = must(must(kind.store()->connect())->list_api_keys());
  BOOST_REQUIRE_EQUAL(keys.size(), 1u);
  BOOST_TEST(keys[0].limit_multiplier == 1u);
  BOOST_TEST(keys[0].hash[0] == 0xaa);
  BOOST_TEST(iso8601(keys[0].created) == "2026-01-31T08:05:09.007Z");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_that_is_odd_grants_nothing_and_hides_no_other, Kind, both_kinds) {
  Kind kind;
  migrate(kind);
  auto connection = must(kind.store()->connect());
  must(connection->add_api_key(some_key("aaaaaaaaaa", 1)));
  kind.execute("INSERT INTO api_keys (key_id, key_hash, name, scopes, created_at, limit_multiplier) VALUES "
               "('by hand', X'01', '', 'everything, batch', '2036-01-31 08:05:09.007', 0)");
  auto keys = must(connection->list_api_keys());
  BOOST_REQUIRE_EQUAL(keys.size(), 2u);
  BOOST_TEST(keys[1].id == "by hand");
  BOOST_TEST((keys[1].scopes == scope_set{scope::batch}));
  BOOST_TEST(keys[1].limit_multiplier == 1u);
}

/// SQLite alone lets such texts in.
BOOST_AUTO_TEST_CASE(what_cannot_be_read_counts_against_the_key) {
  sqlite_under_test kind;
  migrate(kind);
  kind.execute("INSERT INTO api_keys (key_id, key_hash, name, scopes, created_at, expires_at, limit_multiplier) VALUES "
               "('aaaaaaaaaa', X'0102', '', 'lookup', 'then', 'soon', 'many')");
  auto key = must(must(kind.store()->connect())->list_api_keys()).at(0);
  BOOST_TEST((key.hash == key_hash{}));
  BOOST_TEST((key.expires == utc_time{}));
  BOOST_TEST(key.limit_multiplier == 1u);
}

/// The accounts that docs/operations.md names: what each may do suffices.
BOOST_AUTO_TEST_CASE(an_account_for_keys_needs_no_more_than_documented) {
  mysql_under_test kind;
  migrate(kind);
  auto database = kind.address().database;
  auto run = [&](const std::string& sql) { shared_server().execute(sql); };
  run("CREATE USER 'keys'@'%' IDENTIFIED BY 'secret'");
  run("GRANT SELECT ON " + database + ".schema_migrations TO 'keys'@'%'");
  run("GRANT SELECT, INSERT, UPDATE ON " + database + ".api_keys TO 'keys'@'%'");
  run("GRANT INSERT ON " + database + ".audit_log TO 'keys'@'%'");
  auto address = kind.address();
  address.user = "keys";
  auto store = make_member_store(address, {});
  must(store->check_schema());
  auto connection = must(store->connect());
  must(connection->add_api_key(some_key("aaaaaaaaaa", 1)));
  must(connection->revoke_api_key("aaaaaaaaaa", some_time));
  BOOST_TEST(!must(connection->revoke_api_key("aaaaaaaaaa", some_time)));
  const std::array line{audit_entry{"key.revoke", "aaaaaaaaaa", "", "cli", some_time}};
  must(connection->append(line));
  BOOST_TEST(must(connection->list_api_keys()).size() == 1u);
  run("DROP USER 'keys'@'%'");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tessera::test
