#pragma once

#include "cards/card_claims.hpp"
#include "cards/card_keys.hpp"
#include "cards/card_state.hpp"

#include <cstddef>
#include <string>
#include <string_view>

/// A card's claims as a JWT (RFC 7519), signed with EdDSA (RFC 8037), for those who prefer a library of theirs to our
/// token. Header: `alg` "EdDSA", `typ` "JWT", `kid` the key id. Claims: `iss` the public URL, `sub` the membership
/// number, `jti` the card id, `iat` and `exp` the beginning of the issue day and the end of the expiry day, in seconds,
/// `card_number`, `epoch`, `template`.
namespace tessera {

/// Ours have some 450 characters; the rest is for long public URLs.
inline constexpr std::size_t longest_card_jwt = 2 * 1024;

/// Returns the JWT of a card; `issuer` is the public URL. REQUIRES: can_be_signed(claims).
std::string make_card_jwt(const card_claims& claims, std::string_view issuer, const card_keys& keys);

/// Returns what the JWT `text` claims, or whether it is malformed, of an unknown key, or has a bad signature. The
/// issuer does not count: the key tells. Strict, as what we made never differs: another `alg` or `typ`, a `crit`, a
/// member that is there twice, and claims that are absent, of another type, or contradict each other are malformed;
/// other members do not count (RFC 7519, section 4).
checked_card verify_card_jwt(std::string_view text, const card_keys& keys);

} // namespace tessera
