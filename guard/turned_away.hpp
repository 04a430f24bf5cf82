#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tessera {

/// Why a request was not let in, or not answered, for the metrics and the log.
enum class turned_away : std::uint8_t {
  no,
  general_limit,
  lookup_limit,
  card_limit,
  bulk_limit,
  no_key, ///< or one that is not valid
  no_scope,
  misses,      ///< lookups without a member
  distinct,    ///< different members
  birth_dates, ///< different numbers of one birth date
  serials,     ///< numbers one after the other
  busy,        ///< too many requests are in flight, or their first hop takes too long
};

inline constexpr std::size_t turned_away_count = 12;

/// Returns the name of the enumerator: "general_limit".
std::string_view to_string(turned_away why) noexcept;

} // namespace tessera
