#include "loadtest/load_report.hpp"

#include "loadtest/number_text.hpp"
#include "loadtest/user_load.hpp"

#include <optional>
#include <string_view>

namespace tessera::loadtest {

std::vector<std::string> load_report::void_reasons() const {
  const auto& totals = outcome.totals;
  std::vector<std::string> result;
  if (total().requests() == 0)
    result.push_back("Nothing was measured.");
  if (plan.loop == loop_kind::closed)
    return result;
  std::chrono::nanoseconds lag{static_cast<std::int64_t>(totals.send_lag_ns.percentile(0.99))};
  if (lag > lag_limit)
    result.push_back("The generator fell behind its schedule: 1 in 100 requests was taken up " + milliseconds_text(lag)
                     + " ms or more after it was due.");
  auto due = static_cast<double>(totals.due - totals.abandoned);
  if (static_cast<double>(totals.sent_in_time) < sent_limit * due)
    result.push_back("The rate was not offered: of " + grouped(due) + " requests that were due, "
                     + grouped(totals.sent_in_time) + " were sent in time.");
  return result;
}

std::string load_report::shortcoming() const {
  if (auto reasons = void_reasons(); !reasons.empty())
    return "The run is void. " + reasons.front();
  auto all = total();
  all.add(outcome.totals.ramp);
  auto failed = all.of(outcome::failed);
  auto wrong = all.of(outcome::wrong);
  if (failed + wrong > 0)
    return grouped(failed) + " requests failed and " + grouped(wrong) + " were answered wrongly.";
  return outcome.stopped ? "The run was stopped early." : "";
}

double load_report::rate_of(const outcome_tally& tally) const noexcept {
  auto seconds = measured().count();
  return seconds > 0 ? static_cast<double>(tally.requests()) / seconds : 0;
}

std::optional<double> hit_ratio(const outcome_tally& tally) {
  std::uint64_t hits = 0;
  std::uint64_t all = 0;
  tally.kinds[index_of(outcome::good)].each([&](std::string_view origin, std::uint64_t count) {
    hits += origin.starts_with("HIT") ? count : 0;
    all += count;
  });
  return all > 0 ? std::optional{static_cast<double>(hits) / static_cast<double>(all)} : std::nullopt;
}

std::chrono::nanoseconds mean_latency(const outcome_tally& tally) noexcept {
  auto count = tally.of(outcome::good);
  return std::chrono::nanoseconds{count > 0 ? static_cast<std::int64_t>(tally.latency_sum_ns / count) : 0};
}

} // namespace tessera::loadtest
