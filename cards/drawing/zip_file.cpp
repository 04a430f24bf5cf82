#include "cards/drawing/zip_file.hpp"

#include "cards/drawing/deflate.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tessera {

namespace {

using namespace std::chrono;

constexpr utc_time first_time = sys_days{year{1980} / January / 1};
constexpr utc_time last_time = sys_days{year{2107} / December / 31} + hours{24} - seconds{2};

constexpr std::uint32_t entry_signature = 0x04034b50;
constexpr std::uint32_t directory_signature = 0x02014b50;
constexpr std::uint32_t end_signature = 0x06054b50;
constexpr std::uint16_t version = 20;          // 2.0
constexpr std::uint16_t made_on_unix = 3 << 8; // so that readers take the mode below
constexpr std::uint16_t utf8_names = 1 << 11;  // general purpose bit 11
constexpr std::uint16_t stored = 0;
constexpr std::uint32_t regular_file = 0100644u << 16;

void append(std::string& to, std::uint16_t value) {
  to.push_back(static_cast<char>(value & 0xff));
  to.push_back(static_cast<char>(value >> 8));
}

void append(std::string& to, std::uint32_t value) {
  append(to, static_cast<std::uint16_t>(value & 0xffff));
  append(to, static_cast<std::uint16_t>(value >> 16));
}

std::uint32_t dos_time(utc_time at) {
  at = std::clamp(at, first_time, last_time);
  auto day = floor<days>(at);
  year_month_day date{day};
  hh_mm_ss clock{floor<seconds>(at - day)};
  auto years = static_cast<std::uint32_t>(static_cast<int>(date.year()) - 1980);
  auto whole_date = years << 9 | static_cast<unsigned>(date.month()) << 5 | static_cast<unsigned>(date.day());
  auto time_of_day = static_cast<std::uint32_t>(clock.hours().count() << 11 | clock.minutes().count() << 5
                                                | clock.seconds().count() / 2);
  return whole_date << 16 | time_of_day;
}

} // namespace

zip_file::zip_file(utc_time time) : time_(dos_time(time)) {
}

void zip_file::add(std::string_view name, std::string_view content) {
  auto offset = static_cast<std::uint32_t>(out_.size());
  // What an entry's head and its place in the directory have in common.
  std::string shared;
  append(shared, version);
  append(shared, utf8_names);
  append(shared, stored);
  append(shared, time_);
  append(shared, crc32(content));
  append(shared, static_cast<std::uint32_t>(content.size())); // compressed
  append(shared, static_cast<std::uint32_t>(content.size()));
  append(shared, static_cast<std::uint16_t>(name.size()));
  append(shared, std::uint16_t{0}); // extra field
  append(out_, entry_signature);
  out_.append(shared).append(name).append(content);
  append(directory_, directory_signature);
  append(directory_, static_cast<std::uint16_t>(made_on_unix | version));
  directory_.append(shared);
  append(directory_, std::uint16_t{0}); // comment
  append(directory_, std::uint16_t{0}); // disk
  append(directory_, std::uint16_t{0}); // internal attributes
  append(directory_, regular_file);
  append(directory_, offset);
  directory_.append(name);
  ++entries_;
}

std::string zip_file::finish() && {
  auto offset = static_cast<std::uint32_t>(out_.size());
  out_.append(directory_);
  append(out_, end_signature);
  append(out_, std::uint16_t{0}); // this disk
  append(out_, std::uint16_t{0}); // the directory's
  append(out_, entries_);         // on this disk
  append(out_, entries_);
  append(out_, static_cast<std::uint32_t>(directory_.size()));
  append(out_, offset);
  append(out_, std::uint16_t{0}); // comment
  return std::move(out_);
}

} // namespace tessera
