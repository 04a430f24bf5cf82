#include "config/setting_rows.hpp"

#include "config/quote.hpp"

#include <algorithm>

namespace tessera::rows {

setting named(names given, value_kind kind, std::string help) {
  setting row;
  row.kind = kind;
  row.help = std::move(help);
  row.path = std::move(given.path);
  row.flag = std::move(given.flag);
  row.environment = std::move(given.environment);
  if (row.flag.empty()) {
    row.flag = "--" + row.path;
    std::ranges::replace_if(
        row.flag, [](char c) { return c == '.' || c == '_'; }, '-');
  }
  if (row.environment.empty()) {
    auto word = row.flag.substr(2);
    std::ranges::transform(word, word.begin(), [](char c) {
      return c == '-' ? '_' : 'a' <= c && c <= 'z' ? static_cast<char>(c - 32) : c;
    });
    row.environment = "TESSERA_" + word;
  }
  return row;
}

bool is_printable(std::string_view text) {
  while (!text.empty()) {
    auto size = utf8_sequence(text);
    if (size == 0 || static_cast<unsigned char>(text.front()) < 0x20 || text.front() == '\x7f')
      return false;
    text.remove_prefix(size);
  }
  return true;
}

} // namespace tessera::rows
