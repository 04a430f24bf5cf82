#include "loadtest/load_report.hpp"
#include "loadtest/number_text.hpp"
#include "loadtest/svg_chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

namespace tessera::loadtest {

namespace {

using std::chrono::nanoseconds;

// Colours that people with any kind of sight tell apart (Okabe and Ito, 2008).
constexpr std::string_view blue = "#0072b2";
constexpr std::string_view vermilion = "#d55e00";
constexpr std::string_view green = "#009e73";
constexpr std::string_view purple = "#b5558f";
constexpr std::array scenario_colors{blue, vermilion, green, purple};

/// Latencies below this are no more than the way there and back.
constexpr double least_ms = 0.01;

constexpr std::string_view page_begin = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Load test</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;color:#1b1f24;background:#fff;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0 0 .2rem}
h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{margin:.3rem 0}
.quiet{color:#59636e}
.verdict{padding:.6rem .9rem;border-left:5px solid #009e73;background:#eef8f4;margin:1rem 0}
.verdict.bad{border-color:#d55e00;background:#fdf1ea}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.7rem;margin:1rem 0}
.tile{border:1px solid #d1d9e0;border-radius:6px;padding:.5rem .8rem}
.tile b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .5rem;text-align:right;border-bottom:1px solid #d1d9e0;white-space:nowrap}
th:first-child,td:first-child{text-align:left}
thead th{color:#59636e;font-weight:600}
tr.sum td{font-weight:600}
svg{width:100%;height:auto;margin-top:1.2rem}
svg text{font:13px system-ui,sans-serif;fill:#59636e}
svg .title{font-size:16px;font-weight:600;fill:#1b1f24}
svg .tick{font-variant-numeric:tabular-nums}
svg .grid{stroke:#e4e9ee}
svg .axis{stroke:#59636e}
svg .shade{fill:#f4f6f8}
</style></head><body>
)";

nanoseconds latency_at(const outcome_tally& tally, double share) {
  return nanoseconds{static_cast<std::int64_t>(tally.latency_ns.percentile(share))};
}

double as_ms(nanoseconds duration) {
  return std::max(std::chrono::duration<double, std::milli>(duration).count(), least_ms);
}

void add_tile(std::string& page, std::string_view name, std::string_view value) {
  page.append("<div class=\"tile\"><span class=\"quiet\">").append(name).append("</span><b>");
  page.append(value).append("</b></div>\n");
}

void add_row(std::string& page, std::string_view name, const load_report& report, const outcome_tally& tally,
             std::string_view kind = {}) {
  page.append("<tr class=\"").append(kind).append("\"><td>").append(name);
  auto cell = [&](std::string_view text) { page.append("</td><td>").append(text); };
  cell(grouped(tally.requests()));
  cell(grouped(report.rate_of(tally)));
  for (double share : {0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1.0})
    cell(milliseconds_text(latency_at(tally, share)));
  for (auto which : {outcome::refused, outcome::failed, outcome::wrong})
    cell(grouped(tally.of(which)));
  page.append("</td></tr>\n");
}

void add_table(std::string& page, const load_report& report) {
  page.append("<h2>By scenario</h2><div class=\"scroll\"><table><thead><tr><th></th><th>requests</th><th>per s</th>"
              "<th>p50 ms</th><th>p75</th><th>p90</th><th>p95</th><th>p99</th><th>p99.9</th><th>p99.99</th><th>max</th>"
              "<th>refused</th><th>errors</th><th>wrong</th></tr></thead><tbody>\n");
  for (auto each : scenarios)
    if (report.plan.mix.has(each))
      add_row(page, to_string(each), report, report.outcome.totals.measured[index_of(each)]);
  add_row(page, "all", report, report.total(), "sum");
  page.append("</tbody></table></div>\n");
}

/// What was not good, by kind; nothing if all was.
void add_kinds(std::string& page, const load_report& report) {
  const auto all = report.total();
  std::string rows;
  for (auto [which, name] : {std::pair{outcome::refused, "refused"}, std::pair{outcome::failed, "error"},
                             std::pair{outcome::wrong, "wrong"}}) {
    for (auto [phase, tally] : {std::pair{"measurement", &all}, std::pair{"ramp", &report.outcome.totals.ramp}})
      tally->kinds[index_of(which)].each([&](std::string_view kind, std::uint64_t count) {
        rows.append("<tr><td>").append(name).append("</td><td>").append(escape_markup(kind)).append("</td><td>");
        rows.append(phase).append("</td><td>").append(grouped(count)).append("</td></tr>\n");
      });
  }
  if (!rows.empty())
    page.append("<h2>What was not answered well</h2><div class=\"scroll\"><table><thead><tr><th>what</th><th>kind</th>"
                "<th>when</th><th>requests</th></tr></thead><tbody>\n").append(rows).append("</tbody></table></div>\n");
}

/// The seconds of the run that have passed, each with what was due in it.
class seconds {
public:
  explicit seconds(const load_report& report)
      : slots_(report.outcome.timeline),
        length_(static_cast<double>(slot_length(report.plan.length()).count())),
        ramp_(std::chrono::duration<double>(report.plan.ramp).count()) {
    while (count_ < slots_.size() && slots_[count_].requests() > 0)
      ++count_;
  }

  chart_axis axis() const {
    auto result = linear_axis("time since the start, s", length_ * static_cast<double>(count_));
    result.high = std::max(length_ * static_cast<double>(count_), length_);
    std::erase_if(result.ticks, [&](const auto& tick) { return tick.first > result.high; });
    return result;
  }

  double ramp() const noexcept {
    return ramp_;
  }

  template <class Value>
  chart_line line(std::string name, std::string_view color, Value value) const {
    chart_line result{std::move(name), std::string{color}, {}};
    for (std::size_t i = 0; i < count_; ++i)
      result.points.emplace_back(length_ * (static_cast<double>(i) + 0.5), value(slots_[i]));
    return result;
  }

  template <class Value>
  chart_line per_second(std::string name, std::string_view color, Value value) const {
    return line(std::move(name), color, [&](const slot_tally& slot) { return value(slot) / length_; });
  }

private:
  const std::vector<slot_tally>& slots_;
  double length_;
  double ramp_;
  std::size_t count_ = 0;
};

double highest(const std::vector<chart_line>& lines) {
  double result = 0;
  for (const auto& line : lines)
    for (const auto& point : line.points)
      result = std::max(result, point.second);
  return result;
}

double lowest(const std::vector<chart_line>& lines) {
  double result = highest(lines);
  for (const auto& line : lines)
    for (const auto& point : line.points)
      result = std::min(result, point.second);
  return std::max(result, least_ms);
}

std::string latency_over_time(const seconds& run) {
  auto at = [](double share) { return [share](const slot_tally& slot) { return as_ms(slot.latency().percentile(share)); }; };
  std::vector lines{run.line("p99", vermilion, at(0.99)), run.line("p50", blue, at(0.5))};
  auto axis = logarithmic_axis("latency, ms", lowest(lines), highest(lines));
  return to_svg({"Latency of the requests due in each second", run.axis(), std::move(axis), std::move(lines),
                 run.ramp(), "ramp"});
}

std::string requests_over_time(const seconds& run) {
  auto of = [](outcome which) {
    return [which](const slot_tally& slot) { return static_cast<double>(slot.outcomes[index_of(which)]); };
  };
  auto bad = [](const slot_tally& slot) {
    return static_cast<double>(slot.outcomes[index_of(outcome::failed)] + slot.outcomes[index_of(outcome::wrong)]);
  };
  std::vector lines{run.per_second("answered", blue, of(outcome::good)),
                    run.per_second("refused", purple, of(outcome::refused)),
                    run.per_second("errors and wrong", vermilion, bad)};
  auto axis = linear_axis("requests per second", highest(lines));
  return to_svg({"Requests due in each second", run.axis(), std::move(axis), std::move(lines), run.ramp(), "ramp"});
}

/// Percentiles up to the last one of which there is more than one request beyond.
std::string latency_by_percentile(const load_report& report) {
  constexpr int points_per_decade = 40;
  chart_axis x{"percentile", 1, 100, true, {{1, "0"}, {2, "50"}, {10, "90"}, {100, "99"}}};
  std::vector<chart_line> lines;
  for (auto each : scenarios) {
    const auto& tally = report.outcome.totals.measured[index_of(each)];
    auto count = static_cast<double>(tally.latency_ns.count());
    if (count == 0)
      continue;
    chart_line line{std::string{to_string(each)}, std::string{scenario_colors[index_of(each)]}, {}};
    auto steps = static_cast<int>(std::min(std::log10(count), 5.0) * points_per_decade);
    for (int step = 0; step <= steps; ++step) {
      auto beyond = std::pow(10, -static_cast<double>(step) / points_per_decade);
      line.points.emplace_back(1 / beyond, as_ms(latency_at(tally, 1 - beyond)));
      x.high = std::max(x.high, 1 / beyond);
    }
    lines.push_back(std::move(line));
  }
  for (auto [value, text] : {std::pair{1e3, "99.9"}, std::pair{1e4, "99.99"}, std::pair{1e5, "99.999"}})
    if (value <= x.high * 1.001)
      x.ticks.emplace_back(value, text);
  auto y = logarithmic_axis("latency, ms", lowest(lines), highest(lines));
  return to_svg({"Latency by percentile", std::move(x), std::move(y), std::move(lines), 0, {}});
}

void add_head(std::string& page, const load_report& report) {
  const auto& plan = report.plan;
  bool open = plan.loop == loop_kind::open;
  page.append("<h1>Load test</h1>\n<p class=\"quiet\">").append(escape_markup(plan.target.url)).append(" &middot; ");
  page.append(grouped(std::uint64_t{plan.users})).append(open ? " users, " : " users, each asking again at once, ");
  if (open)
    page.append(grouped(plan.rate)).append(" requests per second each, ");
  page.append(length_text(plan.duration)).append(" after a ramp of ").append(length_text(plan.ramp));
  page.append(" &middot; ").append(to_string(plan.mix)).append("</p>\n");
  auto shortcoming = report.shortcoming();
  page.append("<p class=\"verdict").append(shortcoming.empty() ? "" : " bad").append("\">");
  page.append(shortcoming.empty() ? "Every request was answered with what was asked for, or refused with a reason."
                                  : escape_markup(shortcoming));
  page.append("</p>\n");
}

void add_tiles(std::string& page, const load_report& report) {
  auto all = report.total();
  page.append("<div class=\"tiles\">\n");
  add_tile(page, "requests", grouped(all.requests()));
  add_tile(page, "per second", grouped(report.rate_of(all)));
  add_tile(page, "median", milliseconds_text(latency_at(all, 0.5)) + " ms");
  add_tile(page, "p99", milliseconds_text(latency_at(all, 0.99)) + " ms");
  add_tile(page, "errors", grouped(all.of(outcome::failed)));
  add_tile(page, "wrong answers", grouped(all.of(outcome::wrong)));
  if (auto ratio = hit_ratio(report.outcome.totals.measured[index_of(scenario::lookup)])) {
    auto permille = static_cast<std::uint64_t>(std::llround(*ratio * 1'000));
    add_tile(page, "lookups from a cache", std::to_string(permille / 10) + "." + std::to_string(permille % 10) + " %");
  }
  page.append("</div>\n");
}

void add_method(std::string& page, const load_report& report) {
  const auto& plan = report.plan;
  page.append("<h2>Method</h2>\n<p class=\"quiet\">");
  if (plan.loop == loop_kind::open)
    page.append("Open loop: each user asks at times of their own, however long the answers take, and a latency counts "
                "from when the request was due, so what a stall holds up counts in full. ");
  else
    page.append("Closed loop: a user asks again when they have their answer, so latencies are those at the most that "
                "the server carries. ");
  page.append("Every answer is checked: its status, and that it is about the member who was asked for. Latencies are "
              "those of answers that passed, never too small and by at most 1/64 too large (1/16 over time). Each user "
              "has a connection of their own. ");
  page.append(plan.choice == choice_kind::zipf ? "Members are chosen by Zipf's law" : "Members are chosen equally often");
  page.append(" out of ").append(grouped(std::uint64_t{report.members})).append("; ");
  page.append(grouped(std::uint64_t{report.cards})).append(" cards are verified. ");
  auto lag = nanoseconds{static_cast<std::int64_t>(report.outcome.totals.send_lag_ns.percentile(0.99))};
  if (plan.loop == loop_kind::open)
    page.append("The generator was behind its schedule by ").append(milliseconds_text(lag)).append(" ms at p99. ");
  page.append(grouped(std::uint64_t{plan.processes})).append(plan.processes == 1 ? " process, " : " processes, ");
  page.append("seed ").append(std::to_string(plan.seed)).append(".</p>\n");
}

} // namespace

std::string to_html(const load_report& report) {
  std::string page{page_begin};
  add_head(page, report);
  add_tiles(page, report);
  add_table(page, report);
  seconds run{report};
  page.append(latency_over_time(run)).append(requests_over_time(run)).append(latency_by_percentile(report));
  add_kinds(page, report);
  add_method(page, report);
  return page.append("</body></html>\n");
}

} // namespace tessera::loadtest
