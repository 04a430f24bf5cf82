#include "guard/client_naming.hpp"

#include <sodium.h>

#include <algorithm>
#include <span>
#include <string>

namespace tessera {

namespace {

// What is named, as the first byte of what is hashed.
constexpr std::uint8_t address_kind = 1;
constexpr std::uint8_t api_key_kind = 2;

static_assert(crypto_shorthash_BYTES == sizeof(client_key::value));
static_assert(crypto_shorthash_KEYBYTES == client_naming::secret_size);

client_key name_of(std::span<const std::uint8_t> bytes, const client_naming::secret& key) noexcept {
  std::array<std::uint8_t, crypto_shorthash_BYTES> hash;
  crypto_shorthash(hash.data(), bytes.data(), bytes.size(), key.data());
  std::uint64_t value = 0; // little-endian, on every machine
  for (auto at = hash.size(); at-- > 0;)
    value = value << 8 | hash[at];
  return {value};
}

} // namespace

client_key client_naming::of_address(const ip_address& address) const noexcept {
  std::array<std::uint8_t, 1 + std::tuple_size_v<ip_address::v6_bytes>> input{address_kind};
  auto counted = masked_for_limits(address);
  std::copy(counted.bytes().begin(), counted.bytes().end(), input.begin() + 1);
  return name_of(input, key_);
}

client_key client_naming::of_api_key(std::string_view id) const {
  std::string input(1, static_cast<char>(api_key_kind));
  input.append(id);
  return name_of({reinterpret_cast<const std::uint8_t*>(input.data()), input.size()}, key_);
}

} // namespace tessera
