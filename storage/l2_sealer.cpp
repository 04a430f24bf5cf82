#include "storage/l2_sealer.hpp"

#include <sodium.h>

#include <stdexcept>

namespace tessera {

namespace {

// What crypto_kdf derives keys for; changing one of these orphans everything in L2.
constexpr char kdf_context[crypto_kdf_CONTEXTBYTES + 1] = "tessera1";
constexpr std::uint64_t name_key_number = 1;
constexpr std::uint64_t seal_key_number = 2;
constexpr std::uint64_t etag_key_number = 3;
constexpr std::uint64_t client_name_key_number = 4;

// 128 bits: two of a billion numbers share a name with a probability of 10^-21.
constexpr std::size_t name_bytes = 16;

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) noexcept {
  return reinterpret_cast<unsigned char*>(text.data());
}

/// The name is followed by the generation and the epoch in 8 bytes each: no two triples give the same text.
std::string bound_to(std::string_view name, std::uint64_t generation, std::uint64_t epoch) {
  std::string out{name};
  for (auto number : {generation, epoch})
    for (int i = 0; i < 8; ++i)
      out.push_back(static_cast<char>(static_cast<unsigned char>(number >> (8 * i))));
  return out;
}

template <std::size_t N>
void derive(std::array<std::uint8_t, N>& to, std::uint64_t number, const l2_sealer::secret& master) {
  static_assert(N >= crypto_kdf_BYTES_MIN && N <= crypto_kdf_BYTES_MAX);
  crypto_kdf_derive_from_key(to.data(), to.size(), number, kdf_context, master.data());
}

} // namespace

l2_sealer::l2_sealer(const secret& master) {
  static_assert(secret_size == crypto_kdf_KEYBYTES);
  static_assert(std::tuple_size_v<decltype(seal_key_)> == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium cannot be used on this system");
  derive(name_key_, name_key_number, master);
  derive(seal_key_, seal_key_number, master);
  derive(etag_key_, etag_key_number, master);
  derive(client_name_key_, client_name_key_number, master);
}

std::string l2_sealer::name_of(id_number subject) const {
  auto digits = subject.digits();
  unsigned char hash[name_bytes];
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(digits.data()), digits.size(),
                     name_key_.data(), name_key_.size());
  char hex[2 * name_bytes + 1];
  sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
  return hex;
}

std::string l2_sealer::seal(std::string_view plain, std::string_view name, std::uint64_t generation,
                            std::uint64_t epoch) const {
  auto bound = bound_to(name, generation, epoch);
  std::string out(nonce_bytes + plain.size() + tag_bytes, '\0');
  auto* nonce = bytes_of(out);
  // 192 random bits never repeat in practice, so nodes need not agree on nonces.
  randombytes_buf(nonce, nonce_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + nonce_bytes, nullptr, bytes_of(plain), plain.size(),
                                             bytes_of(bound), bound.size(), nullptr, nonce, seal_key_.data());
  return out;
}

std::optional<std::string> l2_sealer::open(std::string_view sealed, std::string_view name,
                                           std::uint64_t generation, std::uint64_t epoch) const {
  if (sealed.size() < nonce_bytes + tag_bytes)
    return std::nullopt;
  auto bound = bound_to(name, generation, epoch);
  std::string out(sealed.size() - nonce_bytes - tag_bytes, '\0');
  auto* nonce = bytes_of(sealed);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_of(out), nullptr, nullptr, nonce + nonce_bytes,
                                                 sealed.size() - nonce_bytes, bytes_of(bound), bound.size(), nonce,
                                                 seal_key_.data())
      != 0)
    return std::nullopt;
  return out;
}

} // namespace tessera
