#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace tessera {

/// A flag as it was given. A switch without a value has the text "true".
struct given_flag {
  std::string flag; ///< "--cache-bytes"
  std::string text;
};

/// Adds the flags of all settings, or of those of one section, to `app`. Parsing appends to `into`, which must outlive
/// it; of a repeated flag the last counts. Values are checked by `load_settings`, not here.
void add_setting_flags(CLI::App& app, std::vector<given_flag>& into, std::string_view section = {});

} // namespace tessera
