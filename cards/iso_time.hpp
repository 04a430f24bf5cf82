#pragma once

#include "cards/member.hpp"

#include <cstdint>
#include <string_view>

namespace tessera {

/// What is wrong with a text that should be a time of ISO 8601.
enum class iso_time_fault : std::uint8_t {
  none,
  not_iso,      ///< not of the form 2027-01-31 or 2027-01-31T18:30:00Z
  no_such_day,  ///< such as 30 February
  no_such_time, ///< such as 24:00, or a leap second, which POSIX time has not
  no_zone,      ///< a time of day, but neither Z nor an offset
};

struct parsed_iso_time {
  utc_time time{}; ///< meaningful if there is no fault
  iso_time_fault fault = iso_time_fault::none;

  bool operator==(const parsed_iso_time&) const = default;
};

/// Parses a date ("2027-01-31", which is its beginning in UTC), or a date and time with Z or an offset as in RFC 3339
/// ("2027-01-31T18:30:00.000+02:00"); seconds may be absent, and what is beyond milliseconds is dropped.
parsed_iso_time parse_iso_time(std::string_view text) noexcept;

} // namespace tessera
