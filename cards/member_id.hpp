#pragma once

#include <charconv>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace tessera {

/// The database's number of a member: 1 and up.
struct member_id {
  std::uint64_t value = 0;

  auto operator<=>(const member_id&) const = default;
};

/// The largest member id we accept, so that it stays exact in JSON readers that hold numbers as doubles (2^53 - 1).
inline constexpr std::uint64_t max_member_id = 9'007'199'254'740'991;

/// Returns the member id that `text` spells in plain decimal digits, or nothing if it is not a number from 1 to
/// `max_member_id` or has a leading zero, sign or space.
inline std::optional<member_id> parse_member_id(std::string_view text) noexcept {
  std::uint64_t value = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || text.front() == '0' || value > max_member_id)
    return std::nullopt;
  return member_id{value};
}

} // namespace tessera

template <>
struct std::hash<tessera::member_id> {
  std::size_t operator()(tessera::member_id id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value);
  }
};
