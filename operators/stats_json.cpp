#include "operators/stats_json.hpp"

#include "operators/actor_list.hpp"
#include "operators/report_json.hpp"
#include "operators/stats_parts.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>

namespace tessera {

namespace {

using totals = node_totals;
using snapshot = stats_snapshot;

constexpr std::size_t shown_events = 50;

void put_node(json_text& out, const snapshot& from) {
  const auto& node = *from.node;
  constexpr std::array<std::string_view, 3> phases{"starting", "ready", "draining"};
  out.open("node")
      .put("name", node.name)
      .put("version", node.version)
      .put("environment", node.environment)
      .put("phase", phases[static_cast<std::size_t>(from.facts.now)])
      .put("started_at", time_text(node.started_ms))
      .put("uptime_s", rounded(static_cast<double>(from.at_ms - std::min(from.at_ms, node.started_ms)) / 1e3, 10))
      .put("store", node.store)
      .put("redis", node.has_l2)
      .put("limits", node.limits)
      .put("tls", node.tls)
      .put("io_loops", std::uint64_t{node.io_loops})
      .put("workers", std::uint64_t{node.workers})
      .put("shards", std::uint64_t{node.shards})
      .put("renderers", std::uint64_t{node.renderers})
      .close();
}

void put_state(json_text& out, const snapshot& from) {
  auto firing = std::ranges::count(from.alerts, alert_state::firing, &alert_status::state);
  out.open("state").put("word", to_string(from.state.word));
  if (from.state.cause.empty())
    out.put_null("cause");
  else
    out.put("cause", from.state.cause);
  out.put("since", time_text(from.state.since_ms))
      .put("alerts_firing", static_cast<std::uint64_t>(firing))
      .list("degraded");
  for (auto part : from.state.degraded)
    out.item(part);
  out.end_list().close();
}

void put_cards_and_jobs(json_text& out, const snapshot& from) {
  const auto& all = from.totals;
  const auto& gauges = from.gauges;
  out.open("cards")
      .put("made", all.cards_made)
      .put("made_per_s", rounded(from.window.per_s(&totals::cards_made)))
      .put("failed", all.cards_failed)
      .put("verified_valid", all.cards_valid)
      .put("verified_invalid", all.cards_invalid)
      .put("jobs", gauges.card_jobs)
      .put("waiting", gauges.cards_waiting)
      .put("changes", all.card_changes)
      .put("changed_members", gauges.changed_members)
      .close()
      .open("jobs")
      .put("batches", all.batches)
      .put("running", gauges.batches_running)
      .put("cards_at_work", gauges.batch_cards_at_work)
      .put("cards_made", all.batch_cards_made)
      .put("cards_failed", all.batch_cards_failed)
      .put("abandoned", all.batches_abandoned)
      .put("jobs_accepted", all.jobs_accepted)
      .put("jobs_running", gauges.jobs_running)
      .put("jobs_waiting", gauges.jobs_waiting)
      .put("jobs_finished", all.jobs_finished)
      .put("jobs_resumed", all.jobs_resumed)
      .put("job_cards_made", all.job_cards_made)
      .put("job_cards_failed", all.job_cards_failed)
      .put("followers", gauges.job_followers)
      .list("list");
  if (from.jobs) {
    for (const auto& job : *from.jobs) {
      out.open()
          .put("id", job.name)
          .put("kind", "batch")
          .put("state", "running")
          .put("total", std::uint64_t{job.total})
          .put("finished", std::uint64_t{job.finished})
          .put("failed", std::uint64_t{job.failed})
          .put("started_at", iso8601(job.created))
          .close();
    }
  }
  out.end_list().close();
}

/// What others change in the store.
void put_changes(json_text& out, const snapshot& from) {
  const auto& gauges = from.gauges;
  out.open("changes").put("followed", from.node->feed);
  if (from.node->feed)
    out.put("current_s_ago", rounded(seconds_since(gauges.change_current_ms, from.at), 10));
  else
    out.put_null("current_s_ago");
  out.put("position", gauges.change_position)
      .put("lag_ms", gauges.change_lag_ms)
      .put("applied", from.totals.changes_applied)
      .put("applied_per_s", rounded(from.window.per_s(&totals::changes_applied)))
      .put("cleared_all", from.totals.changes_cleared_all)
      .put("gaps", gauges.change_gaps)
      .put("gaps_met", from.totals.change_gaps_met)
      .close();
}

void put_process(json_text& out, const snapshot& from) {
  const auto& process = from.process;
  out.open("process")
      .put("cores", std::uint64_t{process.cores})
      .put("cpu_percent", rounded(from.cpu_percent))
      .put("cpu_limit_percent", std::uint64_t{100} * process.cores)
      .put("resident_bytes", process.resident_bytes)
      .put("heap_used_bytes", from.facts.heap_used_bytes)
      .put("heap_total_bytes", from.facts.heap_total_bytes)
      .put("memory_limit_bytes", limit(process.memory_limit_bytes))
      .put("descriptors", process.descriptors)
      .put("descriptors_limit", limit(process.descriptors_limit))
      .put("threads", process.threads)
      .put("uptime_s", rounded(static_cast<double>(from.at_ms - std::min(from.at_ms, from.node->started_ms)) / 1e3, 10))
      .put("clock_offset_s", rounded(from.clock_offset_s, 1'000))
      .close();
}

/// Whom a key that there was no room to count alone belongs to.
std::string_view name_of(const key_id& key) noexcept {
  return key == key_id{} ? "others" : key.text();
}

void put_security(json_text& out, const snapshot& from) {
  std::uint64_t with_key = 0;
  double with_key_per_s = 0;
  out.open("security")
      .open("keys")
      .put("configured", from.facts.keys_configured)
      .put("known", from.gauges.api_keys)
      .put("refreshed_s_ago", rounded(seconds_since(from.gauges.keys_refreshed_ms, from.at), 10))
      .list("used");
  for (std::size_t i = 0; i < from.uses.size(); ++i) {
    const auto& use = from.uses[i];
    with_key += use.requests;
    with_key_per_s += from.uses_per_s[i];
    out.open()
        .put("key", name_of(use.key))
        .put("requests", use.requests)
        .put("per_s", rounded(from.uses_per_s[i]))
        .put("last_used", time_text(use.last_ms))
        .close();
  }
  out.end_list()
      .close()
      .open("without_key")
      .put("requests", from.totals.requests - std::min(from.totals.requests, with_key))
      .put("per_s", rounded(std::max(0.0, from.window.per_s(&totals::requests) - with_key_per_s)))
      .close()
      .list("suspects");
  auto wall = [&](suspect_list::time_point at) {
    auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(from.at - at).count();
    return time_text(static_cast<std::uint64_t>(static_cast<std::int64_t>(from.at_ms) - ago));
  };
  for (const auto& one : from.suspects)
    out.open()
        .put("client", fmt::format("{:08x}", one.who.value >> 32))
        .put("fault", to_string(one.fault))
        .put("since", wall(one.since))
        .put("until", wall(one.until))
        .close();
  out.end_list();
  if (from.facts.certificate_until)
    out.put("certificate_expires_at", iso8601(*from.facts.certificate_until));
  else
    out.put_null("certificate_expires_at");
  out.open("audit")
      .put("written", from.totals.audit_written)
      .put("waiting", from.gauges.audit_waiting)
      .put("dropped", from.totals.audit_dropped)
      .close()
      .close();
}

void put_alert(json_text& out, const snapshot& from, const alert_rule& rule, const alert_status& status) {
  constexpr std::array<std::string_view, 3> severities{"info", "warning", "critical"};
  auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(from.at - status.since).count();
  out.open()
      .put("id", rule.id)
      .put("severity", severities[static_cast<std::size_t>(rule.severity)])
      .put("state", to_string(status.state))
      .put("since", time_text(static_cast<std::uint64_t>(static_cast<std::int64_t>(from.at_ms) - ago)))
      .put("value", rounded(status.value))
      .put("threshold", rule.threshold)
      .put("unit", rule.unit)
      .put("below", rule.when == alert_rule::bad::below)
      .put("hold_s", static_cast<double>(rule.hold.count()) / 1e3)
      .put("summary", rule.summary)
      .put("meaning", rule.meaning)
      .put("advice", rule.advice)
      .close();
}

/// What fires first, the critical ones before the others; then what pends, what is well, what is off.
void put_alerts(json_text& out, const snapshot& from) {
  std::vector<std::size_t> order(from.alerts.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  auto rank = [&](std::size_t i) { return std::pair{from.alerts[i].state, (*from.rules)[i].severity}; };
  std::ranges::stable_sort(order, [&](auto a, auto b) { return rank(a) > rank(b); });
  out.list("alerts");
  for (auto i : order)
    put_alert(out, from, (*from.rules)[i], from.alerts[i]);
  out.end_list();
}

void put_webhook(json_text& out, const snapshot& from) {
  out.open("webhook")
      .put("configured", from.node->webhook)
      .put("sent", from.totals.alerts_sent)
      .put("failed", from.totals.alerts_failed)
      .put("waiting", from.gauges.alerts_waiting)
      .put("last_success", time_or_nothing(from.gauges.alert_sent_at_ms))
      .close();
}

void put_ranges(json_text& out) {
  constexpr std::array<std::string_view, metric_history::scales.size()> names{"10m", "6h", "7d"};
  out.open("history").list("ranges");
  for (std::size_t i = 0; i < names.size(); ++i)
    out.open()
        .put("range", names[i])
        .put("step_s", static_cast<std::uint64_t>(metric_history::scales[i].step_s))
        .put("points", std::uint64_t{metric_history::scales[i].points})
        .close();
  out.end_list().close();
}

} // namespace

void put_events(json_text& out, const std::vector<event>& events) {
  constexpr std::array<std::string_view, 5> kinds{"node", "breaker", "restart", "alert", "operator"};
  constexpr std::array<std::string_view, 3> severities{"info", "warning", "critical"};
  out.list("events");
  for (const auto& each : events)
    out.open()
        .put("id", each.number)
        .put("at", time_text(each.at_ms))
        .put("kind", kinds[static_cast<std::size_t>(each.kind)])
        .put("severity", severities[static_cast<std::size_t>(each.severity)])
        .put("subject", each.subject)
        .put("text", each.text)
        .close();
  out.end_list();
}

std::string stats_json(const stats_snapshot& from, const stats_desk& desk) {
  json_text out;
  out.open()
      .put("schema_version", std::uint64_t{1})
      .put("sequence", from.sequence)
      .put("sampled_at", time_text(from.at_ms))
      .put("interval_s", std::uint64_t{1})
      .put("window_s", rounded(from.window.seconds));
  put_node(out, from);
  put_state(out, from);
  put_tiles(out, from);
  put_stages(out, from);
  put_routes(out, from);
  put_actors(out, from);
  put_gateway(out, from);
  put_queue(out, from);
  put_pool(out, from);
  put_caches(out, from);
  put_changes(out, from);
  put_cards_and_jobs(out, from);
  put_process(out, from);
  put_security(out, from);
  put_alerts(out, from);
  put_webhook(out, from);
  put_events(out, desk.events.newest(shown_events));
  put_ranges(out);
  return out.close().text();
}

} // namespace tessera
