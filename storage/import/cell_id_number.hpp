#pragma once

#include "cards/id_number.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// The ID number in a cell of a file.
struct cell_id_number {
  std::optional<id_number> number;
  bool restored = false; ///< zeros in front, which a spreadsheet had dropped, were put back
  std::string reason{};  ///< why there is none, without any digit of it
};

/// Reads an ID number (cleaned text; spaces and dashes between digits are ignored), which must pass `check`. One of 10
/// to 12 digits was taken for a number by a spreadsheet if it passes with the zeros in front: of a wrong number one in
/// ten has the right check digit, and few of those a date in front. No number of under 10 digits can be one: that
/// would be born in 2000, but in no month.
cell_id_number read_id_number(std::string_view text);

} // namespace tessera
