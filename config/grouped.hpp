#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tessera {

/// Returns a number as people write it: "1,234,567".
inline std::string grouped(std::uint64_t number) {
  auto digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

} // namespace tessera
