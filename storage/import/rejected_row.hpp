#pragma once

#include "cards/csv_reader.hpp"

#include <cstdint>
#include <string>

namespace tessera {

/// A row of a file that was not taken, and why. No text here but `source` holds anything of the row, so all of it may
/// be logged.
struct rejected_row {
  std::uint64_t line = 0;
  std::string column{}; ///< by its name in the file; empty if it is the row as a whole
  std::string reason{}; ///< "is empty": the same words for all rows of that kind
  std::string detail{}; ///< what is particular to this row, such as a line; may be empty
  csv_record source{};  ///< empty if nobody wants rejected rows back
};

} // namespace tessera
