#include "config/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace tessera {

namespace {

/// Levenshtein's distance, one row at a time (Wagner and Fischer, 1974).
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      auto above = row[j];
      auto changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({changed, above + 1, row[j - 1] + 1});
      diagonal = above;
    }
  }
  return row.back();
}

} // namespace

std::string nearest_name(std::string_view name, std::span<const std::string> names) {
  std::string_view best;
  std::size_t best_distance = name.size() / 3 + 1;
  for (const auto& candidate : names) {
    auto distance = edit_distance(name, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return std::string{best};
}

} // namespace tessera
