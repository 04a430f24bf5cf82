#pragma once

#include "guard/key_id.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// The text of an API key, as its user holds it:
///
///     tsk_ ID _ SECRET      tsk_[a-z2-7]{10}_[A-Za-z0-9_-]{48}
///
/// The prefix lets keys be found in logs and repositories, the id tells which one it is. SECRET is base64url (RFC 4648,
/// section 5) of 32 random bytes and a checksum of 4. The hash of a key is BLAKE2b-256 over the text up to and
/// including the second underscore, followed by the 32 bytes; it is all that is stored. No salt and no slow hash: there
/// is nothing to guess among 2^256. The checksum is the beginning of the hash: whoever finds such a text can tell
/// without us whether it is a key, and a key with a slip in it is not taken for an unknown one.
///
/// Pure: no randomness of their own. All functions may be called by any thread.
namespace tessera {

inline constexpr std::string_view api_key_prefix = "tsk_";
inline constexpr std::size_t key_secret_size = 32;
inline constexpr std::size_t api_key_length = 63;

using key_hash = std::array<std::uint8_t, 32>;

/// Random bytes of which a key is made.
using key_seed = std::array<std::uint8_t, key_id::length + key_secret_size>;

struct new_api_key {
  key_id id;
  key_hash hash{};
  std::string text; ///< the secret: shown once, never stored
};

/// Returns the key that these bytes make.
new_api_key make_api_key(const key_seed& random);

/// What a request presents to be known by.
struct credentials {
  enum class kind : std::uint8_t {
    none,      ///< nothing that is meant for us
    malformed, ///< something that is no key, or a key with a slip in it
    key,       ///< a key by its form: `key_ring` knows whether it is one of ours
  };
  kind what = kind::none;
  key_id id{};     ///< of a key
  key_hash hash{}; ///< of a key

  bool operator==(const credentials&) const = default;
};

/// Returns what an API key's text presents: a key, or malformed credentials.
credentials read_api_key(std::string_view text) noexcept;

/// Returns what a request's `Authorization` lines present: nothing if there are none, and malformed credentials if
/// there are several. Only the scheme `Bearer` (RFC 6750; upper or lower case) is ours: credentials of another scheme
/// are for a proxy in front and present nothing to us, and so does "".
credentials read_authorization(std::span<const std::string_view> lines) noexcept;

} // namespace tessera
