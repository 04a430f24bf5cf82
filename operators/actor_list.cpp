#include "operators/actor_list.hpp"

#include "operators/report_json.hpp"

#include <spdlog/fmt/fmt.h>

namespace tessera {

namespace {

using quantiles = recent_latencies::quantiles;

std::string_view state_of(const actor_row& one) noexcept {
  return one.alive ? "running" : "ended";
}

std::string csv(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : std::string{};
}

} // namespace

void put_actors(json_text& out, const stats_snapshot& from) {
  out.list("actors");
  for (const auto& one : from.actors) {
    out.open()
        .put("id", fmt::format("{} {}", one.kind, one.shard))
        .put("kind", one.kind)
        .put("shard", std::uint64_t{one.shard})
        .put("node", from.node->name)
        .put("runs_on", one.runs_on)
        .put("state", state_of(one))
        .put("since", time_text(one.since_ms))
        .put("messages", one.messages)
        .put("messages_per_s", rounded(one.messages_per_s))
        .put("busy_share", rounded(one.busy_share, 10'000))
        .put("waiting", one.waiting)
        .put("p50_us", in<std::micro>(one.handling, &quantiles::p50))
        .put("p99_us", in<std::micro>(one.handling, &quantiles::p99))
        .put("max_us", in<std::micro>(one.handling, &quantiles::max))
        .put("restarts", one.restarts)
        .put("failures", one.failures);
    if (one.failed_at_ms == 0)
      out.put_null("last_failure");
    else
      out.open("last_failure").put("at", time_text(one.failed_at_ms)).put("code", to_string(one.failed_with)).close();
    out.close();
  }
  out.end_list();
}

std::string actors_json(const stats_snapshot& from) {
  json_text out;
  out.open()
      .put("schema_version", std::uint64_t{1})
      .put("sequence", from.sequence)
      .put("sampled_at", time_text(from.at_ms));
  put_actors(out, from);
  return out.close().text();
}

// No value holds a comma, a quote or a line break: names of ours, numbers and times.
std::string actors_csv(const stats_snapshot& from) {
  std::string out =
      "kind,shard,node,runs_on,state,since,messages,messages_per_s,busy_share,waiting,p50_us,p99_us,max_us,"
      "restarts,failures,last_failure_at,last_failure_code\r\n";
  for (const auto& one : from.actors) {
    auto failed = one.failed_at_ms != 0;
    out += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", one.kind, one.shard, from.node->name,
                       one.runs_on, state_of(one), time_text(one.since_ms), one.messages, rounded(one.messages_per_s),
                       rounded(one.busy_share, 10'000), one.waiting ? std::to_string(*one.waiting) : "",
                       csv(in<std::micro>(one.handling, &quantiles::p50)),
                       csv(in<std::micro>(one.handling, &quantiles::p99)),
                       csv(in<std::micro>(one.handling, &quantiles::max)), one.restarts, one.failures,
                       failed ? time_text(one.failed_at_ms) : "", failed ? to_string(one.failed_with) : "");
  }
  return out;
}

} // namespace tessera
