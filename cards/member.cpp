#include "cards/member.hpp"

#include <algorithm>

namespace tessera {

namespace {

using namespace std::chrono_literals;

constexpr utc_time earliest = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
constexpr utc_time latest = utc_time{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}} - 1ms;

// Writes `value` as `width` digits that end at `end`.
void write_digits(char* end, unsigned width, unsigned value) noexcept {
  for (; width > 0; --width, value /= 10)
    *--end = static_cast<char>('0' + value % 10);
}

} // namespace

std::string full_name(const member& whom) {
  if (whom.first_name.empty() || whom.last_name.empty())
    return whom.first_name + whom.last_name;
  return whom.first_name + ' ' + whom.last_name;
}

std::string membership_number(member_id id) {
  constexpr std::size_t width = 6;
  auto digits = std::to_string(id.value);
  std::string result = "MEM";
  if (digits.size() < width)
    result.append(width - digits.size(), '0');
  return result += digits;
}

std::string iso8601(utc_time time) {
  time = std::clamp(time, earliest, latest);
  auto day = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date{day};
  auto rest = static_cast<unsigned>((time - day).count());
  std::string result = "0000-00-00T00:00:00.000Z";
  auto* text = result.data();
  write_digits(text + 4, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  write_digits(text + 7, 2, static_cast<unsigned>(date.month()));
  write_digits(text + 10, 2, static_cast<unsigned>(date.day()));
  write_digits(text + 13, 2, rest / 3'600'000);
  write_digits(text + 16, 2, rest / 60'000 % 60);
  write_digits(text + 19, 2, rest / 1'000 % 60);
  write_digits(text + 23, 3, rest % 1'000);
  return result;
}

} // namespace tessera
