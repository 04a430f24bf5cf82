#include "storage/sample/id_numbers.hpp"

#include <array>
#include <string_view>

namespace tessera {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::years;

constexpr unsigned youngest = 18;
constexpr unsigned oldest = 95;

// Returns the last day of birth of those who are at least `age` on `today`.
sys_days born_for(sys_days today, unsigned age) {
  return std::chrono::year_month_day{today} - years{static_cast<int>(age)};
}

// How members spread over ages. The first group is drawn more often than it is meant to come up, because many of it
// were not of age when they would have joined; about one member in ten remains. It is also the one whose numbers start
// with 0.
struct age_group {
  std::uint32_t percent;
  unsigned from;
  unsigned to; // inclusive
};
constexpr std::array<age_group, 8> age_groups = {
    {{16, 18, 25}, {21, 26, 35}, {23, 36, 45}, {18, 46, 55}, {12, 56, 65}, {7, 66, 75}, {2, 76, 85}, {1, 86, oldest}}};

// Digits 7 to 10 of an ID number: below 5000 for women. The n-th number of a day is not the n-th in order: the stride
// has no factor in common with 5000, so that it visits each once.
constexpr std::uint32_t numbers_per_day = 5'000;
constexpr std::uint32_t stride = 1'871;
constexpr std::uint32_t offset_per_day = 97;

id_number compose(sys_days birthday, std::uint32_t sequence, bool permanent_resident, bool nine) noexcept {
  std::chrono::year_month_day date{birthday};
  std::array<char, id_number::length> digits;
  auto put = [&](std::size_t at, std::size_t width, unsigned value) {
    for (; width > 0; value /= 10)
      digits[at + --width] = static_cast<char>('0' + value % 10);
  };
  put(0, 2, static_cast<unsigned>(static_cast<int>(date.year())));
  put(2, 2, static_cast<unsigned>(date.month()));
  put(4, 2, static_cast<unsigned>(date.day()));
  put(6, 4, sequence);
  digits[10] = permanent_resident ? '1' : '0';
  digits[11] = nine ? '9' : '8'; // without meaning since 1986
  digits[12] = luhn_check_digit({digits.data(), id_number::length - 1});
  return *id_number::from_digits({digits.data(), digits.size()});
}

} // namespace

sample_id_numbers::sample_id_numbers(sys_days today)
    : today_(today), first_birthday_(born_for(today, oldest + 1) + days{1}),
      birthdays_(static_cast<std::uint32_t>((born_for(today, youngest) - first_birthday_).count() + 1)),
      issued_(birthdays_ * 2) {
}

sys_days sample_id_numbers::draw_birthday(sample_random& random) const noexcept {
  auto percent = random.below(100);
  for (const auto& group : age_groups) {
    if (percent < group.percent) {
      auto first = born_for(today_, group.to + 1) + days{1};
      auto count = (born_for(today_, group.from) - first).count() + 1;
      return first + days{random.below(static_cast<std::uint32_t>(count))};
    }
    percent -= group.percent;
  }
  return first_birthday_; // not reached: the percentages add up to 100
}

id_number sample_id_numbers::next(sample_random& random, bool woman, sys_days joined) {
  constexpr std::uint32_t permanent_residents = 3; // percent
  constexpr std::uint32_t nines = 4;               // percent
  sys_days of_age_since = std::chrono::year_month_day{joined} - years{static_cast<int>(youngest)};
  auto birthday = draw_birthday(random);
  while (birthday > of_age_since)
    birthday = draw_birthday(random);
  auto day = static_cast<std::uint32_t>((birthday - first_birthday_).count());
  auto slot = [&]() -> std::uint16_t& { return issued_[day * 2 + (woman ? 0 : 1)]; };
  while (slot() == numbers_per_day)
    day = day == 0 ? birthdays_ - 1 : day - 1; // the day before is as good
  auto sequence = (slot()++ * stride + day * offset_per_day) % numbers_per_day + (woman ? 0 : numbers_per_day);
  auto permanent_resident = random.chance(permanent_residents);
  return compose(first_birthday_ + days{day}, sequence, permanent_resident, random.chance(nines));
}

} // namespace tessera
