#pragma once

#include "actors/stats_desk.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// What GET /stats/history asks for.
struct history_query {
  metric_history::range range = metric_history::range::ten_minutes;
  std::int64_t since_s = 0;        ///< only what is later; 0: all
  std::vector<std::size_t> series; ///< places in all_stats_series; empty: all
};

/// Returns the range that `text` names ("10m", "6h", "7d"), or nothing.
std::optional<metric_history::range> parse_range(std::string_view text) noexcept;

/// Returns the places of the series in a list of names with commas; nothing if one is unknown.
std::optional<std::vector<std::size_t>> parse_series(std::string_view text);

/// Returns the document: columns, and the events of the range.
std::string history_json(const stats_desk& desk, const history_query& asked);

} // namespace tessera
