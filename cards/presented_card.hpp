#pragma once

#include "cards/card_keys.hpp"
#include "cards/card_state.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tessera {

/// Longer texts are nothing that we made, and the predecessor's card data had a few hundred bytes.
inline constexpr std::size_t longest_presented_card = 8 * 1024;

/// What somebody presents as a card, by its form; what it says is not yet checked.
struct presented_card {
  enum class kind : std::uint8_t {
    malformed,     ///< nothing that we know
    token,         ///< a token, or the address in a QR code with one in it
    jwt,           ///< three parts of base64url
    unsigned_data, ///< JSON, as the predecessor's cards were
  };
  kind what = kind::malformed;
  std::string_view text; ///< the token or the JWT, within what was presented

  bool operator==(const presented_card&) const = default;
};

/// Returns what `text` is. Blanks and line ends around it, which scanners append, do not count. An address is one of
/// http or https, in small or capital letters, of any host, with the path /V and a token as its fragment.
presented_card read_presented(std::string_view text) noexcept;

/// Returns what the card that `text` presents claims, or why it is none, as far as that can be told without the
/// member: malformed, unsigned_data, unknown_key or bad_signature.
checked_card verify_presented(std::string_view text, const card_keys& keys);

} // namespace tessera
