#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tessera {

/// Returns the one of `names` with the smallest edit distance to `name`, if it is small enough to be what was meant
/// (at most a third of the letters differ); else "".
std::string nearest_name(std::string_view name, std::span<const std::string> names);

} // namespace tessera
