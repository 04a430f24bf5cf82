#pragma once

#include "cards/result.hpp"

#include <cstddef>
#include <string_view>

namespace tessera {

/// How a file writes CSV.
struct csv_dialect {
  char delimiter = ',';
  std::size_t skip = 0; ///< bytes before the header: a byte order mark, and the line "sep=;" that Excel knows

  bool operator==(const csv_dialect&) const = default;
};

/// Tells the dialect by the file's first bytes, which must hold its first line: the delimiter is the one of comma,
/// semicolon, tab and bar that is most frequent there outside quotes. Fails with one sentence for what is no CSV:
/// UTF-16 and spreadsheet files.
result<csv_dialect> detect_csv_dialect(std::string_view start);

} // namespace tessera
