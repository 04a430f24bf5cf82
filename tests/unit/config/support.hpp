#pragma once

#include "config/load.hpp"
#include "config/setting_table.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What the tests of config/ share.
namespace tessera::test {

/// A directory of its own, removed with everything in it at the end.
class temporary_directory {
public:
  temporary_directory();
  ~temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  const std::filesystem::path& path() const {
    return path_;
  }

  /// Writes a file into it and returns its path.
  std::filesystem::path write(const std::string& name, std::string_view content) const;

private:
  std::filesystem::path path_;
};

/// Returns an environment that holds just these variables.
environment_lookup environment_of(std::map<std::string, std::string> variables);

/// Returns what CLI11 makes of these arguments, flags of all settings being allowed. Throws what CLI11 throws.
std::vector<given_flag> flags_of(const std::vector<std::string>& arguments);

/// Sources with an empty environment.
setting_sources no_sources();

/// Loads and returns the settings; fails the test if that fails.
loaded_settings must_load(const setting_sources& sources);

/// Loads and returns the error; fails the test if there is none, or if it is not one sentence.
std::string must_fail(const setting_sources& sources);

/// Returns values that `row` accepts and that differ from each other: at least two, one of them not the default.
std::vector<std::string> values_of(const setting& row);

/// Returns a line "key = value" for a TOML file, under the head of its section.
std::string toml_of(const setting& row, const std::string& value);

} // namespace tessera::test
