#include "cards/drawing/coverage.hpp"

#include <algorithm>
#include <cmath>

namespace tessera {

coverage::coverage(int width, int height)
    : width_(width), height_(height), touched_(static_cast<std::size_t>(height), range{width, 0}),
      cells_(static_cast<std::size_t>(width + 2) * static_cast<std::size_t>(height), 0.0F) {
}

void coverage::add_edge(path_point from, path_point to) noexcept {
  if (from.y == to.y)
    return;
  // What lies beyond a border counts as if it lay on it; so an edge that crosses one is two.
  for (auto border : {0.0, static_cast<double>(width_)})
    if ((from.x - border) * (to.x - border) < 0) {
      path_point crossing{border, from.y + (border - from.x) / (to.x - from.x) * (to.y - from.y)};
      add_edge(from, crossing);
      add_edge(crossing, to);
      return;
    }
  auto direction = from.y < to.y ? 1.0 : -1.0;
  if (direction < 0)
    std::swap(from, to);
  auto slope = (to.x - from.x) / (to.y - from.y);
  auto first = std::max(0, static_cast<int>(std::floor(from.y)));
  auto last = std::min(height_, static_cast<int>(std::ceil(to.y)));
  for (auto y = first; y < last; ++y) {
    auto top = std::max<double>(y, from.y);
    auto bottom = std::min<double>(y + 1, to.y);
    auto area = (bottom - top) * direction; // what the edge adds to all pixels right of it
    auto at = [&](double height) {
      return std::clamp(from.x + (height - from.y) * slope, 0.0, static_cast<double>(width_));
    };
    auto left = std::min(at(top), at(bottom));
    auto right = std::max(at(top), at(bottom));
    auto* cells = cells_.data() + row(y);
    auto left_cell = static_cast<int>(left);
    auto right_cell = static_cast<int>(std::ceil(right));
    auto& touched = touched_[static_cast<std::size_t>(y)];
    touched = {std::min(touched.begin, left_cell), std::max(touched.end, std::max(left_cell + 2, right_cell + 1))};
    if (right_cell <= left_cell + 1) {
      auto share = (left + right) / 2 - left_cell; // of the pixel, left of the edge
      cells[left_cell] += static_cast<float>(area * (1 - share));
      cells[left_cell + 1] += static_cast<float>(area * share);
      continue;
    }
    // The edge crosses several pixels: what it has added by the end of each grows with its way through them.
    auto added_before = 0.0;
    for (auto cell = left_cell; cell <= right_cell; ++cell) {
      auto reached = [&](double x) { return std::clamp(x - left, 0.0, right - left); };
      // Mean over the pixel of how much of the edge lies left of a point in it.
      auto begin = reached(cell);
      auto end = reached(cell + 1);
      auto beyond = std::max(0.0, cell + 1 - right);
      auto before = std::max(0.0, left - cell);
      auto inside = 1 - beyond - before;
      auto added =
          area * ((begin + end) / 2 * std::max(0.0, inside) + (right - left) * std::min(1.0, beyond)) / (right - left);
      cells[cell] += static_cast<float>(added - added_before);
      added_before = added;
    }
  }
}

} // namespace tessera
