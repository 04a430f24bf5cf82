#include "cards/drawing/canvas.hpp"

#include "cards/drawing/coverage.hpp"
#include "cards/drawing/png.hpp"

#include <algorithm>
#include <cmath>

namespace tessera {

namespace {

using polygon = std::vector<path_point>;

// Curves become this many lines: at the sizes that cards are drawn in, less than a tenth of a pixel off.
constexpr int lines_per_glyph_curve = 5;
constexpr int lines_per_cubic = 24;

std::vector<polygon> flatten(const vector_path& path, const placement& where) {
  std::vector<polygon> out;
  path.for_each([&](path_verb verb, const path_point* to) {
    if (verb == path_verb::close) {
      if (!out.empty() && !out.back().empty())
        out.back().push_back(out.back().front());
      return;
    }
    if (verb == path_verb::move || out.empty())
      out.emplace_back();
    auto& line = out.back();
    if (verb == path_verb::move || verb == path_verb::line) {
      line.push_back(where(to[0]));
      return;
    }
    auto from = line.back();
    if (verb == path_verb::quadratic) {
      auto control = where(to[0]);
      auto end = where(to[1]);
      for (int step = 1; step <= lines_per_glyph_curve; ++step) {
        auto t = static_cast<double>(step) / lines_per_glyph_curve;
        auto a = (1 - t) * (1 - t);
        auto b = 2 * t * (1 - t);
        line.push_back({a * from.x + b * control.x + t * t * end.x, a * from.y + b * control.y + t * t * end.y});
      }
      return;
    }
    auto first = where(to[0]);
    auto second = where(to[1]);
    auto end = where(to[2]);
    for (int step = 1; step <= lines_per_cubic; ++step) {
      auto t = static_cast<double>(step) / lines_per_cubic;
      auto a = (1 - t) * (1 - t) * (1 - t);
      auto b = 3 * t * (1 - t) * (1 - t);
      auto c = 3 * t * t * (1 - t);
      auto d = t * t * t;
      line.push_back(
          {a * from.x + b * first.x + c * second.x + d * end.x, a * from.y + b * first.y + c * second.y + d * end.y});
    }
  });
  return out;
}

} // namespace

canvas::canvas(int width, int height)
    : width_(width), height_(height),
      pixels_(3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0xff) {
}

void canvas::fill(const vector_path& path, const placement& where, rgb colour) {
  fill_polygons(flatten(path, where), colour);
}

void canvas::stroke(const vector_path& path, const placement& where, double stroke, rgb colour) {
  std::vector<polygon> bars;
  auto half = stroke * where.x_scale / 2;
  for (const auto& line : flatten(path, where))
    for (std::size_t at = 1; at < line.size(); ++at) {
      auto from = line[at - 1];
      auto to = line[at];
      auto length = std::hypot(to.x - from.x, to.y - from.y);
      if (length == 0)
        continue;
      auto across = path_point{-(to.y - from.y) / length * half, (to.x - from.x) / length * half};
      bars.push_back({{from.x + across.x, from.y + across.y},
                      {to.x + across.x, to.y + across.y},
                      {to.x - across.x, to.y - across.y},
                      {from.x - across.x, from.y - across.y}});
    }
  fill_polygons(bars, colour);
}

void canvas::fill_polygons(const std::vector<polygon>& polygons, rgb colour) {
  auto left = static_cast<double>(width_);
  auto top = static_cast<double>(height_);
  double right = 0;
  double bottom = 0;
  for (const auto& one : polygons)
    for (auto [x, y] : one) {
      left = std::min(left, x);
      right = std::max(right, x);
      top = std::min(top, y);
      bottom = std::max(bottom, y);
    }
  auto begin_x = std::max(0, static_cast<int>(std::floor(left)));
  auto begin_y = std::max(0, static_cast<int>(std::floor(top)));
  auto end_x = std::min(width_, static_cast<int>(std::ceil(right)));
  auto end_y = std::min(height_, static_cast<int>(std::ceil(bottom)));
  if (begin_x >= end_x || begin_y >= end_y)
    return;
  coverage covered{end_x - begin_x, end_y - begin_y};
  auto moved = [&](path_point point) { return path_point{point.x - begin_x, point.y - begin_y}; };
  for (const auto& one : polygons)
    for (std::size_t at = 0; at < one.size(); ++at)
      covered.add_edge(moved(one[at]), moved(one[(at + 1) % one.size()]));
  covered.for_each([&](int x, int y, float share) {
    auto* to = pixel(begin_x + x, begin_y + y);
    if (share == 1) { // most of an area
      to[0] = colour.red;
      to[1] = colour.green;
      to[2] = colour.blue;
      return;
    }
    auto blend = [&](std::uint8_t& part, std::uint8_t wanted) {
      part = static_cast<std::uint8_t>(static_cast<float>(part) + share * static_cast<float>(wanted - part) + 0.5F);
    };
    blend(to[0], colour.red);
    blend(to[1], colour.green);
    blend(to[2], colour.blue);
  });
}

void canvas::fill_pixels(int x, int y, int width, int height, rgb colour) {
  for (auto row = y; row < y + height; ++row)
    for (auto* to = pixel(x, row); to < pixel(x, row) + 3 * width; to += 3) {
      to[0] = colour.red;
      to[1] = colour.green;
      to[2] = colour.blue;
    }
}

void canvas::paste(const canvas& from, int y) {
  std::ranges::copy(from.pixels_, pixel(0, y));
}

std::string canvas::png() const {
  auto row_size = 3 * static_cast<std::size_t>(width_);
  std::string rows;
  rows.resize((row_size + 1) * static_cast<std::size_t>(height_));
  auto* out = rows.data();
  for (int y = 0; y < height_; ++y) {
    const auto* row = pixels_.data() + row_size * static_cast<std::size_t>(y);
    *out++ = y == 0 ? png_filter_none : png_filter_up;
    for (std::size_t at = 0; at < row_size; ++at)
      *out++ = static_cast<char>(y == 0 ? row[at] : row[at] - (row - row_size)[at]);
  }
  return write_png(static_cast<std::uint32_t>(width_), static_cast<std::uint32_t>(height_), png_pixels::rgb, rows);
}

} // namespace tessera
