#include "storage/sql_time.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace tessera {

namespace {

using namespace std::chrono;

constexpr utc_time first_time = sys_days{year{1000} / January / 1};
constexpr utc_time last_time = sys_days{year{9999} / December / 31} + hours{24} - milliseconds{1};

/// Reads `count` digits from the front of `text`.
std::optional<unsigned> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count)
    return std::nullopt;
  unsigned value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9')
      return std::nullopt;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c))
    return false;
  text.remove_prefix(1);
  return true;
}

/// Reads the digits of a fraction of a second; what is beyond milliseconds is dropped.
unsigned take_milliseconds(std::string_view& text) {
  unsigned value = 0;
  unsigned weight = 100;
  while (auto digit = take_digits(text, 1)) {
    value += *digit * weight;
    weight /= 10;
  }
  return value;
}

} // namespace

std::string sql_time(utc_time time) {
  time = std::clamp(time, first_time, last_time);
  auto day = floor<days>(time);
  year_month_day date{day};
  hh_mm_ss clock{time - day};
  std::array<char, 40> text{};
  auto size =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d.%03d", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

utc_time make_time(unsigned year_number, unsigned month_number, unsigned day_number, unsigned hour, unsigned minute,
                   unsigned second, unsigned millisecond) {
  auto date = year{static_cast<int>(year_number)} / month{month_number} / day{day_number};
  if (!date.ok() || year_number == 0)
    return {};
  return sys_days{date} + hours{hour} + minutes{minute} + seconds{second} + milliseconds{millisecond};
}

std::optional<utc_time> parse_sql_time(std::string_view text) {
  auto y = take_digits(text, 4);
  if (!y || !take(text, '-'))
    return std::nullopt;
  auto m = take_digits(text, 2);
  if (!m || !take(text, '-'))
    return std::nullopt;
  auto d = take_digits(text, 2);
  if (!d)
    return std::nullopt;
  if (text.empty())
    return make_time(*y, *m, *d, 0, 0, 0, 0);
  if (!take(text, ' ') && !take(text, 'T'))
    return std::nullopt;
  auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':'))
    return std::nullopt;
  auto minute = take_digits(text, 2);
  if (!minute)
    return std::nullopt;
  unsigned second = 0;
  unsigned fraction = 0;
  if (take(text, ':')) {
    auto seconds_of_minute = take_digits(text, 2);
    if (!seconds_of_minute)
      return std::nullopt;
    second = *seconds_of_minute;
    if (take(text, '.'))
      fraction = take_milliseconds(text);
  }
  take(text, 'Z');
  if (!text.empty() || *hour > 23 || *minute > 59 || second > 60)
    return std::nullopt;
  return make_time(*y, *m, *d, *hour, *minute, second, fraction);
}

} // namespace tessera
