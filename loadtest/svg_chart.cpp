#include "loadtest/svg_chart.hpp"

#include "loadtest/number_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace tessera::loadtest {

namespace {

// In pixels, or as a share of the width where a page is narrower.
constexpr double width = 960;
constexpr double height = 340;
constexpr double left = 74;
constexpr double right = 940;
constexpr double top = 64;
constexpr double bottom = 288;

/// Points that are nearer to each other cannot be told apart.
constexpr double least_step = 0.4;

/// More decades have ticks at their powers of ten alone.
constexpr double decades_with_fine_ticks = 3;

std::string pixel(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

/// Returns where a value lies on an axis, from 0 to 1.
double place(const chart_axis& axis, double value) {
  value = std::clamp(value, axis.low, axis.high);
  if (axis.logarithmic)
    return std::log(value / axis.low) / std::log(axis.high / axis.low);
  return (value - axis.low) / (axis.high - axis.low);
}

double x_of(const chart& what, double value) {
  return left + (right - left) * place(what.x, value);
}
double y_of(const chart& what, double value) {
  return bottom - (bottom - top) * place(what.y, value);
}

std::string tick_text(double value) {
  if (value >= 1'000)
    return grouped(static_cast<std::uint64_t>(std::llround(value)));
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

void add_text(std::string& svg, double x, double y, std::string_view anchor, std::string_view kind,
              std::string_view text) {
  svg.append("<text x=\"").append(pixel(x)).append("\" y=\"").append(pixel(y));
  svg.append("\" text-anchor=\"").append(anchor).append("\" class=\"").append(kind).append("\">");
  svg.append(escape_markup(text)).append("</text>\n");
}

void add_rule(std::string& svg, double x1, double y1, double x2, double y2, std::string_view kind) {
  svg.append("<line x1=\"").append(pixel(x1)).append("\" y1=\"").append(pixel(y1));
  svg.append("\" x2=\"").append(pixel(x2)).append("\" y2=\"").append(pixel(y2));
  svg.append("\" class=\"").append(kind).append("\"/>\n");
}

void add_axes(std::string& svg, const chart& what) {
  for (const auto& [value, text] : what.y.ticks) {
    add_rule(svg, left, y_of(what, value), right, y_of(what, value), "grid");
    add_text(svg, left - 8, y_of(what, value) + 4, "end", "tick", text);
  }
  for (const auto& [value, text] : what.x.ticks) {
    add_rule(svg, x_of(what, value), bottom, x_of(what, value), bottom + 5, "axis");
    add_text(svg, x_of(what, value), bottom + 20, "middle", "tick", text);
  }
  add_rule(svg, left, bottom, right, bottom, "axis");
  add_text(svg, (left + right) / 2, bottom + 42, "middle", "label", what.x.label);
  add_text(svg, left, top - 10, "start", "label", what.y.label);
}

void add_line(std::string& svg, const chart& what, const chart_line& line) {
  svg.append("<polyline fill=\"none\" stroke=\"").append(line.color).append("\" stroke-width=\"2\" points=\"");
  double last = -1;
  for (const auto& [x, y] : line.points) {
    auto at = x_of(what, x);
    if (at - last < least_step && &line.points.back().first != &x)
      continue;
    last = at;
    svg.append(pixel(at)).append(",").append(pixel(y_of(what, y))).append(" ");
  }
  svg.append("\"/>\n");
}

/// To the right of the title, so that it is never on top of a line.
void add_legend(std::string& svg, const chart& what) {
  constexpr double letter = 7.6;
  constexpr double sample = 22;
  double x = right;
  for (auto line = what.lines.rbegin(); line != what.lines.rend(); ++line) {
    add_text(svg, x, 24, "end", "tick", line->name);
    x -= letter * static_cast<double>(line->name.size()) + 6;
    svg.append("<line x1=\"").append(pixel(x - sample)).append("\" y1=\"20\" x2=\"").append(pixel(x));
    svg.append("\" y2=\"20\" stroke=\"").append(line->color).append("\" stroke-width=\"3\"/>\n");
    x -= sample + 16;
  }
}

} // namespace

chart_axis linear_axis(std::string label, double high) {
  constexpr double intervals = 5;
  auto raw = std::max(high, 1e-9) / intervals;
  auto power = std::pow(10, std::floor(std::log10(raw)));
  auto step = power * (raw <= power ? 1 : raw <= 2 * power ? 2 : raw <= 5 * power ? 5 : 10);
  chart_axis axis{std::move(label), 0, step * std::ceil(std::max(high, 1e-9) / step - 1e-9), false, {}};
  for (int i = 0; step * i <= axis.high + step / 2; ++i)
    axis.ticks.emplace_back(step * i, tick_text(step * i));
  return axis;
}

chart_axis logarithmic_axis(std::string label, double low, double high) {
  auto first = std::floor(std::log10(low) + 1e-9);
  auto last = std::max(first + 1, std::ceil(std::log10(high) - 1e-9));
  chart_axis axis{std::move(label), std::pow(10, first), std::pow(10, last), true, {}};
  constexpr std::array factors{1.0, 2.0, 5.0};
  std::size_t count = last - first <= decades_with_fine_ticks ? factors.size() : 1;
  for (auto decade = first; decade <= last; ++decade)
    for (std::size_t i = 0; i < count; ++i)
      if (auto value = std::pow(10, decade) * factors[i]; value <= axis.high * 1.001)
        axis.ticks.emplace_back(value, tick_text(value));
  return axis;
}

std::string to_svg(const chart& what) {
  std::string svg = "<svg viewBox=\"0 0 " + pixel(width) + " " + pixel(height) + "\" role=\"img\" aria-label=\""
                    + escape_markup(what.title) + "\">\n";
  add_text(svg, 8, 24, "start", "title", what.title);
  if (what.shaded_until > what.x.low) {
    auto end = x_of(what, what.shaded_until);
    svg.append("<rect class=\"shade\" x=\"").append(pixel(left)).append("\" y=\"").append(pixel(top));
    svg.append("\" width=\"").append(pixel(end - left)).append("\" height=\"").append(pixel(bottom - top));
    svg.append("\"/>\n");
    add_text(svg, left + 6, top + 16, "start", "tick", what.shade_name);
  }
  add_axes(svg, what);
  for (const auto& line : what.lines)
    add_line(svg, what, line);
  add_legend(svg, what);
  return svg.append("</svg>\n");
}

std::string escape_markup(std::string_view text) {
  std::string result;
  for (char c : text) {
    switch (c) {
    case '&':
      result.append("&amp;");
      break;
    case '<':
      result.append("&lt;");
      break;
    case '>':
      result.append("&gt;");
      break;
    case '"':
      result.append("&quot;");
      break;
    default:
      result.push_back(c);
    }
  }
  return result;
}

} // namespace tessera::loadtest
