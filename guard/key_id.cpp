#include "guard/key_id.hpp"

#include <algorithm>

namespace tessera {

namespace {

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";

bool is_of_alphabet(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
}

} // namespace

key_id::key_id(std::span<const std::uint8_t, length> random) noexcept {
  std::ranges::transform(random, text_.begin(), [](std::uint8_t byte) { return alphabet[byte % alphabet.size()]; });
}

std::optional<key_id> key_id::parse(std::string_view text) noexcept {
  if (text.size() != length || !std::ranges::all_of(text, is_of_alphabet))
    return std::nullopt;
  key_id id;
  std::ranges::copy(text, id.text_.begin());
  return id;
}

} // namespace tessera
