#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Returns how many characters the Base32 of `bytes` bytes has.
constexpr std::size_t base32_length(std::size_t bytes) noexcept {
  return (bytes * 8 + 4) / 5;
}

/// Returns `bytes` as Base32 (RFC 4648, section 6): capital letters and digits, which a QR code packs densely, and no
/// padding.
std::string encode_base32(std::span<const std::uint8_t> bytes);

/// Returns the bytes of which `text` is the Base32, or nothing if it is of none: there is one text for any bytes, so
/// small letters, padding and spare bits that are not 0 are refused.
std::optional<std::vector<std::uint8_t>> decode_base32(std::string_view text);

} // namespace tessera
