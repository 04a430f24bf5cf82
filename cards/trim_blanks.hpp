#pragma once

#include <string_view>

namespace tessera {

/// Returns `text` without the spaces and tabs at its ends: what HTTP calls optional white space (RFC 9110, 5.6.3).
constexpr std::string_view trim_blanks(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

} // namespace tessera
