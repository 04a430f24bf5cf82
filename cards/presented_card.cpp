#include "cards/presented_card.hpp"

#include "cards/card_jwt.hpp"
#include "cards/card_token.hpp"

#include <algorithm>

namespace tessera {

namespace {

constexpr std::string_view path = "/V#";

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r\n";
  auto first = text.find_first_not_of(blanks);
  if (first == text.npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

constexpr bool is_capital_or_digit(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr bool is_base64url(char c) noexcept {
  return is_capital_or_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

bool starts_with_scheme(std::string_view text, std::string_view scheme) noexcept {
  auto same = [](char left, char right) { return (left >= 'A' && left <= 'Z' ? left + ('a' - 'A') : left) == right; };
  return text.size() >= scheme.size() && std::ranges::equal(text.substr(0, scheme.size()), scheme, same);
}

/// Returns the fragment of the address that is in our QR codes, or nothing if `text` is none.
std::string_view fragment_of(std::string_view text) noexcept {
  for (std::string_view scheme : {"https://", "http://"}) {
    if (!starts_with_scheme(text, scheme))
      continue;
    text.remove_prefix(scheme.size());
    auto host = text.substr(0, text.find_first_of("/?#"));
    text.remove_prefix(host.size());
    if (host.empty() || !text.starts_with(path))
      return {};
    return text.substr(path.size());
  }
  return {};
}

bool is_token(std::string_view text) noexcept {
  return text.size() == card_token::text_size && std::ranges::all_of(text, is_capital_or_digit);
}

bool is_jwt(std::string_view text) noexcept {
  return std::ranges::count(text, '.') == 2
         && std::ranges::all_of(text, [](char c) { return c == '.' || is_base64url(c); });
}

} // namespace

presented_card read_presented(std::string_view text) noexcept {
  if (text.size() > longest_presented_card)
    return {};
  text = trimmed(text);
  if (text.starts_with('{') || text.starts_with('['))
    return {presented_card::kind::unsigned_data, {}};
  if (is_token(text))
    return {presented_card::kind::token, text};
  if (auto fragment = fragment_of(text); is_token(fragment))
    return {presented_card::kind::token, fragment};
  if (text.size() <= longest_card_jwt && is_jwt(text))
    return {presented_card::kind::jwt, text};
  return {};
}

checked_card verify_presented(std::string_view text, const card_keys& keys) {
  auto presented = read_presented(text);
  switch (presented.what) {
  case presented_card::kind::token:
    return verify_card_token(presented.text, keys);
  case presented_card::kind::jwt:
    return verify_card_jwt(presented.text, keys);
  case presented_card::kind::unsigned_data:
    return {card_fault::unsigned_data};
  case presented_card::kind::malformed:
    break;
  }
  return {card_fault::malformed};
}

} // namespace tessera
