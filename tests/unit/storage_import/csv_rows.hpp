#pragma once

#include "cards/csv_reader.hpp"

#include <string_view>
#include <vector>

namespace tessera::test {

/// Returns the records of a whole CSV text.
inline std::vector<csv_record> csv_rows(std::string_view text, char delimiter = ',') {
  std::vector<csv_record> rows;
  csv_reader reader{delimiter};
  while (!text.empty())
    if (reader.next(text))
      rows.push_back(reader.record());
  if (reader.finish())
    rows.push_back(reader.record());
  return rows;
}

} // namespace tessera::test
