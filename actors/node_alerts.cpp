#include "actors/node_alerts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace tessera {

namespace {

using bad = alert_rule::bad;
using value = std::optional<double>;

/// Less traffic in the window tells nothing of a share.
constexpr double least_lookups_per_s = 10;
constexpr double least_responses_per_s = 1;

/// A pool of so few connections is busy with all of them as a matter of course.
constexpr std::uint64_t few_connections = 2;

/// The last days of a certificate.
constexpr unsigned critical_days = 7;

constexpr std::size_t clock_samples = 60;

double share(std::uint64_t part, std::uint64_t whole) noexcept {
  return 100 * static_cast<double>(part) / static_cast<double>(whole);
}

value percent(std::uint64_t part, std::uint64_t whole) noexcept {
  return whole == 0 ? std::nullopt : value{share(part, whole)};
}

value errors(const stats_snapshot& now, std::initializer_list<error_code> codes) noexcept {
  return now.window.responses_per_s() < least_responses_per_s ? std::nullopt : now.window.error_percent(codes);
}

value certificate_days(const stats_snapshot& now) noexcept {
  if (!now.facts.certificate_until)
    return std::nullopt;
  auto left = *now.facts.certificate_until - utc_time{std::chrono::milliseconds{now.at_ms}};
  return std::chrono::duration<double, std::ratio<86'400>>(left).count();
}

value hit_percent(const stats_snapshot& now) noexcept {
  auto lookups = now.window.per_s(&node_totals::l1_hits) + now.window.per_s(&node_totals::l1_negative_hits)
                 + now.window.per_s(&node_totals::l1_stale_found) + now.window.per_s(&node_totals::l1_misses);
  return lookups < least_lookups_per_s ? std::nullopt : now.window.hit_percent();
}

value pool_use(const stats_snapshot& now) noexcept {
  return now.gauges.pool_limit <= few_connections ? std::nullopt : percent(now.gauges.pool_busy, now.gauges.pool_limit);
}

/// Returns for how many seconds it has not been known that the caches are as the database.
value feed_age(const stats_snapshot& now) noexcept {
  using std::chrono::milliseconds;
  if (!now.node->feed)
    return std::nullopt;
  auto current = std::chrono::steady_clock::time_point{milliseconds{now.gauges.change_current_ms}};
  return now.gauges.change_current_ms == 0 ? std::nullopt
                                           : value{std::chrono::duration<double>(now.at - current).count()};
}

double state(bool is) noexcept {
  return is ? 1 : 0;
}

} // namespace

