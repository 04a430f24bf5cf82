#pragma once

#include "cards/drawing/vector_path.hpp"

#include <algorithm>
#include <vector>

namespace tessera {

/// How much of each pixel polygons cover. Each edge adds, where it passes, the area to its right with the sign of its
/// direction; the sum along a row is then what is covered (the method of Levien's font-rs).
class coverage {
public:
  coverage(int width, int height);

  /// Adds an edge, in pixels. Edges of a polygon are added around it, to where it began.
  void add_edge(path_point from, path_point to) noexcept;

  /// Calls `draw(x, y, share)` for each pixel that is covered, `share` being above 0 and at most 1.
  template <class Draw>
  void for_each(Draw&& draw) const {
    for (int y = 0; y < height_; ++y) {
      auto [begin, end] = touched_[static_cast<std::size_t>(y)]; // left and right of it nothing is inside
      float sum = 0;
      for (int x = begin; x < std::min(end, width_); ++x) {
        sum += cells_[row(y) + static_cast<std::size_t>(x)];
        auto share = sum < 0 ? -sum : sum;
        if (share > 1.0F / 512)
          draw(x, y, share < 1 ? share : 1.0F);
      }
    }
  }

private:
  std::size_t row(int y) const noexcept {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_ + 2);
  }

  struct range {
    int begin;
    int end;
  };

  int width_;
  int height_;
  std::vector<range> touched_; ///< by row: the cells that edges have added to
  std::vector<float> cells_;   ///< two more than `width` in a row, for what edges at the right border add
};

} // namespace tessera
