#pragma once

#include "actors/metrics.hpp"
#include "actors/stats_snapshot.hpp"
#include "cards/json_text.hpp"

#include <chrono>
#include <cmath>
#include <optional>
#include <string>

/// How the operator plane's documents write numbers and times.
namespace tessera {

/// Returns ISO 8601, from milliseconds since 1970.
inline std::string time_text(std::uint64_t ms) {
  return iso8601(utc_time{std::chrono::milliseconds{ms}});
}

/// Returns nothing for 0, which stands for never.
inline std::optional<std::string> time_or_nothing(std::uint64_t ms) {
  return ms == 0 ? std::nullopt : std::optional{time_text(ms)};
}

/// Rounds to so many places as anybody reads.
inline double rounded(double value, double places = 100) noexcept {
  return std::round(value * places) / places;
}
inline std::optional<double> rounded(const std::optional<double>& value, double places = 100) noexcept {
  return value ? std::optional{rounded(*value, places)} : std::nullopt;
}

/// Returns a quantile in `Unit`; nothing if nothing was measured.
template <class Unit>
std::optional<double> in(const recent_latencies::quantiles& of,
                         std::chrono::nanoseconds recent_latencies::quantiles::*which) noexcept {
  if (of.count == 0)
    return std::nullopt;
  return rounded(std::chrono::duration<double, Unit>(of.*which).count(), 1'000);
}

/// Puts p50_ms, p95_ms, p99_ms and max_ms.
inline void put_quantiles_ms(json_text& out, const recent_latencies::quantiles& of) {
  using quantiles = recent_latencies::quantiles;
  out.put("p50_ms", in<std::milli>(of, &quantiles::p50))
      .put("p95_ms", in<std::milli>(of, &quantiles::p95))
      .put("p99_ms", in<std::milli>(of, &quantiles::p99))
      .put("max_ms", in<std::milli>(of, &quantiles::max));
}

/// A limit of 0 is none.
inline std::optional<std::uint64_t> limit(std::uint64_t value) noexcept {
  return value == 0 ? std::nullopt : std::optional{value};
}

} // namespace tessera
