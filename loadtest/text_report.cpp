#include "loadtest/load_report.hpp"
#include "loadtest/number_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <vector>

namespace tessera::loadtest {

namespace {

using row = std::vector<std::string>;

std::string latency_at(const outcome_tally& tally, double share) {
  return milliseconds_text(std::chrono::nanoseconds{static_cast<std::int64_t>(tally.latency_ns.percentile(share))});
}

row row_of(std::string_view name, const load_report& report, const outcome_tally& tally) {
  row cells{std::string{name}, grouped(tally.requests()), grouped(report.rate_of(tally))};
  for (double share : {0.5, 0.95, 0.99, 0.999, 0.9999})
    cells.push_back(latency_at(tally, share));
  cells.push_back(milliseconds_text(std::chrono::nanoseconds{static_cast<std::int64_t>(tally.latency_ns.max())}));
  for (auto which : {outcome::refused, outcome::failed, outcome::wrong})
    cells.push_back(grouped(tally.of(which)));
  return cells;
}

/// Returns the rows as columns of text: the first to the left, the others to the right.
std::string table(const std::vector<row>& rows) {
  row::size_type columns = rows.front().size();
  std::string text;
  std::vector<std::size_t> widths(columns);
  for (const auto& each : rows)
    for (std::size_t i = 0; i < columns; ++i)
      widths[i] = std::max(widths[i], each[i].size());
  for (const auto& each : rows) {
    for (std::size_t i = 0; i < columns; ++i) {
      std::string padding(widths[i] - each[i].size(), ' ');
      text.append(i == 0 ? each[i] + padding : "  " + padding + each[i]);
    }
    text.append("\n");
  }
  return text;
}

void add_kinds(std::string& text, std::string_view what, const kind_counts& kinds) {
  std::string list;
  kinds.each([&](std::string_view kind, std::uint64_t count) {
    list.append(list.empty() ? "" : ", ").append(grouped(count)).append(" ").append(kind);
  });
  if (!list.empty())
    text.append(what).append(": ").append(list).append("\n");
}

} // namespace

std::string to_text(const load_report& report) {
  const auto& plan = report.plan;
  const auto& totals = report.outcome.totals;
  const auto all = report.total();
  std::string text = plan.target.url + ", " + grouped(std::uint64_t{plan.users}) + " users";
  text.append(plan.loop == loop_kind::open ? " x " + grouped(plan.rate) + "/s" : ", each asks again at once");
  text.append(", " + length_text(plan.duration) + " after a ramp of " + length_text(plan.ramp));
  text.append(report.outcome.stopped ? " (stopped early)\n\n" : "\n\n");
  std::vector<row> rows{{"", "requests", "per s", "p50 ms", "p95", "p99", "p99.9", "p99.99", "max", "refused", "errors",
                         "wrong"}};
  for (auto each : scenarios)
    if (plan.mix.has(each))
      rows.push_back(row_of(to_string(each), report, totals.measured[index_of(each)]));
  rows.push_back(row_of("all", report, all));
  rows.push_back(row_of("(ramp)", report, totals.ramp));
  rows.back()[2] = "";
  text.append(table(rows)).append("\n");
  for (const auto& [name, tally] : {std::pair{"", &all}, std::pair{"Ramp: ", &totals.ramp}}) {
    add_kinds(text, std::string{name} + "refused", tally->kinds[index_of(outcome::refused)]);
    add_kinds(text, std::string{name} + "errors", tally->kinds[index_of(outcome::failed)]);
    add_kinds(text, std::string{name} + "wrong", tally->kinds[index_of(outcome::wrong)]);
  }
  if (auto ratio = hit_ratio(totals.measured[index_of(scenario::lookup)])) {
    char percent[16];
    std::snprintf(percent, sizeof percent, "%.2f", *ratio * 100);
    text.append("Lookups from a cache: ").append(percent).append(" %\n");
  }
  auto lag = std::chrono::nanoseconds{static_cast<std::int64_t>(totals.send_lag_ns.percentile(0.99))};
  if (plan.loop == loop_kind::open)
    text.append("Generator behind its schedule: p99 ").append(milliseconds_text(lag)).append(" ms\n");
  text.append("Connections opened again: ").append(grouped(totals.reconnects)).append("\n");
  for (const auto& reason : report.void_reasons())
    text.append("VOID: ").append(reason).append("\n");
  return text;
}

} // namespace tessera::loadtest
