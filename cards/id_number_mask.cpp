// Finds what could be an ID number in text that may be percent-encoded, and hides it. The text is read as tokens: a
// digit ("8", "%38"), a separator (" ", "-", "+", "%20", "%2D", "%2B"), or anything else, which ends a run. A '%' that
// is itself encoded ("%2538") counts too, as paths pass through more than one encoder.

#include "cards/id_number.hpp"

#include <algorithm>

namespace tessera {

namespace {

// Ten-digit runs (phone numbers, timestamps in seconds) stay readable; 11 is what is left of an ID number after a
// spreadsheet dropped two zeros.
constexpr std::size_t shortest_run = 11;

// As many separators as people type between two groups (" - ").
constexpr std::size_t most_separators = 3;

enum class token_kind { digit, separator, other };

struct token {
  token_kind kind;
  std::size_t size;
};

constexpr bool is_digit(char character) noexcept {
  return character >= '0' && character <= '9';
}

// REQUIRES: at < text.size().
token token_at(std::string_view text, std::size_t at) noexcept {
  auto first = text[at];
  if (is_digit(first))
    return {token_kind::digit, 1};
  if (first == ' ' || first == '-' || first == '+')
    return {token_kind::separator, 1};
  if (first != '%')
    return {token_kind::other, 1};
  auto code = at + 1;
  while (text.substr(code, 2) == "25")
    code += 2;
  auto hex = text.substr(code, 2);
  if (hex.size() != 2)
    return {token_kind::other, 1};
  auto size = code + 2 - at;
  if (hex[0] == '3' && is_digit(hex[1]))
    return {token_kind::digit, size};
  if (hex[0] == '2' && (hex[1] == '0' || hex[1] == 'D' || hex[1] == 'd' || hex[1] == 'B' || hex[1] == 'b'))
    return {token_kind::separator, size};
  return {token_kind::other, 1};
}

// Replaces the digits of the run from `begin` to `end`, but not those of its separators ("%20").
void hide(std::string& text, std::size_t begin, std::size_t end) noexcept {
  token next{};
  for (auto at = begin; at < end; at += next.size) {
    next = token_at(text, at);
    if (next.kind == token_kind::digit)
      std::replace_if(text.begin() + static_cast<std::ptrdiff_t>(at),
                      text.begin() + static_cast<std::ptrdiff_t>(at + next.size), is_digit, '*');
  }
}

} // namespace

std::string mask_id_numbers(std::string_view text) {
  std::string result{text};
  std::size_t at = 0;
  while (at < text.size()) {
    if (auto first = token_at(text, at); first.kind != token_kind::digit) {
      at += first.size;
      continue;
    }
    auto begin = at;
    auto end = at; // behind the last digit of the run
    std::size_t digits = 0;
    std::size_t plain = 0; // the same if the last '%' is no encoding but a percent sign before a number
    std::size_t most = 0;
    std::size_t separators = 0;
    while (at < text.size()) {
      auto next = token_at(text, at);
      if (next.kind == token_kind::other || (next.kind == token_kind::separator && ++separators > most_separators))
        break;
      at += next.size;
      if (next.kind == token_kind::digit) {
        separators = 0;
        end = at;
        ++digits;
        plain = next.size == 1 ? plain + 1 : next.size - 1;
        most = std::max({most, digits, plain});
      }
    }
    if (most >= shortest_run)
      hide(result, begin, end);
    at = end;
  }
  return result;
}

} // namespace tessera
