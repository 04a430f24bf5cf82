#include "guard/api_key.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <sodium.h>

namespace tessera {

namespace {

constexpr std::size_t checksum_size = 4;
constexpr std::size_t payload_size = key_secret_size + checksum_size;
constexpr std::size_t encoded_size = payload_size / 3 * 4;
static_assert(payload_size % 3 == 0); // so that every text of that length is the only one of its bytes
constexpr std::size_t head_size = api_key_prefix.size() + key_id::length + 1;
static_assert(head_size + encoded_size == api_key_length);

constexpr int base64url = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

using payload = std::array<std::uint8_t, payload_size>;

key_hash hash_of(std::string_view head, const payload& secret) {
  assert(head.size() == head_size);
  std::array<std::uint8_t, head_size + key_secret_size> text;
  std::memcpy(text.data(), head.data(), head_size);
  std::memcpy(text.data() + head_size, secret.data(), key_secret_size);
  key_hash hash;
  crypto_generichash(hash.data(), hash.size(), text.data(), text.size(), nullptr, 0);
  return hash;
}

/// libsodium 1.0.18 decodes bytes beyond ASCII as if they were '_'.
bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

new_api_key make_api_key(const key_seed& random) {
  new_api_key made;
  made.id = key_id{std::span{random}.first<key_id::length>()};
  made.text.append(api_key_prefix).append(made.id.text()).append("_");
  payload bytes;
  std::copy(random.begin() + key_id::length, random.end(), bytes.begin());
  made.hash = hash_of(made.text, bytes);
  std::copy_n(made.hash.begin(), checksum_size, bytes.begin() + key_secret_size);
  std::array<char, encoded_size + 1> encoded;
  sodium_bin2base64(encoded.data(), encoded.size(), bytes.data(), bytes.size(), base64url);
  made.text.append(encoded.data(), encoded_size);
  return made;
}

credentials read_api_key(std::string_view text) noexcept {
  constexpr credentials malformed{.what = credentials::kind::malformed};
  if (text.size() != api_key_length || !text.starts_with(api_key_prefix) || text[head_size - 1] != '_'
      || !is_ascii(text))
    return malformed;
  auto id = key_id::parse(text.substr(api_key_prefix.size(), key_id::length));
  payload bytes;
  std::size_t size = 0;
  if (!id
      || sodium_base642bin(bytes.data(), bytes.size(), text.data() + head_size, encoded_size, nullptr, &size, nullptr,
                           base64url)
             != 0
      || size != payload_size)
    return malformed;
  credentials key{.what = credentials::kind::key, .id = *id, .hash = hash_of(text.substr(0, head_size), bytes)};
  if (!std::equal(bytes.begin() + key_secret_size, bytes.end(), key.hash.begin()))
    return malformed;
  return key;
}

credentials read_authorization(std::span<const std::string_view> lines) noexcept {
  constexpr std::string_view scheme = "bearer";
  if (lines.empty())
    return {};
  if (lines.size() > 1)
    return {.what = credentials::kind::malformed};
  auto value = lines.front();
  auto is_ours = value.size() >= scheme.size() && std::ranges::equal(value.substr(0, scheme.size()), scheme, {}, lower)
                 && (value.size() == scheme.size() || value[scheme.size()] == ' ');
  if (!is_ours)
    return {};
  value.remove_prefix(scheme.size());
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  return read_api_key(value);
}

} // namespace tessera
