#include "storage/import/cell_time.hpp"

#include "cards/iso_time.hpp"

#include <algorithm>

namespace tessera {

namespace {

constexpr std::size_t date_size = 10; // 2026-01-31

} // namespace

cell_time read_time(std::string_view text) {
  std::string iso{text};
  std::replace(iso.begin(), iso.begin() + static_cast<std::ptrdiff_t>(std::min(iso.size(), date_size)), '/', '-');
  if (iso.size() > date_size) {
    if (iso[date_size] == ' ')
      iso[date_size] = 'T';
    if (iso.find_first_of("Zz+-", date_size) == std::string::npos)
      iso.push_back('Z');
  }
  auto parsed = parse_iso_time(iso);
  switch (parsed.fault) {
  case iso_time_fault::none:
    return {.time = parsed.time};
  case iso_time_fault::no_such_day:
    return {.time = {}, .reason = "is a day that does not exist"};
  case iso_time_fault::no_such_time:
    return {.time = {}, .reason = "is a time of day that does not exist"};
  case iso_time_fault::not_iso:
  case iso_time_fault::no_zone:
    break;
  }
  return {.time = {}, .reason = "is no date like 2026-01-31 or 2026-01-31 18:30"};
}

} // namespace tessera
