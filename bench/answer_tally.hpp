#pragma once

#include "loadtest/histogram.hpp"
#include "loadtest/http_answer.hpp"
#include "loadtest/verdict.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace tessera::bench {

using loadtest::histogram;
using loadtest::http_answer;

/// Answers by what they were: 200 by its X-Cache, all others by their error code.
class answer_tally {
public:
  struct kind {
    histogram latency_ns;
    std::uint64_t in_time = 0;     ///< of them, those that took no longer than the limit
    std::uint64_t unexplained = 0; ///< refusals (429, 503) without an error code or without Retry-After

    void add(const kind& other) noexcept {
      latency_ns.add(other.latency_ns);
      in_time += other.in_time;
      unexplained += other.unexplained;
    }
  };
  /// The status, and X-Cache or the error code; empty if the answer has none.
  using key = std::pair<int, std::string>;

  explicit answer_tally(std::chrono::nanoseconds in_time_limit) : in_time_limit_(in_time_limit) {
  }

  void add(const http_answer& what, std::chrono::nanoseconds latency) {
    auto name = what.status == 200 ? loadtest::header_of(what.head, "X-Cache") : loadtest::error_code_of(what.body);
    key_.first = what.status;
    key_.second.assign(name);
    auto& found = kinds_[key_];
    found.latency_ns.record(static_cast<std::uint64_t>(latency.count()));
    if (latency <= in_time_limit_)
      ++found.in_time;
    bool refused = what.status == 503 || what.status == 429;
    if (refused && (name.empty() || loadtest::header_of(what.head, "Retry-After").empty()))
      ++found.unexplained;
  }

  const std::map<key, kind>& kinds() const noexcept {
    return kinds_;
  }

  std::map<int, kind> by_status() const {
    std::map<int, kind> result;
    for (const auto& [key, what] : kinds_)
      result[key.first].add(what);
    return result;
  }

private:
  std::chrono::nanoseconds in_time_limit_;
  std::map<key, kind> kinds_;
  key key_; ///< kept, because making one for each answer costs an allocation
};

} // namespace tessera::bench
