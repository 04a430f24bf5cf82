#include "operators/history_json.hpp"

#include "operators/report_json.hpp"
#include "operators/stats_json.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace tessera {

namespace {

constexpr std::array<std::string_view, metric_history::scales.size()> range_names{"10m", "6h", "7d"};

/// As many as the log keeps.
constexpr std::size_t all_events = 500;

void put_column(json_text& out, std::string_view name, const std::vector<float>& values) {
  out.list(name);
  for (auto value : values)
    out.put({}, rounded(static_cast<double>(value), 1'000));
  out.end_list();
}

} // namespace

std::optional<metric_history::range> parse_range(std::string_view text) noexcept {
  auto found = std::ranges::find(range_names, text);
  if (found == range_names.end())
    return std::nullopt;
  return static_cast<metric_history::range>(found - range_names.begin());
}

std::optional<std::vector<std::size_t>> parse_series(std::string_view text) {
  const auto& all = all_stats_series();
  std::vector<std::size_t> places;
  while (!text.empty()) {
    auto name = text.substr(0, text.find(','));
    text.remove_prefix(std::min(name.size() + 1, text.size()));
    auto found = std::ranges::find(all, name, &stats_series::name);
    if (found == all.end())
      return std::nullopt;
    places.push_back(static_cast<std::size_t>(found - all.begin()));
  }
  return places;
}

std::string history_json(const stats_desk& desk, const history_query& asked) {
  auto which = static_cast<std::size_t>(asked.range);
  auto columns = desk.history.get(asked.range, asked.since_s);
  auto ms = [](std::int64_t s) { return static_cast<std::uint64_t>(s) * 1'000; };
  json_text out;
  out.open()
      .put("schema_version", std::uint64_t{1})
      .put("range", range_names[which])
      .put("step_s", static_cast<std::uint64_t>(metric_history::scales[which].step_s));
  auto from_s = columns.at_s.empty() ? asked.since_s : columns.at_s.front();
  out.put("from", columns.at_s.empty() ? std::nullopt : time_or_nothing(ms(columns.at_s.front())))
      .put("to", columns.at_s.empty() ? std::nullopt : time_or_nothing(ms(columns.at_s.back())))
      .list("at_s");
  for (auto at : columns.at_s)
    out.put({}, static_cast<std::uint64_t>(at));
  out.end_list().open("series");
  auto places = asked.series;
  if (places.empty()) {
    places.resize(stats_series_count);
    std::iota(places.begin(), places.end(), std::size_t{0});
  }
  for (auto place : places) {
    out.open(all_stats_series()[place].name);
    put_column(out, "mean", columns.mean[place]);
    if (!columns.least.empty()) {
      put_column(out, "min", columns.least[place]);
      put_column(out, "max", columns.greatest[place]);
    }
    out.close();
  }
  out.close();
  put_events(out, desk.events.newest(all_events, ms(from_s)));
  return out.close().text();
}

} // namespace tessera
