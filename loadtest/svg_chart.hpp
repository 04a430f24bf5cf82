#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tessera::loadtest {

/// One axis of a chart. On a logarithmic one `low` is above 0, and what lies below it is drawn on its edge.
struct chart_axis {
  std::string label; ///< with the unit
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  std::vector<std::pair<double, std::string>> ticks;
};

struct chart_line {
  std::string name;
  std::string color; ///< as CSS knows it
  std::vector<std::pair<double, double>> points;
};

struct chart {
  std::string title;
  chart_axis x;
  chart_axis y;
  std::vector<chart_line> lines;
  double shaded_until = 0; ///< the background of smaller x is another one, and is named:
  std::string shade_name;
};

/// Returns an axis from 0 to a round number at or above `high`, with about six ticks at round numbers.
chart_axis linear_axis(std::string label, double high);

/// Returns an axis over whole powers of ten around `low` to `high`, with a tick at 1, 2 and 5 of each, or at 1 where
/// those would be too many. REQUIRES: low > 0.
chart_axis logarithmic_axis(std::string label, double low, double high);

/// Returns the chart as an SVG element that stands for itself within HTML: texts in the page's font, no script.
std::string to_svg(const chart& what);

/// Returns the text with what HTML and XML would take for markup escaped.
std::string escape_markup(std::string_view text);

} // namespace tessera::loadtest
