#pragma once

#include <cstddef>
#include <string_view>

namespace tessera {

/// Returns whether `text` is well-formed UTF-8 (RFC 3629, section 4, by its table) without control characters.
inline bool is_clean_utf8(std::string_view text) noexcept {
  auto byte = [&](std::size_t at) -> unsigned { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u; };
  auto in = [](unsigned value, unsigned low, unsigned high) { return value >= low && value <= high; };
  for (std::size_t at = 0; at < text.size();) {
    auto first = byte(at);
    if (in(first, 0x20, 0x7e)) {
      at += 1;
    } else if (in(first, 0xc2, 0xdf) && in(byte(at + 1), 0x80, 0xbf)) {
      at += 2;
    } else if (in(first, 0xe0, 0xef) && in(byte(at + 1), first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf)
               && in(byte(at + 2), 0x80, 0xbf)) {
      at += 3;
    } else {
      return false;
    }
  }
  return true;
}

} // namespace tessera
