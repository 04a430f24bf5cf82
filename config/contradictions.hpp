#pragma once

#include "config/settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// Settings that are each in range but cannot hold together.
struct contradiction {
  std::string sentence;           ///< names the settings and their values, without the full stop
  std::vector<std::string> paths; ///< of the settings, so that their sources can be named
};

/// Returns the first contradiction in `all`.
std::optional<contradiction> find_contradiction(const settings& all);

} // namespace tessera
