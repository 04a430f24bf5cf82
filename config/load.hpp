#pragma once

#include "cards/result.hpp"
#include "config/flags.hpp"
#include "config/settings.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// Returns the value of an environment variable, or nothing if it is not set.
using environment_lookup = std::function<std::optional<std::string>(const std::string& name)>;

/// Looks into the environment of this process.
std::optional<std::string> process_environment(const std::string& name);

/// Where settings come from, weakest first: the defaults, the file, the environment, the flags.
struct setting_sources {
  std::filesystem::path file; ///< TOML; empty: the variable TESSERA_CONFIG names it, or there is none
  environment_lookup environment = process_environment;
  std::vector<given_flag> flags;
};

struct loaded_settings {
  settings all;
  std::filesystem::path file;                              ///< that was read; empty if none was
  std::map<std::string, std::string, std::less<>> origins; ///< by path: "default", "FILE:LINE", "environment PORT", …
};

/// Merges the sources, each over those before it, and validates the outcome. A variable that is empty counts as not
/// set, as the predecessor had it. A wrong value is an error even where a stronger source would go over it. The error
/// is one sentence that names the setting, what it must be, the source, and the value unless it may be secret.
result<loaded_settings> load_settings(const setting_sources& sources);

} // namespace tessera
