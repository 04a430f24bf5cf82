#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// A 13-digit South African ID number. The type guarantees the 13 digits and nothing more: old registers hold numbers
/// that fail the full check (see `check`). Personal data: printing it shows 13 asterisks; only `digits` gives it out.
class id_number {
public:
  static constexpr std::size_t length = 13;

  /// Thirteen zeros.
  constexpr id_number() noexcept = default;

  /// Returns the ID number that `text` spells, or nothing if it is not exactly 13 ASCII digits.
  static std::optional<id_number> from_digits(std::string_view text) noexcept;

  /// Returns the ID number whose digits, read as a decimal number, are `packed`; nothing if that takes more than 13.
  static std::optional<id_number> from_packed(std::uint64_t packed) noexcept;

  /// Returns the 13 digits, leading zeros included.
  std::array<char, length> digits() const noexcept;

  /// Returns the 13 digits as text. For statements and bodies, never for logs.
  std::string str() const;

  /// Returns the digits read as a decimal number: a compact key for hashing, never for display or SQL.
  constexpr std::uint64_t packed() const noexcept {
    return packed_;
  }

  constexpr auto operator<=>(const id_number&) const noexcept = default;

private:
  constexpr explicit id_number(std::uint64_t packed) noexcept : packed_(packed) {
  }
  std::uint64_t packed_ = 0;
};

/// Prints 13 asterisks.
std::ostream& operator<<(std::ostream& out, const id_number&);

/// What is wrong with an ID number; the names that clients see are those of `to_string` ("NOT_13_DIGITS", …).
enum class id_number_fault : std::uint8_t { none, not_13_digits, bad_date, bad_citizenship, bad_check_digit };

std::string_view to_string(id_number_fault fault) noexcept;

/// Returns the first fault of a 13-digit number, in the order of the enum: the first six digits are a real date of
/// this or the last century (29 February in years divisible by four; 00 is 2000), the eleventh is 0 (citizen), 1
/// (permanent resident) or 2 (refugee), the last satisfies Luhn (ISO/IEC 7812-1, annex B).
id_number_fault check(id_number number) noexcept;

/// Returns the digit that makes `first_twelve` (ASCII digits) satisfy Luhn, as a character.
char luhn_check_digit(std::string_view first_twelve) noexcept;

/// An ID number as a person typed it, with what is wrong with it.
struct parsed_id_number {
  id_number number; ///< meaningful if `fault` is not `not_13_digits`
  id_number_fault fault = id_number_fault::none;
  std::string message; ///< one sentence for the client, without the number; empty if there is no fault
};

/// Parses what a person typed: spaces and dashes are dropped, then `check` applies. For 11 or 12 digits the message
/// says that a spreadsheet may have dropped leading zeros.
parsed_id_number parse_id_number(std::string_view text);

/// Returns the sentence that explains `fault` to a client, given how many digits were seen.
std::string explain(id_number_fault fault, std::size_t digits_seen = id_number::length);

/// Returns `text` with every digit of every run that could be an ID number replaced by an asterisk, and nothing else
/// changed. A run is 11 or more digits, plain or percent-encoded ("%38"), counting across up to three separators
/// between two digits: spaces, dashes, '+', "%20", "%2D" and "%2B". For whatever leaves the process: log lines, error
/// members, headers.
std::string mask_id_numbers(std::string_view text);

/// Returns whether `text` holds 13 or more digits in a row.
bool holds_id_number(std::string_view text) noexcept;

} // namespace tessera

template <>
struct std::hash<tessera::id_number> {
  std::size_t operator()(tessera::id_number number) const noexcept {
    return std::hash<std::uint64_t>{}(number.packed());
  }
};
