#pragma once

#include "cards/drawing/card_design.hpp"
#include "cards/drawing/vector_path.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// A picture in memory on which paths are drawn, with smooth edges.
class canvas {
public:
  /// White. Sizes in pixels.
  canvas(int width, int height);

  int width() const noexcept {
    return width_;
  }
  int height() const noexcept {
    return height_;
  }

  /// Fills what the path encloses. Where outlines of the same direction overlap it is filled once.
  void fill(const vector_path& path, const placement& where, rgb colour);

  /// Draws along the path, `stroke` wide before it is placed. REQUIRES: the placement scales both ways alike.
  void stroke(const vector_path& path, const placement& where, double stroke, rgb colour);

  /// Fills a rectangle of whole pixels. REQUIRES: it is inside.
  void fill_pixels(int x, int y, int width, int height, rgb colour);

  /// Copies `from`, which is as wide, to the rows from `y` on. REQUIRES: it fits.
  void paste(const canvas& from, int y);

  std::string png() const;

private:
  std::uint8_t* pixel(int x, int y) noexcept {
    return pixels_.data()
           + 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x));
  }
  void fill_polygons(const std::vector<std::vector<path_point>>& polygons, rgb colour);

  int width_;
  int height_;
  std::vector<std::uint8_t> pixels_; ///< red, green, blue; row by row
};

} // namespace tessera
