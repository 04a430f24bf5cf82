#include "support.hpp"

#include "config/quote.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace tessera::test {

temporary_directory::temporary_directory() {
  auto pattern = (std::filesystem::temp_directory_path() / "tessera-config-XXXXXX").string();
  BOOST_REQUIRE(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path temporary_directory::write(const std::string& name, std::string_view content) const {
  auto file = path_ / name;
  std::ofstream{file, std::ios::binary} << content;
  return file;
}

environment_lookup environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  };
}

std::vector<given_flag> flags_of(const std::vector<std::string>& arguments) {
  std::vector<given_flag> given;
  CLI::App app;
  add_setting_flags(app, given);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend()); // the order that CLI11 wants
  app.parse(reversed);
  return given;
}

setting_sources no_sources() {
  return {{}, environment_of({}), {}};
}

loaded_settings must_load(const setting_sources& sources) {
  auto loaded = load_settings(sources);
  BOOST_REQUIRE_MESSAGE(loaded.has_value(), (loaded ? "" : loaded.error().detail));
  return *loaded;
}

std::string must_fail(const setting_sources& sources) {
  auto loaded = load_settings(sources);
  BOOST_REQUIRE(!loaded.has_value());
  const auto& sentence = loaded.error().detail;
  BOOST_TEST((loaded.error().code == error_code::validation));
  BOOST_TEST((sentence.ends_with('.') || sentence.ends_with('?')), sentence);
  BOOST_TEST(std::ranges::none_of(sentence, [](char c) { return static_cast<unsigned char>(c) < 0x20; }), sentence);
  return sentence;
}

std::vector<std::string> values_of(const setting& row) {
  // Chosen so that none contradicts the defaults of other settings.
  constexpr const char* pool[] = {"9KiB",
                                  "12KiB",
                                  "128KiB",
                                  "256KiB",
                                  "1000",
                                  "1900",
                                  "1",
                                  "2",
                                  "true",
                                  "false",
                                  "sqlite:a",
                                  "sqlite:b",
                                  "127.0.0.1:1111",
                                  "[::1]:2222",
                                  "redis://one",
                                  "debug",
                                  "redis://two",
                                  "https://one.test",
                                  "*",
                                  "json",
                                  "text",
                                  "off",
                                  "alpha",
                                  "https://two.test",
                                  "10.0.0.0/8",
                                  "::1",
                                  "lookup",
                                  "verify"};
  std::vector<std::string> chosen;
  std::vector<std::string> texts;
  for (const auto* value : pool) {
    settings all;
    if (!row.parse(all, value) || std::ranges::find(texts, row.text(all)) != texts.end())
      continue;
    texts.push_back(row.text(all));
    chosen.emplace_back(value);
  }
  BOOST_REQUIRE_MESSAGE(chosen.size() >= 2, row.path);
  chosen.resize(2);
  return chosen;
}

std::string toml_of(const setting& row, const std::string& value) {
  auto section = section_of(row.path);
  auto digits = value.find_first_not_of("0123456789") == std::string::npos;
  auto bare =
      row.kind == value_kind::boolean ? value == "true" || value == "false" : row.kind == value_kind::number && digits;
  auto text = bare ? value : row.kind == value_kind::list ? "[" + quote(value) + "]" : quote(value);
  return (section.empty() ? "" : "[" + section + "]\n") + key_of(row.path) + " = " + text + "\n";
}

} // namespace tessera::test
