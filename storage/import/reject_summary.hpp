#pragma once

#include "storage/import/rejected_row.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tessera {

/// Counts rejected rows by column and reason, and remembers the first lines of each kind. Holds nothing personal.
class reject_summary {
public:
  struct kind {
    std::string column;
    std::string reason;
    std::uint64_t count = 0;
    std::vector<std::uint64_t> lines; ///< the first few

    bool operator==(const kind&) const = default;
  };

  void add(std::span<const rejected_row> rows);

  /// Returns the kinds, the most frequent first.
  std::vector<kind> kinds() const;

private:
  std::map<std::pair<std::string, std::string>, kind> kinds_;
};

} // namespace tessera
