#include "cards/base32.hpp"

namespace tessera {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr unsigned bits_per_character = 5;
constexpr unsigned no_value = 32;

constexpr unsigned value_of(char character) noexcept {
  if (character >= 'A' && character <= 'Z')
    return static_cast<unsigned>(character - 'A');
  if (character >= '2' && character <= '7')
    return static_cast<unsigned>(character - '2') + 26;
  return no_value;
}

} // namespace

std::string encode_base32(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve(base32_length(bytes.size()));
  unsigned pending = 0; // its lowest `bits` bits are yet to be written
  unsigned bits = 0;
  for (auto byte : bytes) {
    pending = (pending << 8 | byte) & 0xfff; // at most four bits were left over
    for (bits += 8; bits >= bits_per_character; bits -= bits_per_character)
      text.push_back(alphabet[pending >> (bits - bits_per_character) & 0x1f]);
  }
  if (bits > 0)
    text.push_back(alphabet[pending << (bits_per_character - bits) & 0x1f]);
  return text;
}

std::optional<std::vector<std::uint8_t>> decode_base32(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() * bits_per_character / 8);
  unsigned pending = 0;
  unsigned bits = 0;
  for (auto character : text) {
    auto value = value_of(character);
    if (value == no_value)
      return std::nullopt;
    pending = (pending << bits_per_character | value) & 0xfff; // at most seven bits were left over
    bits += bits_per_character;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>(pending >> bits));
    }
  }
  // As many spare bits as a character has mean that the last character says nothing.
  if (bits >= bits_per_character || (pending & ((1U << bits) - 1)) != 0)
    return std::nullopt;
  return bytes;
}

} // namespace tessera
