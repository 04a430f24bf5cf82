#pragma once

#include <string>
#include <string_view>

namespace tessera::test {

/// Returns what a zlib stream holds. Throws std::runtime_error if it is damaged or anything follows it.
std::string inflate(std::string_view stream);

} // namespace tessera::test
