#include "config/load.hpp"

#include "support.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace tessera::test;

namespace {

enum class source { file, environment, flag };

constexpr source all_sources[] = {source::file, source::environment, source::flag};

/// Gives `value` to `row` from one more source.
void add(setting_sources& sources, const temporary_directory& directory, source from, const setting& row,
         const std::string& value) {
  switch (from) {
  case source::file:
    sources.file = directory.write("given.toml", toml_of(row, value));
    return;
  case source::environment:
    sources.environment = environment_of({{row.environment, value}});
    return;
  case source::flag:
    sources.flags = flags_of({row.flag + "=" + value});
    return;
  }
}

std::string origin(const temporary_directory& directory, source from, const setting& row) {
  switch (from) {
  case source::file:
    return (directory.path() / "given.toml").string() + (section_of(row.path).empty() ? ":1" : ":2");
  case source::environment:
    return "environment " + row.environment;
  default:
    return "flag " + row.flag;
  }
}

std::string expected_text(const setting& row, const std::string& value) {
  settings all;
  BOOST_REQUIRE(row.parse(all, value));
  return row.text(all);
}

setting_sources with_file(const temporary_directory& directory, std::string_view toml) {
  auto sources = no_sources();
  sources.file = directory.write("given.toml", toml);
  return sources;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(load_test)

BOOST_AUTO_TEST_CASE(without_sources_all_is_default) {
  auto loaded = must_load(no_sources());
  const settings defaults;
  for (const auto& row : setting_table()) {
    BOOST_TEST(row.text(loaded.all) == row.text(defaults), row.path);
    BOOST_TEST(loaded.origins.at(row.path) == "default", row.path);
  }
}

BOOST_AUTO_TEST_CASE(each_setting_can_come_from_each_source) {
  temporary_directory directory;
  for (const auto& row : setting_table())
    for (auto from : all_sources)
      for (const auto& value : values_of(row)) {
        auto sources = no_sources();
        add(sources, directory, from, row, value);
        auto loaded = must_load(sources);
        BOOST_TEST(row.text(loaded.all) == expected_text(row, value), row.path);
        BOOST_TEST(loaded.origins.at(row.path) == origin(directory, from, row));
      }
}

BOOST_AUTO_TEST_CASE(of_each_pair_of_sources_the_later_wins) {
  temporary_directory directory;
  for (const auto& row : setting_table())
    for (auto weak : all_sources)
      for (auto strong : all_sources) {
        if (weak >= strong)
          continue;
        auto values = values_of(row);
        for (int turn = 0; turn < 2; ++turn, std::swap(values[0], values[1])) {
          auto sources = no_sources();
          add(sources, directory, weak, row, values[0]);
          add(sources, directory, strong, row, values[1]);
          auto loaded = must_load(sources);
          BOOST_TEST(row.text(loaded.all) == expected_text(row, values[1]), row.path);
          BOOST_TEST(loaded.origins.at(row.path) == origin(directory, strong, row));
        }
      }
}

BOOST_AUTO_TEST_CASE(a_wrong_value_names_setting_source_and_value_unless_secret) {
  temporary_directory directory;
  for (const auto& row : setting_table())
    for (auto from : all_sources) {
      auto sources = no_sources();
      add(sources, directory, from, row, "hunter2\x01");
      auto sentence = must_fail(sources);
      BOOST_TEST(contains(sentence, row.path), sentence);
      BOOST_TEST(contains(sentence, row.expects), sentence);
      BOOST_TEST(contains(sentence, origin(directory, from, row)), sentence);
      BOOST_TEST(contains(sentence, "hunter2") == (row.secret == secrecy::open), sentence);
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_value_is_an_error_even_if_a_stronger_source_is_right) {
  auto sources = no_sources();
  sources.environment = environment_of({{"DB_PORT", "many"}});
  sources.flags = flags_of({"--database-port", "3306"});
  BOOST_TEST(contains(must_fail(sources), "environment DB_PORT says \"many\""));
}

BOOST_AUTO_TEST_CASE(an_error_masks_id_numbers_and_cuts_long_values) {
  auto sources = no_sources();
  sources.environment = environment_of({{"DB_PORT", "8001015009087"}});
  BOOST_TEST(!contains(must_fail(sources), "8001015009087"));
  sources.environment = environment_of({{"DB_PORT", std::string(10'000, 'x')}});
  BOOST_TEST(must_fail(sources).size() < 300);
}

BOOST_AUTO_TEST_CASE(an_empty_variable_counts_as_not_set) {
  temporary_directory directory;
  auto sources = with_file(directory, "[redis]\nurl = \"redis://one\"\n");
  sources.environment = environment_of({{"REDIS_URL", ""}, {"DB_PORT", ""}, {"PORT", ""}, {"TESSERA_LISTEN", ""}});
  auto loaded = must_load(sources);
  BOOST_TEST(loaded.all.redis.url == "redis://one");
  BOOST_TEST(loaded.all.database.port == 3306);
  BOOST_TEST(loaded.origins.at("gateway.listen") == "default");
}

BOOST_AUTO_TEST_CASE(port_sets_the_port_alone_and_gives_way_to_the_whole_address) {
  temporary_directory directory;
  auto listen = [&](const char* toml, std::map<std::string, std::string> variables,
                    std::vector<std::string> arguments) {
    auto sources = no_sources();
    if (*toml != '\0')
      sources.file = directory.write("given.toml", toml);
    sources.environment = environment_of(std::move(variables));
    sources.flags = flags_of(arguments);
    auto loaded = must_load(sources);
    return loaded.all.gateway.listen.host + " " + std::to_string(loaded.all.gateway.listen.port) + " "
           + loaded.origins.at("gateway.listen");
  };
  auto file = (directory.path() / "given.toml").string();
  const char* toml = "gateway.listen = \"0.0.0.0:1\"";
  BOOST_TEST(listen("", {{"PORT", "3000"}}, {}) == "127.0.0.1 3000 environment PORT over default");
  BOOST_TEST(listen(toml, {}, {}) == "0.0.0.0 1 " + file + ":1");
  BOOST_TEST(listen(toml, {{"PORT", "3000"}}, {}) == "0.0.0.0 3000 environment PORT over " + file + ":1");
  BOOST_TEST(listen(toml, {{"PORT", "3000"}, {"TESSERA_LISTEN", "h:2"}}, {}) == "h 2 environment TESSERA_LISTEN");
  BOOST_TEST(listen(toml, {{"PORT", "3000"}}, {"--listen", "f:4"}) == "f 4 flag --listen");
}

BOOST_AUTO_TEST_CASE(a_wrong_port_names_the_setting_and_the_variable) {
  auto sources = no_sources();
  sources.environment = environment_of({{"PORT", "http"}});
  auto sentence = must_fail(sources);
  BOOST_TEST(sentence == "gateway.listen must be a port from 0 to 65535, but environment PORT says \"http\".");
}

BOOST_AUTO_TEST_CASE(a_store_from_any_source_beats_the_predecessors_variables) {
  temporary_directory directory;
  std::map<std::string, std::string> parts{{"DB_HOST", "db.test"}, {"DB_NAME", "members"}, {"DB_PASSWORD", "x"}};
  auto sources = no_sources();
  sources.environment = environment_of(parts);
  BOOST_TEST(resolve(must_load(sources).all, 2).database.store == "mysql://root:x@db.test:3306/members");
  sources.file = directory.write("given.toml", "[database]\nstore = \"sqlite:of-file\"\n");
  BOOST_TEST(resolve(must_load(sources).all, 2).database.store == "sqlite:of-file");
  parts["TESSERA_STORE"] = "sqlite:of-variable";
  sources.environment = environment_of(parts);
  BOOST_TEST(resolve(must_load(sources).all, 2).database.store == "sqlite:of-variable");
  sources.flags = flags_of({"--store", "sqlite:of-flag"});
  BOOST_TEST(resolve(must_load(sources).all, 2).database.store == "sqlite:of-flag");
}

BOOST_AUTO_TEST_CASE(an_unknown_key_names_key_and_line_and_what_was_meant) {
  temporary_directory directory;
  auto file = (directory.path() / "given.toml").string();
  auto fail = [&](const char* toml) { return must_fail(with_file(directory, toml)); };
  BOOST_TEST(fail("[cache]\nbytes = 1000000\nmember_frsh = 3\n")
             == "There is no setting \"cache.member_frsh\" (" + file + ":3); did you mean cache.member_fresh?");
  BOOST_TEST(fail("\nlog_level = \"info\"\n")
             == "There is no setting \"log_level\" (" + file + ":2); did you mean log.level?");
  BOOST_TEST(fail("[gateway]\nmember_fresh = 7\n")
             == "There is no setting \"gateway.member_fresh\" (" + file + ":2); did you mean cache.member_fresh?");
  BOOST_TEST(fail("[quite.something.else]\n") == "There is no setting \"quite.something.else\" (" + file + ":1).");
  BOOST_TEST(fail("[cahce]\n") == "There is no setting \"cahce\" (" + file + ":1).");
  BOOST_TEST(fail("[cache.bytes]\nx = 1\n")
             == "There is no setting \"cache.bytes.x\" (" + file + ":2); did you mean cache.bytes?");
}

BOOST_AUTO_TEST_CASE(an_empty_section_is_no_fault) {
  temporary_directory directory;
  must_load(with_file(directory, "[cache]\n[log]\nlevel = \"warn\"\n"));
}

BOOST_AUTO_TEST_CASE(values_in_a_file_may_be_plain_or_text) {
  temporary_directory directory;
  auto loaded =
      must_load(with_file(directory, "workers = \"3\"\nno_limits = \"on\"\n[cache]\nbytes = 1048576\n"
                                     "member_fresh = 60\nstale = \"2h\"\n[gateway]\n"
                                     "idle_timeout = 1500\ncors_origins = [\"https://a.test\", \"https://b.test\"]\n"));
  BOOST_TEST(loaded.all.workers == 3U);
  BOOST_TEST(loaded.all.no_limits);
  BOOST_TEST(loaded.all.cache.bytes == 1'048'576U);
  BOOST_TEST(loaded.all.cache.member_fresh.count() == 60);
  BOOST_TEST(loaded.all.cache.stale.count() == 7'200);
  BOOST_TEST(loaded.all.gateway.idle_timeout.count() == 1'500);
  BOOST_TEST((loaded.all.gateway.cors_origins == std::vector<std::string>{"https://a.test", "https://b.test"}));
}

BOOST_AUTO_TEST_CASE(a_value_of_another_type_is_refused_without_showing_it) {
  temporary_directory directory;
  for (const char* toml :
       {"[database]\npassword = 4711\n", "[database]\nport = 47.11\n", "[database]\nport = [4711]\n",
        "[database]\npassword = [\"4711\"]\n", "[database]\nuser = true\n", "[cache]\nmember_fresh = true\n",
        "[gateway]\nshare_port = 1\n", "[gateway]\ncors_origins = [4711]\n", "[database]\nport = 2011-11-11\n"}) {
    auto sentence = must_fail(with_file(directory, toml));
    BOOST_TEST(contains(sentence, "given.toml:2 has another type of value"), sentence);
    BOOST_TEST(!contains(sentence, "4711"), sentence);
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_toml_names_the_place_and_shows_nothing_of_it) {
  temporary_directory directory;
  for (const char* toml : {"[database]\npassword = hunter2\n", "[database]\npassword = \"hunter2\n",
                           "[database]\npassword = \"a\" hunter2\n", "[database]\n[database]\n"}) {
    auto sentence = must_fail(with_file(directory, toml));
    BOOST_TEST(contains(sentence, "given.toml is not valid TOML at line 2"), sentence);
    BOOST_TEST(!contains(sentence, "hunter2"), sentence);
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_an_error) {
  temporary_directory directory;
  auto sources = no_sources();
  sources.file = directory.path() / "absent.toml";
  BOOST_TEST(contains(must_fail(sources), "absent.toml cannot be read: No such file"));
  sources.file = directory.path();
  BOOST_TEST(contains(must_fail(sources), "cannot be read: Is a directory"));
}

BOOST_AUTO_TEST_CASE(a_variable_can_name_the_file_and_the_flag_goes_over_it) {
  temporary_directory directory;
  auto sources = no_sources();
  auto file = directory.write("of-variable.toml", "workers = 5\n");
  sources.environment = environment_of({{"TESSERA_CONFIG", file.string()}});
  auto loaded = must_load(sources);
  BOOST_TEST(loaded.all.workers == 5U);
  BOOST_TEST(loaded.file == file);
  sources.file = directory.write("of-flag.toml", "workers = 6\n");
  BOOST_TEST(must_load(sources).all.workers == 6U);
}

BOOST_AUTO_TEST_CASE(a_contradiction_names_both_settings_and_their_sources) {
  auto sources = no_sources();
  sources.environment = environment_of({{"PORT", "9090"}});
  auto sentence = must_fail(sources);
  BOOST_TEST(sentence
             == "gateway.listen and operator.listen must differ, but both are 127.0.0.1:9090 (gateway.listen from "
                "environment PORT over default, operator.listen from default).");
}

BOOST_AUTO_TEST_CASE(the_environment_of_the_process_is_read) {
  BOOST_REQUIRE(setenv("TESSERA_WORKERS", "7", 1) == 0);
  BOOST_TEST(must_load({}).all.workers == 7U);
  BOOST_REQUIRE(unsetenv("TESSERA_WORKERS") == 0);
  BOOST_TEST(must_load({}).all.workers == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
