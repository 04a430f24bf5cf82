#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

struct path_point {
  double x = 0;
  double y = 0;

  bool operator==(const path_point&) const = default;
};

/// What a step of an outline does; `quadratic` and `cubic` are Bézier curves.
enum class path_verb : std::uint8_t { move, line, quadratic, cubic, close };

/// Returns how many points a step takes: the control points and where it ends.
constexpr std::size_t point_count(path_verb verb) noexcept {
  constexpr std::size_t counts[] = {1, 1, 2, 3, 0};
  return counts[static_cast<std::size_t>(verb)];
}

/// The outline of a shape or a glyph.
struct vector_path {
  std::vector<path_verb> verbs;
  std::vector<path_point> points; ///< those of the first verb, of the second …

  void add(path_verb verb, std::initializer_list<path_point> to) {
    verbs.push_back(verb);
    points.insert(points.end(), to);
  }

  /// Calls `step(verb, points)` for each step, `points` being the first of point_count(verb).
  template <class Step>
  void for_each(Step&& step) const {
    const auto* at = points.data();
    for (auto verb : verbs) {
      step(verb, at);
      at += point_count(verb);
    }
  }

  bool operator==(const vector_path&) const = default;
};

/// How a path is moved: scaled, then shifted.
struct placement {
  double x_scale = 1;
  double y_scale = 1;
  double x = 0;
  double y = 0;

  path_point operator()(path_point from) const noexcept {
    return {from.x * x_scale + x, from.y * y_scale + y};
  }
};

/// Returns the outline that `text` describes as SVG's path data does (SVG 1.1, section 8.3), arcs excepted; nothing if
/// it is anything else.
std::optional<vector_path> read_path(std::string_view text);

/// Returns the same for a text of our own. REQUIRES: that it is an outline.
vector_path parse_path(std::string_view text);

/// Appends `path`, moved, as SVG's path data with at most so many digits behind the point.
void append_path_data(std::string& out, const vector_path& path, const placement& where, int decimals);

} // namespace tessera
