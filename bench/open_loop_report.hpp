#pragma once

#include "bench/answer_tally.hpp"
#include "loadtest/histogram.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tessera::bench {

/// What came of an open-loop run.
struct open_loop_report {
  /// The generator fell behind if a hundredth of the requests was taken up later than this after they were due: a
  /// twentieth of the 100 ms within which the service answers what it admits.
  static constexpr std::chrono::milliseconds lag_limit{5};

  /// A load of which less was sent in time is another load.
  static constexpr double sent_limit = 0.98;

  explicit open_loop_report(std::chrono::nanoseconds in_time_limit) : answers(in_time_limit) {
  }

  answer_tally answers;
  std::map<std::string, std::uint64_t> errors; ///< requests without an answer, by what happened
  histogram send_lag_ns;                       ///< from when a request was due to when it was taken up
  std::uint64_t requests = 0;                  ///< all that were due
  std::uint64_t sent_in_time = 0;     ///< those sent by the end of the schedule, or at most the lag limit later
  std::uint64_t connection_waits = 0; ///< those for which no connection was free when they were due
  std::uint64_t reconnects = 0;
  std::uint64_t lost_connections = 0; ///< ended without one answer, not opened again
  double seconds = 0;                 ///< until the last answer

  /// Returns why the figures say nothing about the server; nothing if they do.
  std::vector<std::string> void_reasons() const {
    std::vector<std::string> result;
    if (std::chrono::nanoseconds{send_lag_ns.percentile(0.99)} > lag_limit)
      result.push_back("the generator fell behind its schedule");
    if (connection_waits > 0)
      result.push_back("its connections ran out");
    if (static_cast<double>(sent_in_time) < sent_limit * static_cast<double>(requests))
      result.push_back("it could not offer the rate");
    return result;
  }

  /// Returns the report as a JSON object.
  std::string json() const;
};

} // namespace tessera::bench
