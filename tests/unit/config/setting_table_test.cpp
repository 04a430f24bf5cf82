#include "config/setting_table.hpp"

#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>

using namespace tessera;
using namespace tessera::test;

BOOST_AUTO_TEST_SUITE(setting_table_test)

BOOST_AUTO_TEST_CASE(names_are_unique) {
  std::set<std::string> names;
  for (const auto& row : setting_table()) {
    BOOST_TEST(names.insert(row.path).second, row.path);
    BOOST_TEST(names.insert(row.flag).second, row.flag);
    BOOST_TEST(names.insert(row.environment).second, row.environment);
    BOOST_TEST(!row.help.empty(), row.path);
    BOOST_TEST(!row.expects.empty(), row.path);
  }
}

BOOST_AUTO_TEST_CASE(the_names_that_others_rely_on) {
  const std::map<std::string, std::pair<std::string, std::string>> expected{
      {"gateway.listen", {"--listen", "TESSERA_LISTEN"}},
      {"operator.listen", {"--operator", "TESSERA_OPERATOR"}},
      {"database.store", {"--store", "TESSERA_STORE"}},
      {"redis.url", {"--redis", "REDIS_URL"}},
      {"cache.bytes", {"--cache-bytes", "TESSERA_CACHE_BYTES"}},
      {"redis.secret_file", {"--cache-secret", "TESSERA_CACHE_SECRET"}},
      {"gateway.io_loops", {"--io-loops", "TESSERA_IO_LOOPS"}},
      {"workers", {"--workers", "TESSERA_WORKERS"}},
      {"gateway.share_port", {"--share-port", "TESSERA_SHARE_PORT"}},
      {"no_limits", {"--no-limits", "TESSERA_NO_LIMITS"}},
      {"cache.warm_members", {"--warm-cache", "TESSERA_WARM_CACHE"}},
      {"log.level", {"--log-level", "TESSERA_LOG_LEVEL"}},
      {"log.format", {"--log-format", "TESSERA_LOG_FORMAT"}},
      {"id_number.strict", {"--id-number-strict", "TESSERA_ID_NUMBER_STRICT"}},
      {"database.host", {"--database-host", "DB_HOST"}},
      {"database.port", {"--database-port", "DB_PORT"}},
      {"database.user", {"--database-user", "DB_USER"}},
      {"database.password", {"--database-password", "DB_PASSWORD"}},
      {"database.name", {"--database-name", "DB_NAME"}},
      {"database.connection_limit", {"--database-connection-limit", "DB_CONNECTION_LIMIT"}},
      {"database.acquire_timeout", {"--database-acquire-timeout", "DB_ACQUIRE_TIMEOUT"}},
      {"database.queue_limit", {"--database-queue-limit", "DB_QUEUE_LIMIT"}},
      {"database.idle_timeout", {"--database-idle-timeout", "DB_IDLE_TIMEOUT"}},
      {"cache.member_fresh", {"--cache-member-fresh", "CACHE_TTL_MEMBER"}},
      {"cache.card_fresh", {"--cache-card-fresh", "CACHE_TTL_CARD"}},
  };
  for (const auto& [path, names] : expected) {
    const auto* row = find_setting(path);
    BOOST_REQUIRE_MESSAGE(row != nullptr, path);
    BOOST_TEST(row->flag == names.first);
    BOOST_TEST(row->environment == names.second);
  }
  BOOST_TEST(find_setting("gateway.listen")->part_environment == "PORT");
}

BOOST_AUTO_TEST_CASE(the_predecessors_variables_keep_their_units) {
  settings all;
  auto set = [&all](const char* path, const char* text) { BOOST_TEST(find_setting(path)->parse(all, text), path); };
  set("database.acquire_timeout", "1500");
  set("database.idle_timeout", "2500");
  set("cache.member_fresh", "3500");
  set("cache.card_fresh", "4500");
  BOOST_TEST(all.database.acquire_timeout.count() == 1'500);
  BOOST_TEST(all.database.idle_timeout.count() == 2'500);
  BOOST_TEST(all.cache.member_fresh.count() == 3'500);
  BOOST_TEST(all.cache.card_fresh.count() == 4'500);
}

BOOST_AUTO_TEST_CASE(every_default_reads_back_from_its_text) {
  const settings defaults;
  for (const auto& row : setting_table()) {
    settings all;
    BOOST_TEST(row.parse(all, row.text(defaults)), row.path);
    BOOST_TEST(row.text(all) == row.text(defaults), row.path);
  }
}

BOOST_AUTO_TEST_CASE(each_row_sets_a_member_of_its_own) {
  const settings defaults;
  for (const auto& row : setting_table()) {
    auto values = values_of(row);
    settings all;
    auto value = [&] {
      row.parse(all, values[0]);
      return row.text(all) == row.text(defaults) ? values[1] : values[0];
    }();
    BOOST_REQUIRE(row.parse(all, value));
    for (const auto& other : setting_table())
      BOOST_TEST((other.text(all) != other.text(defaults)) == (&other == &row), row.path << " changes " << other.path);
  }
}

BOOST_AUTO_TEST_CASE(a_value_out_of_range_changes_nothing) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"gateway.listen", "8080"},
      {"gateway.listen", ":8080"},
      {"gateway.listen", "a:65536"},
      {"gateway.listen", "::1:80"},
      {"gateway.io_loops", "-1"},
      {"gateway.io_loops", "1025"},
      {"gateway.io_loops", "4294967297"},
      {"gateway.io_loops", ""},
      {"gateway.max_pipelined", "0"},
      {"cache.bytes", "10"},
      {"cache.bytes", "256MB"},
      {"cache.bytes", "1.5GiB"},
      {"cache.bytes", "99999999999GiB"},
      {"cache.member_fresh", "0"},
      {"cache.member_fresh", "1500ms"},
      {"cache.member_fresh", "1 h"},
      {"cache.member_fresh", "9000h"},
      {"database.port", "0"},
      {"database.port", "65536"},
      {"database.connection_limit", "0"},
      {"database.group_limit", "3"},
      {"database.group_limit", "0"},
      {"database.group_limit", "128"},
      {"database.host", ""},
      {"database.store", "sqlite:"},
      {"database.store", "postgres://h/n"},
      {"database.store", "mysql://host"},
      {"database.store", "mysql://u:p/n"},
      {"redis.url", "rediss://host"},
      {"redis.url", "redis://"},
      {"redis.url", "redis://h/x"},
      {"redis.url", "host:6379"},
      {"log.level", "INFO"},
      {"log.format", "xml"},
      {"gateway.cors_origins", "a.test"},
      {"gateway.cors_origins", "https://a/b"},
      {"no_limits", "maybe"},
      {"redis.secret_file", ""},
      {"database.user", "a\nb"},
      {"database.password", "\xff"},
  };
  for (const auto& [path, text] : wrong) {
    settings all;
    const auto* row = find_setting(path);
    BOOST_REQUIRE_MESSAGE(row != nullptr, path);
    auto before = row->text(all);
    BOOST_TEST(!row->parse(all, text), path << " = " << text);
    BOOST_TEST(row->text(all) == before, path << " = " << text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
