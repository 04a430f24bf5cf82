#pragma once

#include "config/load.hpp"
#include "config/setting_table.hpp"

#include <string>

namespace tessera {

/// Returns every setting of `resolved` as TOML, with a comment that says where its value came from: what `loaded` says,
/// or that it was chosen because `loaded` left it open. Secrets are masked.
std::string print_settings(const loaded_settings& loaded, const settings& resolved);

/// Returns the sample file: every setting with its default, commented out, under its help and its names.
std::string sample_file();

/// Returns the value of `row` as TOML. With `masked`, secrets are replaced by "***".
std::string toml_value_text(const setting& row, const settings& all, bool masked);

} // namespace tessera
