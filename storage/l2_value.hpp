#pragma once

#include "cards/member.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// What is sealed into a value of L2: a member, and how fresh it is.
struct l2_value {
  utc_time loaded_at;                     ///< when the database was asked, by the clock of the node that asked
  std::chrono::milliseconds fresh_for{0}; ///< from then
  std::chrono::milliseconds stale_for{0}; ///< beyond that
  member subject;

  bool operator==(const l2_value&) const = default;
};

/// The longest that a value may be fresh, or stale beyond that: ten years. Anything longer was not written by us.
inline constexpr std::chrono::milliseconds max_l2_lifetime = std::chrono::hours{24} * 3'653;

/// Returns `value` as bytes: a version, three 8-byte little-endian numbers of milliseconds, the packed member.
std::string encode(const l2_value& value);

/// Returns the value that `bytes` spell, or nothing if they are of another version or do not parse.
std::optional<l2_value> decode_l2_value(std::string_view bytes);

} // namespace tessera
