#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace tessera {

/// Returns `text` as a quoted string that is valid in JSON (RFC 8259) and as a basic string in TOML 1.0: quotes,
/// backslashes and control characters escaped, what is not UTF-8 replaced by U+FFFD.
std::string quote(std::string_view text);

/// Appends to `out` (which grows by `push_back` and `append`) what `quote` puts between the quotes.
template <class Out>
void append_escaped(Out& out, std::string_view text);

/// The same for text that stands without quotes: quotes and backslashes stay.
template <class Out>
void append_printable(Out& out, std::string_view text);

/// Returns the number of bytes of the UTF-8 sequence that `text` begins with, or 0 if it begins with none.
std::size_t utf8_sequence(std::string_view text) noexcept;

/// Appends the first character of `text`, escaped unless it can stand as it is, and removes it from `text`.
template <class Out>
void append_character(Out& out, std::string_view& text) {
  constexpr char hex[] = "0123456789abcdef";
  auto append = [&out](std::string_view piece) { out.append(piece.data(), piece.data() + piece.size()); };
  auto first = static_cast<unsigned char>(text.front());
  auto taken = std::max<std::size_t>(utf8_sequence(text), 1);
  if (first == '\n') {
    append("\\n");
  } else if (first == '\t') {
    append("\\t");
  } else if (first == '\r') {
    append("\\r");
  } else if (first < 0x20 || first == 0x7f) { // TOML also wants DEL escaped
    append("\\u00");
    out.push_back(hex[first >> 4]);
    out.push_back(hex[first & 0xf]);
  } else {
    append(utf8_sequence(text) != 0 ? text.substr(0, taken) : "\xef\xbf\xbd");
  }
  text.remove_prefix(taken);
}

template <class Out>
void append_printable(Out& out, std::string_view text) {
  while (!text.empty())
    append_character(out, text);
}

template <class Out>
void append_escaped(Out& out, std::string_view text) {
  while (!text.empty()) {
    if (text.front() == '"' || text.front() == '\\')
      out.push_back('\\');
    append_character(out, text);
  }
}

} // namespace tessera
