#include "config/settings.hpp"

#include "config/setting_table.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

std::string fault_of(const settings& all) {
  auto checked = validate(all);
  return checked ? "" : checked.error().detail;
}

std::string store_of(database_settings database) {
  settings all;
  all.database = std::move(database);
  return resolve(all, 2).database.store;
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_test)

BOOST_AUTO_TEST_CASE(the_defaults_are_valid_before_and_after_resolving) {
  BOOST_TEST(fault_of({}) == "");
  for (unsigned cores : {0U, 1U, 2U, 3U, 4U, 16U, 512U})
    BOOST_TEST(fault_of(resolve({}, cores)) == "");
}

BOOST_AUTO_TEST_CASE(threads_follow_the_cores) {
  struct {
    unsigned cores, io_loops, workers;
  } const expected[] = {{0, 1, 1}, {1, 1, 1}, {2, 1, 1}, {3, 1, 2}, {4, 2, 2}, {16, 8, 8}};
  for (auto [cores, io_loops, workers] : expected) {
    auto all = resolve({}, cores);
    BOOST_TEST(all.gateway.io_loops == io_loops);
    BOOST_TEST(all.workers == workers);
    BOOST_TEST(all.cache.shards == io_loops);
    BOOST_TEST(all.redis.connections == workers);
    BOOST_TEST(all.gateway.max_connections == 0U); // the gateway's own choice
  }
}

BOOST_AUTO_TEST_CASE(what_is_given_is_kept_and_the_rest_follows_it) {
  settings given;
  given.gateway.io_loops = 3;
  auto all = resolve(given, 4);
  BOOST_TEST(all.gateway.io_loops == 3U);
  BOOST_TEST(all.workers == 1U);
  BOOST_TEST(all.cache.shards == 3U);
  given.gateway.io_loops = 8;
  BOOST_TEST(resolve(given, 4).workers == 1U);
  given.workers = 5;
  given.cache.shards = 6;
  given.redis.connections = 7;
  all = resolve(given, 4);
  BOOST_TEST(all.workers == 5U);
  BOOST_TEST(all.cache.shards == 6U);
  BOOST_TEST(all.redis.connections == 7U);
}

BOOST_AUTO_TEST_CASE(resolving_twice_changes_nothing) {
  auto once = resolve({}, 4);
  auto twice = resolve(once, 16);
  for (const auto& row : setting_table())
    BOOST_TEST(row.text(once) == row.text(twice), row.path);
}

BOOST_AUTO_TEST_CASE(the_store_is_given_made_from_parts_or_embedded) {
  database_settings database;
  BOOST_TEST(store_of(database) == "sqlite:var/members.sqlite");
  database.host = "db.test";
  database.password = "x";
  BOOST_TEST(store_of(database) == "sqlite:var/members.sqlite"); // no name: no MySQL
  database.name = "members";
  database.port = 3307;
  BOOST_TEST(store_of(database) == "mysql://root:x@db.test:3307/members");
  database.password = "p@:/?#% ü";
  database.user = "us:er";
  database.name = "my db";
  BOOST_TEST(store_of(database) == "mysql://us%3Aer:p%40%3A%2F%3F%23%25%20%C3%BC@db.test:3307/my%20db");
  database.password = "";
  database.host = "::1";
  BOOST_TEST(store_of(database) == "mysql://us%3Aer@[::1]:3307/my%20db");
  database.user = "";
  BOOST_TEST(store_of(database) == "mysql://[::1]:3307/my%20db");
  database.store = "sqlite:given";
  BOOST_TEST(store_of(database) == "sqlite:given");
}

BOOST_AUTO_TEST_CASE(validate_names_the_setting_out_of_range) {
  settings all;
  all.database.connection_limit = 0;
  BOOST_TEST(fault_of(all) == "database.connection_limit must be a whole number from 1 to 10000, but is \"0\".");
  all = {};
  all.database.group_limit = 48;
  BOOST_TEST(fault_of(all).starts_with("database.group_limit must be 1, 2, 4"));
  all = {};
  all.gateway.idle_timeout = -1ms;
  BOOST_TEST(fault_of(all).starts_with("gateway.idle_timeout must be"));
  all = {};
  all.log.level = "loud";
  BOOST_TEST(fault_of(all).starts_with("log.level must be trace"));
  all = {};
  all.redis.url = "hunter2";
  BOOST_TEST(fault_of(all) == "redis.url must be redis://[USER:PASSWORD@]HOST[:PORT][/DB], but is not.");
}

BOOST_AUTO_TEST_CASE(validate_finds_contradictions) {
  settings all;
  all.operators.listen = all.gateway.listen;
  BOOST_TEST(fault_of(all) == "gateway.listen and operator.listen must differ, but both are 127.0.0.1:8080.");
  all.operators.listen.port = all.gateway.listen.port = 0; // the system chooses two
  BOOST_TEST(fault_of(all) == "");
  all = {};
  all.redis.backoff_min = 3s;
  BOOST_TEST(fault_of(all) == "redis.backoff_min (3s) must not be over redis.backoff_max (2s).");
  all = {};
  all.gateway.max_target_bytes = all.gateway.max_head_bytes + 1024;
  BOOST_TEST(fault_of(all).starts_with("gateway.max_target_bytes (17KiB) must not be over gateway.max_head_bytes"));
  all = {};
  all.gateway.cors_origins = {"*", "https://a.test"};
  BOOST_TEST(fault_of(all).starts_with("gateway.cors_origins must be either"));
}

BOOST_AUTO_TEST_SUITE_END()
