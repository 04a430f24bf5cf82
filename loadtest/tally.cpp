#include "loadtest/tally.hpp"

#include <algorithm>
#include <numeric>

namespace tessera::loadtest {

namespace {

/// A chart shows no more points, and each is 2 KB.
constexpr std::int64_t most_slots = 3'600;

std::uint64_t as_count(std::chrono::nanoseconds duration) noexcept {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
}

template <class Numbers>
void add_each(Numbers& to, const Numbers& from) noexcept {
  std::ranges::transform(to, from, to.begin(), [](auto left, auto right) { return left + right; });
}

} // namespace

std::uint64_t outcome_tally::requests() const noexcept {
  return std::accumulate(outcomes.begin(), outcomes.end(), std::uint64_t{0});
}

void outcome_tally::count(outcome what, std::string_view kind, std::chrono::nanoseconds latency) noexcept {
  ++outcomes[index_of(what)];
  if (!kind.empty())
    kinds[index_of(what)].add(kind);
  if (what != outcome::good)
    return;
  latency_ns.record(as_count(latency));
  latency_sum_ns += as_count(latency);
}

void outcome_tally::add(const outcome_tally& other) noexcept {
  latency_ns.add(other.latency_ns);
  latency_sum_ns += other.latency_sum_ns;
  add_each(outcomes, other.outcomes);
  for (std::size_t i = 0; i < kinds.size(); ++i)
    kinds[i].add(other.kinds[i]);
}

void slot_tally::count(outcome what, std::chrono::nanoseconds latency) noexcept {
  ++outcomes[index_of(what)];
  if (what == outcome::good)
    ++latencies[latency_buckets::of(as_count(latency))];
}

void slot_tally::add(const slot_tally& other) noexcept {
  add_each(outcomes, other.outcomes);
  add_each(latencies, other.latencies);
}

std::uint64_t slot_tally::requests() const noexcept {
  return std::accumulate(outcomes.begin(), outcomes.end(), std::uint64_t{0});
}

latency_counts slot_tally::latency() const noexcept {
  latency_counts result;
  for (std::size_t i = 0; i < latencies.size(); ++i)
    result.add(i, latencies[i]);
  return result;
}

void run_tally::add(const run_tally& other) noexcept {
  ramp.add(other.ramp);
  for (std::size_t i = 0; i < measured.size(); ++i)
    measured[i].add(other.measured[i]);
  send_lag_ns.add(other.send_lag_ns);
  due += other.due;
  sent_in_time += other.sent_in_time;
  abandoned += other.abandoned;
  reconnects += other.reconnects;
  cpu_ns += other.cpu_ns;
  measured_ns = std::max(measured_ns, other.measured_ns);
}

outcome_tally run_tally::total() const noexcept {
  outcome_tally result;
  for (const auto& each : measured)
    result.add(each);
  return result;
}

std::chrono::seconds slot_length(std::chrono::nanoseconds of_run) noexcept {
  auto whole = std::chrono::ceil<std::chrono::seconds>(of_run).count();
  return std::chrono::seconds{std::max<std::int64_t>(1, (whole + most_slots - 1) / most_slots)};
}

std::size_t slot_count(std::chrono::nanoseconds of_run) noexcept {
  return static_cast<std::size_t>(std::chrono::ceil<std::chrono::seconds>(of_run) / slot_length(of_run) + 1);
}

} // namespace tessera::loadtest
