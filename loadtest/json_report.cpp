#include "cards/json_text.hpp"
#include "loadtest/load_report.hpp"

#include <cmath>
#include <string_view>

namespace tessera::loadtest {

namespace {

/// To the microsecond: finer is no measurement.
double milliseconds(std::uint64_t ns) noexcept {
  return std::round(static_cast<double>(ns) / 1'000) / 1'000;
}

double rounded(double value) noexcept {
  return std::round(value * 1'000) / 1'000;
}

void put_percentiles(json_text& out, const histogram& of_ns) {
  for (auto [name, share] : percentiles)
    out.put(name, milliseconds(of_ns.percentile(share)));
  out.put("max", milliseconds(of_ns.max()));
}

void put_kinds(json_text& out, std::string_view name, const kind_counts& kinds) {
  out.open(name);
  kinds.each([&](std::string_view kind, std::uint64_t count) { out.put(kind, count); });
  out.close();
}

/// Puts the members of what `tally` counts, without the object around them.
void put_tally(json_text& out, const load_report& report, const outcome_tally& tally) {
  auto kinds_of = [&](outcome which) -> const kind_counts& { return tally.kinds[index_of(which)]; };
  out.put("requests", tally.requests())
      .put("good", tally.of(outcome::good))
      .put("errors", tally.of(outcome::failed))
      .put("wrong", tally.of(outcome::wrong))
      .put("refused", tally.of(outcome::refused))
      .put("requests_per_second", rounded(report.rate_of(tally)));
  put_kinds(out, "errors_by_kind", kinds_of(outcome::failed));
  put_kinds(out, "wrong_by_kind", kinds_of(outcome::wrong));
  put_kinds(out, "refusals", kinds_of(outcome::refused));
  put_kinds(out, "origins", kinds_of(outcome::good));
  if (auto ratio = hit_ratio(tally))
    out.put("hit_ratio", std::round(*ratio * 1e6) / 1e6);
  out.open("latency_ms");
  put_percentiles(out, tally.latency_ns);
  out.put("mean", milliseconds(static_cast<std::uint64_t>(mean_latency(tally).count()))).close();
}

void put_plan(json_text& out, const load_report& report) {
  const auto& plan = report.plan;
  bool open = plan.loop == loop_kind::open;
  out.put("target", plan.target.url)
      .put("loop", open ? "open" : "closed")
      .put("users", std::uint64_t{plan.users})
      .put("rate", open ? std::optional{plan.rate} : std::nullopt)
      .put("ramp_seconds", std::chrono::duration<double>(plan.ramp).count())
      .put("duration_seconds", std::chrono::duration<double>(plan.duration).count())
      .put("processes", std::uint64_t{plan.processes})
      .put("mix", to_string(plan.mix))
      .put("choice", plan.choice == choice_kind::zipf ? "zipf" : "uniform")
      .put("zipf", plan.choice == choice_kind::zipf ? std::optional{plan.skew} : std::nullopt)
      .put("members", std::uint64_t{report.members})
      .put("cards", std::uint64_t{report.cards})
      .put("seed", plan.seed);
}

void put_timeline(json_text& out, const load_report& report) {
  auto length = slot_length(report.plan.length());
  out.list("timeline");
  for (std::size_t i = 0; i < report.outcome.timeline.size(); ++i) {
    const auto& slot = report.outcome.timeline[i];
    auto latency = slot.latency();
    auto of = [&](outcome which) { return std::uint64_t{slot.outcomes[index_of(which)]}; };
    auto at = [&](double share) { return milliseconds(static_cast<std::uint64_t>(latency.percentile(share).count())); };
    out.open()
        .put("second", static_cast<std::uint64_t>(length.count()) * i)
        .put("requests", slot.requests())
        .put("errors", of(outcome::failed))
        .put("wrong", of(outcome::wrong))
        .put("refused", of(outcome::refused))
        .put("p50", at(0.5))
        .put("p99", at(0.99))
        .close();
  }
  out.end_list();
}

} // namespace

std::string to_json(const load_report& report) {
  const auto& totals = report.outcome.totals;
  auto reasons = report.void_reasons();
  json_text out;
  out.open();
  put_plan(out, report);
  out.put("stopped", report.outcome.stopped).put("void", !reasons.empty()).list("void_reasons");
  for (const auto& reason : reasons)
    out.item(reason);
  out.end_list().put("measured_seconds", rounded(report.measured().count()));
  put_tally(out, report, report.total());
  out.put("reconnects", totals.reconnects).put("abandoned", totals.abandoned);
  out.put("generator_cpu_seconds", milliseconds(totals.cpu_ns) / 1'000).open("send_lag_ms");
  put_percentiles(out, totals.send_lag_ns);
  out.close().open("scenarios");
  for (auto each : scenarios) {
    if (!report.plan.mix.has(each))
      continue;
    out.open(to_string(each));
    put_tally(out, report, totals.measured[index_of(each)]);
    out.close();
  }
  out.close().open("ramp");
  out.put("requests", totals.ramp.requests())
      .put("errors", totals.ramp.of(outcome::failed))
      .put("wrong", totals.ramp.of(outcome::wrong))
      .put("refused", totals.ramp.of(outcome::refused));
  put_kinds(out, "errors_by_kind", totals.ramp.kinds[index_of(outcome::failed)]);
  put_kinds(out, "wrong_by_kind", totals.ramp.kinds[index_of(outcome::wrong)]);
  put_kinds(out, "refusals", totals.ramp.kinds[index_of(outcome::refused)]);
  out.close().put("latency_error", "never too small, and by at most 1/64 too large; 1/16 in the timeline");
  put_timeline(out, report);
  return out.close().text();
}

} // namespace tessera::loadtest
