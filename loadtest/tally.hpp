#pragma once

#include "guard/latency_histogram.hpp"
#include "loadtest/histogram.hpp"
#include "loadtest/kind_counts.hpp"
#include "loadtest/mix.hpp"
#include "loadtest/verdict.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

/// What the processes of a load count. All of it is plain memory that is empty when it is zero, so that a process can
/// count in memory that it shares with the one that started it.
namespace tessera::loadtest {

inline constexpr std::size_t outcome_count = 4;

constexpr std::size_t index_of(outcome which) noexcept {
  return static_cast<std::size_t>(which);
}

/// What became of some requests.
struct outcome_tally {
  histogram latency_ns; ///< of the good ones, from when they were due
  std::uint64_t latency_sum_ns = 0;
  std::array<std::uint64_t, outcome_count> outcomes{};
  std::array<kind_counts, outcome_count> kinds{}; ///< of the good ones: where they came from

  std::uint64_t of(outcome which) const noexcept {
    return outcomes[index_of(which)];
  }
  std::uint64_t requests() const noexcept;

  void count(outcome what, std::string_view kind, std::chrono::nanoseconds latency) noexcept;
  void add(const outcome_tally& other) noexcept;
};

/// The same of the requests that were due within one slot of a run's time, with a coarser histogram.
struct slot_tally {
  std::array<std::uint32_t, outcome_count> outcomes{};
  std::array<std::uint32_t, latency_buckets::count> latencies{};

  void count(outcome what, std::chrono::nanoseconds latency) noexcept;
  void add(const slot_tally& other) noexcept;
  std::uint64_t requests() const noexcept;
  latency_counts latency() const noexcept;
};

/// What one process counts, or several together.
struct run_tally {
  outcome_tally ramp; ///< of requests that were due before the measurement
  std::array<outcome_tally, scenarios.size()> measured{};
  histogram send_lag_ns;          ///< from when a measured request was due to when the generator took it up
  std::uint64_t due = 0;          ///< of the measured ones
  std::uint64_t sent_in_time = 0; ///< of those, by the end, or at most the lag limit later
  std::uint64_t abandoned = 0;    ///< due and not answered when the run was stopped early; counted nowhere else
  std::uint64_t reconnects = 0;   ///< connections that the server had closed as idle, and were opened again
  std::uint64_t cpu_ns = 0;       ///< processor time of the generator
  std::uint64_t measured_ns = 0;  ///< how long the measurement was, of the longest; shorter if it was stopped

  void add(const run_tally& other) noexcept;
  outcome_tally total() const noexcept;
};
static_assert(std::is_trivially_copyable_v<run_tally> && std::is_trivially_copyable_v<slot_tally>);

/// What a process says of itself meanwhile. Written by it alone, read by any.
struct live_counts {
  std::atomic<std::uint64_t> users{0}; ///< that have begun
  std::array<std::atomic<std::uint64_t>, outcome_count> outcomes{};

  static void raise(std::atomic<std::uint64_t>& what) noexcept {
    what.store(what.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "processes share them");

/// Where one process counts. The timeline has a slot for each `slot_length` from the begin of the ramp.
struct worker_counts {
  live_counts& live;
  run_tally& totals;
  std::span<slot_tally> timeline;
};

/// How long a slot of the timeline is: a second, or more where there would be too many.
std::chrono::seconds slot_length(std::chrono::nanoseconds of_run) noexcept;

/// How many slots a run has.
std::size_t slot_count(std::chrono::nanoseconds of_run) noexcept;

} // namespace tessera::loadtest
