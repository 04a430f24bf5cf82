#pragma once

#include "cards/member.hpp"
#include "cards/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The Ed25519 keys (RFC 8032) that sign cards. They come from a text, one line each:
///
///     KID CREATED SEED
///
/// KID is the key's id, CREATED a time of ISO 8601, SEED base64url of 32 random bytes, the secret. '#' begins a
/// comment. The last key signs, all verify: a new one is appended, and removing a line ends what it signed.
namespace tessera {

/// Names a signing key: the first four bytes of BLAKE2b-256 of the public key.
struct card_key_id {
  std::uint32_t value = 0;

  auto operator<=>(const card_key_id&) const = default;

  /// Returns the id as eight hexadecimal digits.
  std::string text() const;

  /// Returns the id that `text` spells, or nothing if it is not eight hexadecimal digits in lower case.
  static std::optional<card_key_id> parse(std::string_view text) noexcept;
};

/// The random bytes of which a key is made.
using card_key_seed = std::array<std::uint8_t, 32>;

using card_public_key = std::array<std::uint8_t, 32>;
using card_signature = std::array<std::uint8_t, 64>;

struct new_card_key {
  card_key_id id;
  std::string line; ///< for the text, with its line end; secret: whoever has it wipes it
};

/// Returns the key that these bytes make.
new_card_key make_card_key(const card_key_seed& random, utc_time created);

/// All keys of a text. Immutable; any thread. The secret, of the last key only, is wiped with the object.
class card_keys {
public:
  struct verifying_key {
    card_key_id id;
    card_public_key key;
  };

  /// Parses the text. The error says which line is wrong and why, and holds nothing of a seed. `text` remains the
  /// caller's to wipe.
  static result<card_keys> parse(std::string_view text);

  card_keys(card_keys&& other) noexcept;
  card_keys& operator=(card_keys&& other) noexcept;
  card_keys(const card_keys&) = delete;
  card_keys& operator=(const card_keys&) = delete;
  ~card_keys();

  /// Returns the id of the key that signs.
  card_key_id signing_id() const noexcept;

  /// Signs `message` with the last key.
  card_signature sign(std::span<const std::uint8_t> message) const noexcept;

  /// Returns the public key of that id, or nullptr if there is none.
  const verifying_key* find(card_key_id id) const noexcept;

  /// Returns all keys, in the order of the text.
  std::span<const verifying_key> all() const noexcept;

  /// Returns the public keys as a JWK set (RFC 7517, RFC 8037), the body of `/.well-known/jwks.json`.
  std::string jwks_json() const;

private:
  card_keys() noexcept = default;

  std::vector<verifying_key> keys_;           // one at least, but for an object moved from
  std::array<std::uint8_t, 64> secret_key_{}; // as libsodium has it: the seed and the public key
};

/// Returns whether `signature` is that of `message` by `key`.
bool is_signed_by(const card_keys::verifying_key& key, std::span<const std::uint8_t> message,
                  std::span<const std::uint8_t, 64> signature) noexcept;

} // namespace tessera
