#include "cards/id_number.hpp"

#include <ostream>

namespace tessera {

namespace {

constexpr std::uint64_t packed_end = 10'000'000'000'000; // 10^13

// A spreadsheet that takes the column for numbers drops the zeros of births in 2000 to 2009: one zero, or two in 2000.
constexpr std::size_t fewest_digits_of_spreadsheets = 11;

constexpr bool is_digit(char character) noexcept {
  return character >= '0' && character <= '9';
}

constexpr unsigned value_of(char digit) noexcept {
  return static_cast<unsigned>(digit - '0');
}

bool is_date(unsigned year, unsigned month, unsigned day) noexcept {
  constexpr std::array<unsigned, 12> days = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
    return false;
  // 1900 was no leap year, but 2000 was, and nobody born in February 1900 applies for a card.
  return month != 2 || day != 29 || year % 4 == 0;
}

} // namespace

std::optional<id_number> id_number::from_digits(std::string_view text) noexcept {
  if (text.size() != length)
    return std::nullopt;
  std::uint64_t packed = 0;
  for (auto character : text) {
    if (!is_digit(character))
      return std::nullopt;
    packed = packed * 10 + value_of(character);
  }
  return id_number{packed};
}

std::optional<id_number> id_number::from_packed(std::uint64_t packed) noexcept {
  if (packed >= packed_end)
    return std::nullopt;
  return id_number{packed};
}

std::array<char, id_number::length> id_number::digits() const noexcept {
  std::array<char, length> result;
  auto rest = packed_;
  for (auto position = length; position-- > 0; rest /= 10)
    result[position] = static_cast<char>('0' + rest % 10);
  return result;
}

std::string id_number::str() const {
  auto text = digits();
  return {text.data(), text.size()};
}

std::ostream& operator<<(std::ostream& out, const id_number&) {
  return out << "*************";
}

std::string_view to_string(id_number_fault fault) noexcept {
  switch (fault) {
  case id_number_fault::none:
    return "NONE";
  case id_number_fault::not_13_digits:
    return "NOT_13_DIGITS";
  case id_number_fault::bad_date:
    return "BAD_DATE";
  case id_number_fault::bad_citizenship:
    return "BAD_CITIZENSHIP";
  case id_number_fault::bad_check_digit:
    return "BAD_CHECK_DIGIT";
  }
  return "UNKNOWN";
}

id_number_fault check(id_number number) noexcept {
  auto digits = number.digits();
  auto two = [&](std::size_t at) { return value_of(digits[at]) * 10 + value_of(digits[at + 1]); };
  if (!is_date(two(0), two(2), two(4)))
    return id_number_fault::bad_date;
  if (digits[10] > '2')
    return id_number_fault::bad_citizenship;
  if (luhn_check_digit({digits.data(), id_number::length - 1}) != digits.back())
    return id_number_fault::bad_check_digit;
  return id_number_fault::none;
}

char luhn_check_digit(std::string_view first_twelve) noexcept {
  unsigned sum = 0;
  auto doubled = true; // counted from the check digit, which itself is not doubled
  for (auto at = first_twelve.size(); at-- > 0; doubled = !doubled) {
    auto digit = value_of(first_twelve[at]);
    if (doubled)
      digit = digit < 5 ? digit * 2 : digit * 2 - 9; // the sum of the product's digits
    sum += digit;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

parsed_id_number parse_id_number(std::string_view text) {
  std::array<char, id_number::length> digits{};
  std::size_t count = 0;
  auto foreign = false;
  for (auto character : text) {
    if (is_digit(character)) {
      if (count < digits.size())
        digits[count] = character;
      ++count;
    } else if (character != ' ' && character != '-') {
      foreign = true;
    }
  }
  parsed_id_number result;
  auto number = foreign || count != digits.size() ? std::nullopt : id_number::from_digits({digits.data(), count});
  if (!number) {
    result.fault = id_number_fault::not_13_digits;
    // No spreadsheet puts letters in, so that hint would mislead there.
    result.message = explain(result.fault, foreign ? id_number::length : count);
    return result;
  }
  result.number = *number;
  result.fault = check(*number);
  result.message = explain(result.fault);
  return result;
}

std::string explain(id_number_fault fault, std::size_t digits_seen) {
  switch (fault) {
  case id_number_fault::none:
    return {};
  case id_number_fault::not_13_digits:
    if (digits_seen >= fewest_digits_of_spreadsheets && digits_seen < id_number::length)
      return "ID number must be exactly 13 digits, but has " + std::to_string(digits_seen)
             + ": a spreadsheet may have dropped leading zeros";
    return "ID number must be exactly 13 digits"; // the predecessor's text
  case id_number_fault::bad_date:
    return "ID number must begin with a date of birth (year, month and day, two digits each)";
  case id_number_fault::bad_citizenship:
    return "ID number must have 0, 1 or 2 as its 11th digit (citizen, permanent resident or refugee)";
  case id_number_fault::bad_check_digit:
    return "ID number does not match its last digit, the check digit: a digit may be mistyped or swapped";
  }
  return "ID number is not valid";
}

bool holds_id_number(std::string_view text) noexcept {
  std::size_t run = 0;
  for (auto character : text) {
    run = is_digit(character) ? run + 1 : 0;
    if (run == id_number::length)
      return true;
  }
  return false;
}

} // namespace tessera
