#include "gateway/http/clock_text.hpp"

#include <algorithm>
#include <cstring>

namespace tessera {

namespace {

void put_two(char* out, unsigned value) noexcept {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
}

} // namespace

void clock_text::set(utc_time now) {
  if (now == now_)
    return;
  now_ = now;
  auto second = std::chrono::floor<std::chrono::seconds>(now);
  auto milliseconds = static_cast<unsigned>((now - second).count());
  if (second != second_) {
    second_ = second;
    auto text = iso8601(now);
    std::copy_n(text.begin(), timestamp_.size(), timestamp_.begin());

    auto day = std::chrono::floor<std::chrono::days>(second);
    std::chrono::year_month_day calendar{day};
    std::chrono::hh_mm_ss time{second - day};
    constexpr std::string_view weekdays = "SunMonTueWedThuFriSat";
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    std::memcpy(date_.data(), "Thu, 01 Jan 1970 00:00:00 GMT", date_.size());
    std::memcpy(date_.data(), &weekdays[std::chrono::weekday{day}.c_encoding() * 3], 3);
    put_two(&date_[5], static_cast<unsigned>(calendar.day()));
    std::memcpy(&date_[8], &months[(static_cast<unsigned>(calendar.month()) - 1) * 3], 3);
    auto year = static_cast<unsigned>(static_cast<int>(calendar.year()));
    put_two(&date_[12], year / 100);
    put_two(&date_[14], year % 100);
    put_two(&date_[17], static_cast<unsigned>(time.hours().count()));
    put_two(&date_[20], static_cast<unsigned>(time.minutes().count()));
    put_two(&date_[23], static_cast<unsigned>(time.seconds().count()));
    return;
  }
  timestamp_[20] = static_cast<char>('0' + milliseconds / 100);
  put_two(&timestamp_[21], milliseconds % 100);
}

} // namespace tessera
