#pragma once

#include <cstdint>
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

/// Returns the outline that `text` describes, written as SVG does: the commands M, L, H, V, Q, C and Z, absolute
/// coordinates separated by spaces, each command repeated. REQUIRES: that it is written so.
vector_path parse_path(std::string_view text);

} // namespace tessera