std::vector<alert_rule> node_alert_rules(const alert_settings& all) {
  using namespace std::chrono_literals;
  auto ms = [](milliseconds time) { return static_cast<double>(time.count()); };
  auto errors_at = static_cast<double>(all.error_percent);
  return {
      {"breaker_open", severity::critical, "state", 1, bad::from, 0ms, "The database's circuit breaker is not closed",
       "The database failed or was too slow again and again, so it is left alone until a probe succeeds. Cached "
       "members are still answered, marked stale where their time is over; others get 503.",
       "See whether the database runs, answers and can be reached from here. The breaker closes by itself after three "
       "probes in a row that succeed."},
      {"database_unreachable", severity::critical, "state", 1, bad::from, 3s, "The database cannot be reached",
       "No statement can be sent. What is cached is still served.",
       "Look at the log of the database, at its address and password in the settings, and at the network."},
      {"redis_unreachable", severity::warning, "state", 1, bad::from, 3s, "Redis cannot be reached",
       "The second cache level is missing and limits per client are counted by this process alone. Clients notice "
       "nothing, but the database has more to do.",
       "See whether Redis runs and takes connections from here. It is used again by itself."},
      {"queue_full", severity::critical, "percent", static_cast<double>(all.queue_percent), bad::above, 3s,
       "The queue is nearly full",
       "More members are to be loaded, or cards to be drawn, than can be done in time. When the queue is full, more "
       "are refused at once with 503.",
       "Look at the flow strip for the narrowest stage: a slow database, or renderers that are busy all the time "
       "(cards.renderers)."},
      {"average_response", severity::warning, "ms", ms(all.average_response), bad::above, 10s, "Responses take long",
       "Requests that need more than this process's memory take longer than they should, on the average of ten "
       "seconds.",
       "Look at the flow strip for the narrowest stage, and at the slow statements in the log."},
      {"errors_internal", severity::critical, "percent", errors_at, bad::above, 10s,
       "Responses are internal errors (500)", "A fault of the service itself.",
       "Find the request ids in the log and report them."},
      {"errors_database", severity::critical, "percent", errors_at, bad::above, 10s,
       "Responses say that the database is unavailable (503)", "Members that are not cached cannot be looked up.",
       "See whether the database runs, answers and can be reached from here. Lookups go on by themselves when it is "
       "back."},
      {"errors_overload", severity::critical, "percent", errors_at, bad::above, 10s,
       "Responses say that there is too much to do (503)",
       "Requests are refused because they could not be answered in time.",
       "Look at the flow strip for the narrowest stage. If it is the gateway, this machine has too little processor "
       "for its clients."},
      {"errors_timeout", severity::critical, "percent", errors_at, bad::above, 10s, "Requests run out of time (408)",
       "Answers did not come within the request timeout, or requests did not arrive within theirs.",
       "Look at the flow strip for what waits, and whether clients send slowly (slow_readers, failed handshakes)."},
      {"hit_ratio", severity::warning, "percent", static_cast<double>(all.hit_percent), bad::below, 60s,
       "Few lookups are answered from the caches",
       "The database has to answer most lookups. After a start that is normal for some minutes.",
       "Give L1 more memory (cache.bytes), configure Redis, warm the cache, or find out who asks for ever new "
       "members."},
      {"connection_use", severity::warning, "percent", static_cast<double>(all.connection_percent), bad::above, 10s,
       "Most connections for clients are taken", "When all are, new clients wait until others leave.",
       "Raise the limit of open files, or gateway.max_connections; see whether clients keep connections that they do "
       "not use."},
      {"database_connection_use", severity::warning, "percent", static_cast<double>(all.connection_percent), bad::above,
       10s, "Most connections to the database are busy", "More statements would wait.",
       "Look at how long statements take. More connections help only where the database has processors to spare "
       "(database.connection_limit)."},
      {"memory", severity::warning, "percent", static_cast<double>(all.memory_percent), bad::above, 60s,
       "Most of the memory is in use", "The system ends what takes more than there is.",
       "Lower cache.bytes and the cards' budgets, or give the service more memory."},
      {"cpu", severity::warning, "percent", static_cast<double>(all.cpu_percent), bad::above, 60s,
       "The processors are busy", "Little is left for more clients; latencies grow first, then requests are refused.",
       "Add a node, or give this one more cores."},
      {"descriptors", severity::warning, "percent", static_cast<double>(all.descriptor_percent), bad::above, 10s,
       "Most of the open files that are allowed are open", "At the limit no connection is accepted.",
       "Raise LimitNOFILE of the service (ulimit -n)."},
      {"certificate_expiry", severity::warning, "days", static_cast<double>(all.certificate_days), bad::below, 0ms,
       "The TLS certificate ends soon", "After that clients refuse to connect.", "Renew it and send SIGHUP."},
      {"certificate_expiry_near", severity::critical, "days",
       static_cast<double>(std::min(all.certificate_days, critical_days)), bad::below, 0ms,
       "The TLS certificate ends within days", "After that clients refuse to connect.", "Renew it and send SIGHUP."},
      {"clock_jump", severity::warning, "s", ms(all.clock_jump) / 1e3, bad::above, 0ms, "The clock has jumped",
       "Times in answers and logs, and for how long cards and API keys are valid, are off on one side of the jump.",
       "See that the machine keeps its time by NTP."},
      {"change_feed_stalled", severity::warning, "s", ms(all.feed_lag) / 1e3, bad::above, 0ms,
       "The change feed stands still", "What others change in the database may be served as it was before.",
       "See whether the database answers, and look for change_reader in the log."},
      {"enumeration_suspected", severity::warning, "clients", static_cast<double>(all.suspects), bad::from, 0ms,
       "Clients look as if they guessed ID numbers",
       "They asked for too many numbers without a member, or for numbers next to one another, and are refused what is "
       "new to them until their window of 15 minutes ends.",
       "Look at the list of suspects. Give one that is yours a key with a higher limit; block others where they come "
       "in."},
  };
}

double node_alert_values::clock_jump(double offset_s) {
  clock_offsets_.push_back(offset_s);
  if (clock_offsets_.size() > clock_samples)
    clock_offsets_.pop_front();
  auto [least, greatest] = std::ranges::minmax(clock_offsets_);
  return greatest - least;
}

std::vector<std::optional<double>> node_alert_values::of(const stats_snapshot& now) {
  const auto& gauges = now.gauges;
  bool is_open = gauges.breaker != circuit_breaker::state::closed;
  return {
      state(is_open),
      state(!gauges.database_available && !is_open),
      now.node->has_l2 ? value{state(gauges.l2_connected < gauges.l2_connections)} : std::nullopt,
      percent(gauges.queue_waiting, now.node->queue_limit),
      now.window.mean_response_ms(),
      errors(now, {error_code::internal}),
      errors(now, {error_code::database_unavailable, error_code::cache_unavailable}),
      errors(now, {error_code::queue_full, error_code::interrupted}),
      errors(now, {error_code::timed_out}),
      hit_percent(now),
      percent(now.facts.connections, now.facts.connection_limit),
      pool_use(now),
      percent(now.process.resident_bytes, now.process.memory_limit_bytes),
      value{now.cpu_percent / now.process.cores},
      percent(now.process.descriptors, now.process.descriptors_limit),
      certificate_days(now),
      certificate_days(now),
      clock_jump(now.clock_offset_s),
      feed_age(now),
      static_cast<double>(now.suspects.size()),
  };
}

} // namespace tessera
