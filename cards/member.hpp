#pragma once

#include "cards/id_number.hpp"
#include "cards/member_id.hpp"

#include <chrono>
#include <string>

namespace tessera {

/// A point in calendar time, to the millisecond, UTC.
using utc_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// An active member as the store knows them. Texts are UTF-8; absent ones are empty.
struct member {
  member_id id;
  id_number number;
  std::string first_name;
  std::string last_name;
  std::string email;
  std::string phone_number;
  std::string province_name;
  std::string municipality_name;
  std::string ward_number;
  std::string voting_station_name; ///< empty where there is none; shown as "Not Available"
  utc_time joined;

  bool operator==(const member&) const = default;
};

/// A membership lasts this long from joining (the predecessor's rule).
inline constexpr auto membership_duration = std::chrono::days{365};

/// Returns first and last name with a blank between them, or the one that there is.
std::string full_name(const member& whom);

/// Returns "MEM" and the member id padded to six digits.
std::string membership_number(member_id id);

/// Returns `time` as ISO 8601 with milliseconds and Z: "2026-01-31T08:05:09.007Z". What lies outside the years 0
/// to 9999 is shown as the nearest millisecond inside.
std::string iso8601(utc_time time);

} // namespace tessera
