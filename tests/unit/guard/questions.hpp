#pragma once

#include "guard/enumeration_guard.hpp"

#include <chrono>
#include <cstdint>
#include <random>
#include <type_traits>
#include <variant>

/// What tests of the enumeration guard ask it.
namespace tessera::test {

inline constexpr auto some_day = std::chrono::sys_days{std::chrono::year{1980} / 1 / 1};

/// Returns a valid number.
inline id_number number(std::chrono::sys_days birthday, unsigned sequence) {
  std::chrono::year_month_day date{birthday};
  auto two_digits = static_cast<unsigned>(static_cast<int>(date.year())) % 100;
  auto six_digits = (two_digits * 100 + static_cast<unsigned>(date.month())) * 100 + static_cast<unsigned>(date.day());
  auto unchecked = id_number::from_packed((six_digits * 10'000ull + sequence % 10'000) * 1'000 + 80).value();
  auto check_digit = luhn_check_digit({unchecked.digits().data(), id_number::length - 1});
  return id_number::from_packed(unchecked.packed() + static_cast<unsigned>(check_digit - '0')).value();
}

/// Anybody.
struct random_people {
  explicit random_people(std::uint64_t seed) : random(seed) {
  }

  id_number number() {
    return test::number(some_day + std::chrono::days{static_cast<int>(random() % 20'000) - 10'000},
                        static_cast<unsigned>(random() % 10'000));
  }

  member_id member() {
    return {1 + random() % 1'000'000};
  }

  std::mt19937_64 random;
};

/// What a client asks next, and whether there is such a member.
struct question {
  std::variant<id_number, member_id> what;
  bool hit = true;
};

/// Asks, and tells the guard if it was a miss.
inline enumeration_guard::verdict ask(enumeration_guard& guard, client_key who, const question& next,
                                      enumeration_guard::time_point now) {
  auto verdict = std::visit(
      [&]<class T>(const T& what) {
        if constexpr (std::is_same_v<T, id_number>)
          return guard.look_up(who, what, 1, now);
        else
          return guard.touch(who, what, 1, now);
      },
      next.what);
  if (verdict.fault == guess_fault::none && !next.hit && !verdict.again)
    guard.missed(who, now);
  return verdict;
}

} // namespace tessera::test
