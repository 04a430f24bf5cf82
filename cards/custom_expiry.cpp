#include "cards/custom_expiry.hpp"

#include "cards/iso_time.hpp"

namespace tessera {

namespace {

failure wrong(const std::string& what) {
  return {error_code::validation, "custom_expiry " + what};
}

failure explain(iso_time_fault fault) {
  switch (fault) {
  case iso_time_fault::no_such_day:
    return wrong("names a day that does not exist");
  case iso_time_fault::no_such_time:
    return wrong("names a time of day that does not exist");
  case iso_time_fault::no_zone:
    return wrong("has a time of day and so must end with Z or an offset such as +02:00");
  case iso_time_fault::not_iso:
  case iso_time_fault::none:
    break;
  }
  return wrong("must be an ISO 8601 date such as 2027-01-31, or a date and time such as 2027-01-31T18:00:00Z");
}

/// Returns the last day that may be asked for: that of the same date, 28 February where there is no 29th.
std::chrono::sys_days latest_after(std::chrono::sys_days today) noexcept {
  auto date = std::chrono::year_month_day{today} + longest_custom_expiry;
  return date.ok() ? std::chrono::sys_days{date}
                   : std::chrono::sys_days{date.year() / date.month() / std::chrono::last};
}

std::string date_text(std::chrono::sys_days day) {
  return iso8601(day).substr(0, 10);
}

} // namespace

result<std::chrono::sys_days> parse_custom_expiry(std::string_view text, std::chrono::sys_days today) {
  auto parsed = parse_iso_time(text);
  if (parsed.fault != iso_time_fault::none)
    return explain(parsed.fault);
  auto day = std::chrono::floor<std::chrono::days>(parsed.time);
  if (day < today)
    return wrong("must not be past, but is before today, " + date_text(today));
  if (auto latest = latest_after(today); day > latest)
    return wrong("must be at most " + std::to_string(longest_custom_expiry.count()) + " years ahead, so not after "
                 + date_text(latest));
  return day;
}

} // namespace tessera
