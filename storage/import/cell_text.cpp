#include "storage/import/cell_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tessera {

namespace {

constexpr std::string_view no_break_space = "\xc2\xa0";

constexpr bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// Returns how many bytes of white space `text` begins with: 0, 1 or 2.
std::size_t space_at(std::string_view text) noexcept {
  if (text.starts_with(no_break_space))
    return no_break_space.size();
  return !text.empty() && is_space(text.front()) ? 1 : 0;
}

/// The apostrophe of a spreadsheet that wants text, and the one of `append_csv_field`.
bool is_guarded(std::string_view text) noexcept {
  constexpr std::string_view guarded = "=+-@\t\r\n";
  return text.size() > 1 && text[0] == '\'' && (is_digit(text[1]) || guarded.find(text[1]) != std::string_view::npos);
}

/// Most cells need nothing done.
bool is_clean(std::string_view text) noexcept {
  char before = ' ';
  for (auto c : text) {
    if ((is_space(c) && (c != ' ' || before == ' ')) || c == no_break_space.front())
      return false;
    before = c;
  }
  return text.empty() || before != ' ';
}

// 0x80 to 0x9f of Windows-1252 (WHATWG Encoding Standard, index windows-1252).
constexpr std::array<std::uint16_t, 32> windows_1252{0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                                     0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,   0x017d, 0x8f,
                                                     0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                     0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

/// Takes the digits off the front. Returns how many.
std::size_t take_digits(std::string_view& text) noexcept {
  auto size = static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
  text.remove_prefix(size);
  return size;
}

} // namespace

std::string clean_cell(std::string_view text) {
  if (is_guarded(text))
    text.remove_prefix(1);
  if (is_clean(text))
    return std::string{text};
  std::string clean;
  auto gap = false;
  while (!text.empty()) {
    if (auto size = space_at(text); size > 0) {
      gap = true;
      text.remove_prefix(size);
      continue;
    }
    if (gap && !clean.empty())
      clean.push_back(' ');
    gap = false;
    clean.push_back(text.front());
    text.remove_prefix(1);
  }
  return clean;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80) {
      text.remove_prefix(1);
      continue;
    }
    std::size_t size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (size == 0 || text.size() < size)
      return false;
    // The second byte is narrower where the sequence could be overlong, a surrogate, or beyond the last character.
    auto second = static_cast<unsigned char>(text[1]);
    unsigned lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest)
      return false;
    for (std::size_t at = 2; at < size; ++at)
      if ((static_cast<unsigned char>(text[at]) & 0xc0) != 0x80)
        return false;
    text.remove_prefix(size);
  }
  return true;
}

std::size_t count_characters(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string utf8_of_windows_1252(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (auto c : text) {
    unsigned code = static_cast<unsigned char>(c);
    if (code >= 0x80 && code < 0xa0)
      code = windows_1252[code - 0x80];
    if (code < 0x80) {
      out.push_back(c);
    } else if (code < 0x800) {
      out.push_back(static_cast<char>(0xc0 | code >> 6));
      out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
    } else {
      out.push_back(static_cast<char>(0xe0 | code >> 12));
      out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3f)));
      out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
    }
  }
  return out;
}

bool has_control_character(std::string_view text) noexcept {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

std::string_view spreadsheet_damage(std::string_view text) noexcept {
  auto digits = take_digits(text);
  auto decimals = false;
  if (!text.empty() && (text.front() == '.' || text.front() == ',')) {
    text.remove_prefix(1);
    decimals = true;
    digits += take_digits(text);
  }
  if (digits == 0)
    return {};
  if (text.empty())
    return decimals ? std::string_view{"has decimals: a spreadsheet took it for a number"} : std::string_view{};
  if (text.front() != 'E' && text.front() != 'e')
    return {};
  text.remove_prefix(1);
  if (!text.empty() && (text.front() == '+' || text.front() == '-'))
    text.remove_prefix(1);
  if (take_digits(text) == 0 || !text.empty())
    return {};
  return "is written like 8.01E+12: a spreadsheet took it for a number and dropped digits";
}

} // namespace tessera
