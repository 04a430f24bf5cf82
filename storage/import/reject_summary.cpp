#include "storage/import/reject_summary.hpp"

#include <algorithm>

namespace tessera {

namespace {

constexpr std::size_t lines_kept = 5;

} // namespace

void reject_summary::add(std::span<const rejected_row> rows) {
  for (const auto& row : rows) {
    auto& kind = kinds_[{row.column, row.reason}];
    kind.column = row.column;
    kind.reason = row.reason;
    ++kind.count;
    if (kind.lines.size() < lines_kept)
      kind.lines.push_back(row.line);
  }
}

std::vector<reject_summary::kind> reject_summary::kinds() const {
  std::vector<kind> all;
  for (const auto& [key, kind] : kinds_)
    all.push_back(kind);
  std::ranges::stable_sort(all, std::ranges::greater{}, &kind::count);
  return all;
}

} // namespace tessera
