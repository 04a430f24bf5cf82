#include "storage/import/cell_id_number.hpp"

#include "storage/import/cell_text.hpp"

#include <algorithm>

namespace tessera {

namespace {

constexpr std::size_t fewest_digits = 10;

} // namespace

cell_id_number read_id_number(std::string_view text) {
  if (text.empty())
    return {.number = {}, .reason = "is empty"};
  if (auto damage = spreadsheet_damage(text); !damage.empty())
    return {.number = {}, .reason = std::string{damage} + "; format the column as text and export it again"};
  std::string digits;
  for (auto c : text)
    if (c != ' ' && c != '-')
      digits.push_back(c);
  if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
    return {.number = {}, .reason = "has other characters than digits"};
  auto missing = id_number::length - std::min(digits.size(), id_number::length);
  if (digits.size() < fewest_digits || digits.size() > id_number::length)
    return {.number = {}, .reason = "has " + std::to_string(digits.size()) + " digits instead of 13"};
  auto number = id_number::from_digits(std::string(missing, '0') + digits);
  auto fault = check(*number);
  if (fault == id_number_fault::none)
    return {.number = number, .restored = missing > 0};
  if (missing > 0)
    return {.number = {},
            .reason = "has " + std::to_string(digits.size())
                      + " digits instead of 13, and with zeros in front it is no ID number either"};
  switch (fault) {
  case id_number_fault::bad_date:
    return {.number = {}, .reason = "does not begin with a date of birth"};
  case id_number_fault::bad_citizenship:
    return {.number = {}, .reason = "does not have 0, 1 or 2 as its 11th digit"};
  default:
    return {.number = {}, .reason = "does not match its last digit, the check digit"};
  }
}

} // namespace tessera
