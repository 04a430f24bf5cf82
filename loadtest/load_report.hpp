#pragma once

#include "loadtest/load_plan.hpp"
#include "loadtest/load_run.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace tessera::loadtest {

/// A load of which less was sent in time is another load.
inline constexpr double sent_limit = 0.98;

/// What came of a load, to be told in one form or another. Pure.
struct load_report {
  load_plan plan;
  run_outcome outcome;
  std::size_t members = 0; ///< that were asked for
  std::size_t cards = 0;   ///< that were verified

  /// Returns why the figures say nothing about the server, a sentence each; nothing if they do.
  std::vector<std::string> void_reasons() const;

  /// Returns why the server has not passed, or why that cannot be said, as one sentence; empty if it has.
  std::string shortcoming() const;

  /// Returns the sum over all scenarios of what was measured.
  outcome_tally total() const {
    return outcome.totals.total();
  }

  std::chrono::duration<double> measured() const noexcept {
    return std::chrono::nanoseconds{static_cast<std::int64_t>(outcome.totals.measured_ns)};
  }

  /// Returns requests per second while it was measured.
  double rate_of(const outcome_tally& tally) const noexcept;
};

/// Returns the share of the good answers that say that they came from a cache, from 0 to 1; nothing if none says where
/// it came from.
std::optional<double> hit_ratio(const outcome_tally& tally);

/// Returns the mean latency of the good answers; 0 if there are none.
std::chrono::nanoseconds mean_latency(const outcome_tally& tally) noexcept;

/// A percentile as reports name it, and its share of all requests.
struct percentile_name {
  const char* name;
  double share;
};
inline constexpr percentile_name percentiles[] = {{"p50", 0.5},   {"p75", 0.75},   {"p90", 0.9},     {"p95", 0.95},
                                                  {"p99", 0.99},  {"p99.9", 0.999}, {"p99.99", 0.9999}};

std::string to_json(const load_report& report);

/// Returns a page or so of text for a terminal.
std::string to_text(const load_report& report);

/// Returns a page of HTML that needs nothing else, with charts.
std::string to_html(const load_report& report);

} // namespace tessera::loadtest
