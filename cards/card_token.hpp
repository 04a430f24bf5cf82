#pragma once

#include "cards/card_claims.hpp"
#include "cards/card_keys.hpp"
#include "cards/card_state.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// The proof of a card, version 1, 82 bytes, big-endian (docs/decisions/0016):
///
///     0   1   version: 1
///     1   4   key id
///     5   6   member id
///     11  2   card epoch
///     13  2   issue day, since 1970-01-01
///     15  2   expiry day, the last on which it is valid
///     17  1   template: 0 standard, 1 premium
///     18  64  Ed25519 over the 15 bytes "tessera card v1" and bytes 0 to 17
///
/// As text it is Base32. The same claims under the same key give the same token. All functions may be called by any
/// thread.
namespace tessera {

struct card_token {
  static constexpr std::size_t signed_size = 18;
  static constexpr std::size_t size = signed_size + 64;
  static constexpr std::size_t text_size = 132;

  std::array<std::uint8_t, size> bytes{};

  bool operator==(const card_token&) const = default;

  std::span<const std::uint8_t, 64> signature() const noexcept {
    return std::span{bytes}.last<64>();
  }
  /// Returns the token as it is in QR codes, 132 capital letters and digits.
  std::string text() const;
};

/// Returns the token of a card. REQUIRES: can_be_signed(claims).
card_token sign_card(const card_claims& claims, const card_keys& keys) noexcept;

/// Returns what the token `text` claims, or whether it is malformed, of an unknown key, or has a bad signature. Whether
/// the card is valid today is for `judge_card` to say.
checked_card verify_card_token(std::string_view text, const card_keys& keys);

/// Returns the id of the card with this token: a UUID of version 8 (RFC 9562), made of the first 16 bytes of
/// BLAKE2b-256 over the token's bytes 0 to 17.
std::string card_id_of(const card_token& token);

/// Returns the id of the card that claims this and is signed with that key. REQUIRES: can_be_signed(claims).
std::string card_id_of(const card_claims& claims, card_key_id key);

/// Returns BLAKE2b-256 of the token's signature, as 64 hexadecimal digits.
std::string security_hash_of(const card_token& token);

} // namespace tessera
