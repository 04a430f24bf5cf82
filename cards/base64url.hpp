#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Returns `bytes` as base64url (RFC 4648, section 5) without padding, as JOSE writes it (RFC 7515, section 2).
std::string encode_base64url(std::span<const std::uint8_t> bytes);

/// Returns the bytes of which `text` is the base64url, or nothing if it is of none: there is one text for any bytes, so
/// padding and spare bits that are not 0 are refused.
std::optional<std::vector<std::uint8_t>> decode_base64url(std::string_view text);

} // namespace tessera
