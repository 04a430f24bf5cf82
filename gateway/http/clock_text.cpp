#include "gateway/http/clock_text.hpp"

#include <algorithm>
#include <cstring>

namespace tessera {

namespace {

void put_two(char* out, unsigned value) noexcept {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
}

void put_milliseconds(char* out, unsigned value) noexcept {
  out[0] = static_cast<char>('0' + value / 100);
  put_two(out + 1, value % 100);
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
  put_milliseconds(&timestamp_[20], milliseconds);
}

std::array<char, 24> clock_text::timestamp_of(utc_time time) const {
  auto text = timestamp_;
  auto day = std::chrono::floor<std::chrono::days>(now_);
  if (time < day || time >= day + std::chrono::days{1}) {
    auto other = iso8601(time);
    std::copy_n(other.begin(), text.size(), text.begin());
    return text;
  }
  auto ms = static_cast<unsigned>((time - day).count());
  put_two(&text[11], ms / 3'600'000);
  put_two(&text[14], ms / 60'000 % 60);
  put_two(&text[17], ms / 1'000 % 60);
  put_milliseconds(&text[20], ms % 1'000);
  return text;
}

} // namespace tessera
