#include "cards/base64url.hpp"

#include <sodium.h>

#include <algorithm>

namespace tessera {

namespace {

constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

} // namespace

std::string encode_base64url(std::span<const std::uint8_t> bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.pop_back(); // the terminator
  return text;
}

std::optional<std::vector<std::uint8_t>> decode_base64url(std::string_view text) {
  // libsodium 1.0.18 decodes bytes beyond ASCII as if they were '_'.
  if (!std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return std::nullopt;
  std::vector<std::uint8_t> bytes(text.size() / 4 * 3 + 2);
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, &end, variant) != 0
      || end != text.data() + text.size())
    return std::nullopt;
  bytes.resize(size);
  return bytes;
}

} // namespace tessera
