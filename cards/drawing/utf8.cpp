#include "cards/drawing/utf8.hpp"

namespace tessera {

namespace {

constexpr char32_t last_character = 0x10ffff;

constexpr bool is_surrogate(char32_t character) noexcept {
  return character >= 0xd800 && character < 0xe000;
}

// Controls of ASCII and Latin-1, the line and paragraph separators, the marks that turn the writing direction, and what
// will never be a character (and must not be in XML).
constexpr bool is_control(char32_t character) noexcept {
  return character < 0x20 || (character >= 0x7f && character < 0xa0) || (character >= 0x2028 && character <= 0x202e)
         || (character >= 0x2066 && character <= 0x2069) || (character & 0xfffe) == 0xfffe;
}

void append_hex(std::string& out, char32_t unit) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (int shift = 12; shift >= 0; shift -= 4)
    out.push_back(digits[unit >> shift & 0xf]);
}

} // namespace

char32_t take_character(std::string_view& text) noexcept {
  auto first = static_cast<unsigned char>(text.front());
  std::size_t size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  char32_t character = size <= 1 ? first : first & (0xffU >> (size + 1));
  bool valid = size != 0 && size <= text.size();
  for (std::size_t at = 1; valid && at < size; ++at) {
    auto next = static_cast<unsigned char>(text[at]);
    valid = (next & 0xc0) == 0x80;
    character = character << 6 | (next & 0x3f);
  }
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (!valid || character < smallest[size] || character > last_character || is_surrogate(character)) {
    text.remove_prefix(1);
    return replacement_character;
  }
  text.remove_prefix(size);
  return character;
}

void append_utf8(std::string& out, char32_t character) {
  auto continuation = [&](int shift) { out.push_back(static_cast<char>(0x80 | (character >> shift & 0x3f))); };
  if (character < 0x80) {
    out.push_back(static_cast<char>(character));
  } else if (character < 0x800) {
    out.push_back(static_cast<char>(0xc0 | character >> 6));
    continuation(0);
  } else if (character < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | character >> 12));
    continuation(6);
    continuation(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | character >> 18));
    continuation(12);
    continuation(6);
    continuation(0);
  }
}

void append_utf16_hex(std::string& out, std::string_view text) {
  while (!text.empty()) {
    auto character = take_character(text);
    if (character < 0x10000) {
      append_hex(out, character);
    } else {
      append_hex(out, 0xd800 + ((character - 0x10000) >> 10));
      append_hex(out, 0xdc00 + (character & 0x3ff));
    }
  }
}

std::string printable_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool gap = false;
  while (!text.empty()) {
    auto character = take_character(text);
    if (character == ' ' || is_control(character)) {
      gap = true;
      continue;
    }
    if (gap && !out.empty())
      out.push_back(' ');
    gap = false;
    append_utf8(out, character);
  }
  return out;
}

} // namespace tessera
