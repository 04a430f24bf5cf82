#include "config/flags.hpp"

#include "support.hpp"

#include <CLI/Error.hpp>
#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace tessera::test;

BOOST_AUTO_TEST_SUITE(flags_test)

BOOST_AUTO_TEST_CASE(of_a_repeated_flag_the_last_counts) {
  auto sources = no_sources();
  sources.flags = flags_of({"--cache-bytes", "1GiB", "--workers=2", "--cache-bytes", "2GiB"});
  auto loaded = must_load(sources);
  BOOST_TEST(loaded.all.cache.bytes == std::size_t{2} << 30);
  BOOST_TEST(loaded.all.workers == 2U);
}

BOOST_AUTO_TEST_CASE(a_switch_needs_no_value_but_takes_one) {
  auto share_port = [](std::vector<std::string> arguments) {
    auto sources = no_sources();
    sources.flags = flags_of(arguments);
    return must_load(sources).all.gateway.share_port;
  };
  BOOST_TEST(!share_port({}));
  BOOST_TEST(share_port({"--share-port"}));
  BOOST_TEST(share_port({"--share-port", "--workers", "2"}));
  BOOST_TEST(share_port({"--share-port=yes"}));
  BOOST_TEST(!share_port({"--share-port=off"}));
  BOOST_TEST(!share_port({"--share-port", "off"}));
  BOOST_TEST(!share_port({"--share-port", "--share-port=off"}));
}

BOOST_AUTO_TEST_CASE(an_empty_value_turns_a_setting_off) {
  auto sources = no_sources();
  sources.environment = environment_of({{"REDIS_URL", "redis://one"}});
  sources.flags = flags_of({"--redis", ""});
  BOOST_TEST(must_load(sources).all.redis.url.empty());
}

BOOST_AUTO_TEST_CASE(values_arrive_as_they_were_given) {
  for (const char* password : {"[a,b]", "a,b", "a b", "\"a\"", "{}", "%%", "-", "a=b"}) {
    auto sources = no_sources();
    sources.flags = flags_of({std::string{"--database-password="} + password});
    BOOST_TEST(must_load(sources).all.database.password == password);
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_flag_or_a_missing_value_is_refused) {
  BOOST_CHECK_THROW(flags_of({"--cache-byte", "1"}), CLI::ParseError);
  BOOST_CHECK_THROW(flags_of({"--cache-bytes"}), CLI::ParseError);
  BOOST_CHECK_THROW(flags_of({"stray"}), CLI::ParseError);
}

BOOST_AUTO_TEST_SUITE_END()
