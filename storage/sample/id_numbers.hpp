#pragma once

#include "cards/id_number.hpp"
#include "storage/sample/random.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera {

/// The day on which a sample is taken unless its user says otherwise: ages are counted on it, and nobody joined later.
/// Fixed, so that a seed gives the same members whenever it is used.
inline constexpr auto sample_day = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

/// Issues valid ID numbers to people from 18 to 95 years of age, none twice: each day of birth counts its own.
class sample_id_numbers {
public:
  /// So many are certain to be issued: a day of birth has 5,000 numbers per sex, and the years of age that come up most
  /// often take no more than 1 in 30,000 of the members per day.
  static constexpr std::size_t capacity = 100'000'000;

  /// Ages are those on `today`, in the years 2020 to 2050: numbers hold two digits of the year of birth.
  explicit sample_id_numbers(std::chrono::sys_days today = sample_day);

  /// Returns an ID number of somebody who was of age on `joined`, at most ten years before `today`. REQUIRES:
  /// called at most `capacity` times.
  id_number next(sample_random& random, bool woman, std::chrono::sys_days joined);

private:
  std::chrono::sys_days draw_birthday(sample_random& random) const noexcept;

  std::chrono::sys_days today_;
  std::chrono::sys_days first_birthday_;
  std::uint32_t birthdays_;
  // How many numbers of a day of birth are issued already, women's at even indexes.
  std::vector<std::uint16_t> issued_;
};

} // namespace tessera
