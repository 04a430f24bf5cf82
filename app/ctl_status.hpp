#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// Returns what /stats says, for people: some lines. Empty if it is not of that form.
std::string status_text(std::string_view stats);

} // namespace tessera
