#pragma once

#include "cards/member.hpp"

#include <string>

namespace tessera::test {

/// Returns the `index`th of many members who all differ.
inline member sample_member(std::uint64_t index) {
  member out;
  out.id = member_id{1'000 + index};
  out.number = *id_number::from_packed(8'001'015'009'087 + index);
  out.first_name = "Thandi " + std::to_string(index);
  out.last_name = "van der Merwe";
  out.email = "t" + std::to_string(index) + "@example.org";
  out.phone_number = "+27 82 555 0100";
  out.province_name = "Gauteng";
  out.municipality_name = "City of Johannesburg";
  out.ward_number = "23";
  out.voting_station_name = "Laerskool Jim Fouché";
  out.joined = utc_time{std::chrono::milliseconds{1'700'000'000'123}};
  return out;
}

} // namespace tessera::test
