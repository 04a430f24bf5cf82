#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tessera {

/// Names an API key; no secret. Ten characters of base32 in lower case (RFC 4648, section 6), 50 random bits: one word
/// for a terminal and a shell, and never taken for an ID number.
class key_id {
public:
  static constexpr std::size_t length = 10;

  /// No key's id.
  constexpr key_id() noexcept = default;

  /// Makes the id of a new key from bytes that are random and used for nothing else.
  explicit key_id(std::span<const std::uint8_t, length> random) noexcept;

  /// Returns the id that `text` spells, or nothing if it is none.
  static std::optional<key_id> parse(std::string_view text) noexcept;

  std::string_view text() const noexcept {
    return {text_.data(), text_.size()};
  }

  auto operator<=>(const key_id&) const = default;

private:
  std::array<char, length> text_{};
};

} // namespace tessera
