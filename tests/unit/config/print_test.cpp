#include "config/print.hpp"

#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <sstream>

using namespace tessera;
using namespace tessera::test;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Loads what was printed, from a file.
loaded_settings load_text(const std::string& toml) {
  temporary_directory directory;
  auto sources = no_sources();
  sources.file = directory.write("printed.toml", toml);
  return must_load(sources);
}

/// Turns each line "#key = value" into "key = value".
std::string uncomment(const std::string& sample) {
  std::istringstream in{sample};
  std::string out;
  for (std::string line; std::getline(in, line);)
    out += (line.size() > 1 && line[0] == '#' && line[1] != ' ' ? line.substr(1) : line) + "\n";
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(print_test)

BOOST_AUTO_TEST_CASE(what_is_printed_reads_back_to_the_same_settings) {
  for (std::size_t choice = 0; choice < 2; ++choice) {
    auto sources = no_sources();
    for (const auto& row : setting_table())
      if (row.path != "gateway.max_head_bytes") // or it would contradict the size of a target
        sources.flags.push_back({row.flag, values_of(row)[choice]});
    sources.flags.push_back({"--operator", "127.0.0.1:3"});
    sources.flags.push_back({"--redis-backoff-max", "1h"});
    auto loaded = must_load(sources);
    auto resolved = resolve(loaded.all, 4);
    auto again = load_text(print_settings(loaded, resolved));
    for (const auto& row : setting_table())
      if (row.secret != secrecy::hidden)
        BOOST_TEST(row.text(again.all) == row.text(resolved), row.path);
  }
}

BOOST_AUTO_TEST_CASE(every_value_says_where_it_came_from) {
  temporary_directory directory;
  auto sources = no_sources();
  sources.file = directory.write("given.toml", "[cache]\n\nstale = \"2h\"\n");
  sources.environment = environment_of({{"CACHE_TTL_MEMBER", "60"}, {"PORT", "3000"}});
  sources.flags = {{"--cache-bytes", "1GiB"}};
  auto loaded = must_load(sources);
  auto text = print_settings(loaded, resolve(loaded.all, 4));
  auto file = (directory.path() / "given.toml").string();
  for (const auto& line :
       {"stale = \"2h\" # " + file + ":3\n", std::string{"member_fresh = \"1m\" # environment CACHE_TTL_MEMBER\n"},
        std::string{"bytes = \"1GiB\" # flag --cache-bytes\n"}, std::string{"card_fresh = \"30m\" # default\n"},
        std::string{"listen = \"127.0.0.1:3000\" # environment PORT over default\n"},
        std::string{"io_loops = 2 # default, chosen for this machine\n"},
        std::string{"store = \"sqlite:var/members.sqlite\" # default, embedded\n"},
        std::string{"cors_origins = [] # default\n"}, "File: " + file + "\n"})
    BOOST_TEST(contains(text, line), line << "is not in\n" << text);
}

BOOST_AUTO_TEST_CASE(secrets_are_masked) {
  auto sources = no_sources();
  sources.environment = environment_of(
      {{"DB_PASSWORD", "hunter2"}, {"DB_NAME", "members"}, {"REDIS_URL", "redis://:hunter2@cache.test:6379/1"}});
  auto loaded = must_load(sources);
  auto text = print_settings(loaded, resolve(loaded.all, 4));
  BOOST_TEST(!contains(text, "hunter2"), text);
  BOOST_TEST(contains(text, "password = \"***\" # environment DB_PASSWORD\n"), text);
  BOOST_TEST(contains(text, "store = \"mysql://root:***@127.0.0.1:3306/members\" # made from the parts below\n"), text);
  BOOST_TEST(contains(text, "url = \"redis://:***@cache.test:6379/1\" # environment REDIS_URL\n"), text);
  auto bare = must_load(no_sources());
  BOOST_TEST(contains(print_settings(bare, resolve(bare.all, 4)), "password = \"\" # default\n"));
}

BOOST_AUTO_TEST_CASE(the_sample_file_is_what_the_table_says) {
  std::ifstream in{TESSERA_SOURCE_DIR "/config/tessera.toml.sample", std::ios::binary};
  std::string content{std::istreambuf_iterator<char>{in}, {}};
  BOOST_TEST(content == sample_file(), "refresh it with: tessera serve --print-sample > config/tessera.toml.sample");
}

BOOST_AUTO_TEST_CASE(the_sample_file_sets_nothing_until_it_is_uncommented) {
  auto loaded = load_text(sample_file());
  for (const auto& row : setting_table())
    BOOST_TEST(loaded.origins.at(row.path) == "default", row.path);
}

BOOST_AUTO_TEST_CASE(the_sample_file_uncommented_sets_every_setting_to_its_default) {
  auto loaded = load_text(uncomment(sample_file()));
  const settings defaults;
  for (const auto& row : setting_table()) {
    BOOST_TEST(contains(loaded.origins.at(row.path), "printed.toml:"), row.path);
    BOOST_TEST(row.text(loaded.all) == row.text(defaults), row.path);
  }
}

BOOST_AUTO_TEST_SUITE_END()
