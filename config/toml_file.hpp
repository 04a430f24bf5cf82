#pragma once

#include "cards/result.hpp"
#include "config/setting_table.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// One value of a TOML file.
struct toml_value {
  std::string path; ///< dotted: "cache.bytes"
  unsigned line = 0;
  std::vector<value_kind> kinds; ///< kinds of settings that may be given so; empty: none
  std::string text;              ///< as `setting::parse` reads it; the items of an array joined by commas
};

/// Returns the values of the TOML file in the order of its lines; a table without values counts as a value of no kind,
/// so that a misspelt one is noticed. The error is one sentence without anything of the file's content, which may be
/// secret.
result<std::vector<toml_value>> read_toml_file(const std::filesystem::path& file);

} // namespace tessera
