#pragma once

#include "actors/stats_snapshot.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace tessera {

/// The figures of which a history is kept, and how each comes out of a snapshot; NaN: not known then.
struct stats_series {
  std::string_view name; ///< with its unit
  float (*value)(const stats_snapshot&);
};

inline constexpr std::size_t stats_series_count = 24;

const std::array<stats_series, stats_series_count>& all_stats_series() noexcept;

/// Returns the place of a series. REQUIRES: there is one of that name.
std::size_t index_of_series(std::string_view name) noexcept;

/// Returns the values of all, in their order.
std::vector<float> values_of(const stats_snapshot& from);

} // namespace tessera
