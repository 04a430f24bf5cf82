#include "actors/stats_sampler.hpp"

#include <algorithm>

namespace tessera {

namespace {

double share(double part, double whole) noexcept {
  return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 0.0;
}

double share(std::uint64_t part, std::uint64_t whole) noexcept {
  return share(static_cast<double>(part), static_cast<double>(whole));
}

} // namespace

stats_sampler::stats_sampler(stats_sources from) : from_(std::move(from)) {
  const auto& all = *from_.metrics;
  auto each = [this](std::string_view kind, std::string_view runs_on, const auto& shards, auto waiting) {
    for (std::uint32_t i = 0; i < shards.size(); ++i)
      watch(kind, runs_on, shards[i], waiting(shards[i]), i);
  };
  auto nothing = [](const auto&) -> const counter* { return nullptr; };
  each("gateway", "loop", all.gateways, [](const auto& x) { return &x.tickets; });
  each("lookup", "loop", all.lookups, [](const auto& x) { return &x.waiting; });
  each("cache", "loop", all.caches, nothing);
  each("card_issuer", "loop", all.cards, [](const auto& x) { return &x.waiting; });
  watch("admission", "worker", all.admission, &all.admission.waiting);
  watch("db_pool", "worker", all.pool, &all.pool.waiting);
  each("redis", "thread", all.redis, nothing);
  watch("limit_sharer", "thread", all.limit_sharer);
  each("renderer", "thread", all.renderers, nothing);
  watch("batch_coordinator", "worker", all.batches, &all.batches.at_work);
  watch("job_keeper", "thread", all.jobs, &all.jobs.waiting);
  watch("maintenance", "worker", all.maintenance);
  watch("change_reader", "thread", all.changes);
  watch("card_keeper", "thread", all.card_keeper);
  watch("key_keeper", "thread", all.keys);
  watch("store_writer", "thread", all.writer, &all.writer.waiting);
  watch("stats", "thread", all.stats);
  watch("alert_sender", "thread", all.alert_sender, &all.alert_sender.waiting);
  watch("supervisor", "worker", all.supervisor);
}

void stats_sampler::watch(std::string_view kind, std::string_view runs_on, const actor_metrics& metrics,
                          const counter* waiting, std::uint32_t shard) {
  actors_.push_back({kind, shard, runs_on, &metrics, waiting, {}, {}});
}

std::shared_ptr<stats_snapshot> stats_sampler::take(steady_time now, std::uint64_t wall_ms) {
  auto out = std::make_shared<stats_snapshot>();
  if (sequence_ == 0) {
    began_ = now;
    began_ms_ = wall_ms;
  }
  out->sequence = ++sequence_;
  out->at = now;
  out->at_ms = wall_ms;
  out->node = from_.node;
  out->facts = from_.facts();
  out->process = process_.take();
  auto elapsed = std::chrono::duration<double>(now - began_).count();
  out->clock_offset_s = static_cast<double>(static_cast<std::int64_t>(wall_ms - began_ms_)) / 1e3 - elapsed;
  out->totals = totals_of(*from_.metrics);
  sample_timings(*out);
  out->gauges = gauges_of(*from_.metrics);
  out->breaker = from_.metrics->pool.changes.get();
  out->jobs = from_.metrics->jobs.list.get();
  if (from_.suspects)
    out->suspects = from_.suspects->current(now);
  auto between = [&](const earlier& then) {
    return figures_between{then.totals, out->totals, std::chrono::duration<double>(now - then.at).count()};
  };
  if (past_.empty())
    past_.push_back({now, out->process.cpu_time, out->totals, {}});
  const auto& then = past_.front();
  out->window = between(then);
  out->second = between(past_.back());
  if (out->window.seconds > 0)
    out->cpu_percent =
        100 * std::chrono::duration<double>(out->process.cpu_time - then.cpu_time).count() / out->window.seconds;
  sample_uses(*out, then);
  sample_actors(*out);
  derive(*out);
  if (sequence_ > 1)
    past_.push_back({now, out->process.cpu_time, out->totals, out->uses});
  else
    past_.front().uses = out->uses;
  if (past_.size() > window)
    past_.pop_front();
  return out;
}

void stats_sampler::sample_actors(stats_snapshot& out) {
  for (auto& one : actors_) {
    const auto& metrics = *one.metrics;
    latency_counts counts;
    metrics.handling.add_to(counts);
    one.handling.step(counts);
    auto messages = read(metrics.messages);
    auto busy = metrics.handling.sum_ns();
    if (one.past.empty())
      one.past.emplace_back(messages, busy);
    auto [messages_then, busy_then] = one.past.front();
    if (read(metrics.since_ms) != 0) { // else this node has none
      actor_row row;
      row.kind = one.kind;
      row.shard = one.shard;
      row.runs_on = one.runs_on;
      row.alive = read(metrics.alive) != 0;
      row.since_ms = read(metrics.since_ms);
      row.messages = messages;
      row.messages_per_s = out.window.per_s(messages, messages_then);
      row.busy_share = std::min(1.0, out.window.per_s(busy, busy_then) / 1e9);
      if (one.waiting)
        row.waiting = read(*one.waiting);
      row.handling = one.handling.recent();
      row.handling_ns = busy;
      row.restarts = read(metrics.restarts);
      row.failures = read(metrics.failures);
      row.failed_at_ms = read(metrics.failed_at_ms);
      row.failed_with = static_cast<error_code>(read(metrics.failed_with));
      out.actors.push_back(row);
    }
    if (sequence_ > 1)
      one.past.emplace_back(messages, busy);
    if (one.past.size() > window)
      one.past.pop_front();
  }
}

void stats_sampler::sample_timings(stats_snapshot& out) {
  const auto& all = *from_.metrics;
  auto finish = [](timing& result, recent_latencies& recent) {
    recent.step(result.total);
    result.recent = recent.recent();
    result.last = recent.last();
  };
  auto gather = [](timing& result, const latency_histogram& from) {
    from.add_to(result.total);
    result.total_ns += from.sum_ns();
  };
  auto timing_of = [&](timed what) -> timing& { return out.timings[static_cast<std::size_t>(what)]; };
  for (const auto& loop : all.gateways) {
    for (std::size_t i = 0; i < route_class_count; ++i)
      gather(out.routes[i], loop.response_times[i]);
    gather(timing_of(timed::first_hop), loop.first_hops);
    gather(timing_of(timed::l2), loop.l2_times);
  }
  gather(timing_of(timed::queue_wait), all.admission.waits);
  gather(timing_of(timed::statement), all.pool.statement_times);
  for (const auto& one : all.renderers)
    gather(timing_of(timed::rendering), one.job_times);
  for (std::size_t i = 0; i < route_class_count; ++i) {
    for (std::size_t bucket = 0; bucket < latency_buckets::count; ++bucket)
      out.responses.total.add(bucket, out.routes[i].total.at(bucket));
    out.responses.total_ns += out.routes[i].total_ns;
    finish(out.routes[i], routes_[i]);
  }
  finish(out.responses, responses_);
  out.totals.answered = out.responses.total.count();
  out.totals.response_ns = out.responses.total_ns;
  for (std::size_t i = 0; i < timed_count; ++i)
    finish(out.timings[i], timings_[i]);
}

void stats_sampler::sample_uses(stats_snapshot& out, const earlier& then) {
  for (const auto& loop : from_.metrics->gateways) {
    for (const auto& use : loop.uses.read()) {
      auto known = std::ranges::find(out.uses, use.key, &key_uses::use::key);
      if (known == out.uses.end()) {
        out.uses.push_back(use);
        continue;
      }
      known->requests += use.requests;
      known->last_ms = std::max(known->last_ms, use.last_ms);
    }
  }
  for (const auto& use : out.uses) {
    auto before = std::ranges::find(then.uses, use.key, &key_uses::use::key);
    out.uses_per_s.push_back(out.window.per_s(use.requests, before == then.uses.end() ? 0 : before->requests));
  }
}

double stats_sampler::busiest(const stats_snapshot& of, std::initializer_list<std::string_view> kinds) const noexcept {
  double most = 0;
  for (const auto& one : of.actors)
    if (std::ranges::find(kinds, one.kind) != kinds.end())
      most = std::max(most, one.busy_share);
  return most;
}

void stats_sampler::derive(stats_snapshot& out) const {
  const auto& gauges = out.gauges;
  auto put = [&](stage which, double value) { out.saturation[static_cast<std::size_t>(which)] = value; };
  put(stage::gateway, std::max(busiest(out, {"gateway"}), share(gauges.tickets, out.node->tickets_limit)));
  double turned = 0;
  for (std::size_t i = 1; i < static_cast<std::size_t>(turned_away::busy); ++i)
    turned += out.window.per_s(static_cast<turned_away>(i));
  put(stage::limiter, share(turned, out.window.per_s(&node_totals::requests)));
  put(stage::queue, share(gauges.queue_waiting, out.node->queue_limit));
  put(stage::l1, busiest(out, {"lookup", "cache"}));
  put(stage::l2, busiest(out, {"redis"}));
  bool away = !gauges.database_available || gauges.breaker != circuit_breaker::state::closed;
  put(stage::database, away ? 1.0
                            : std::max(share(gauges.pool_busy, gauges.pool_limit),
                                       share(gauges.pool_waiting, out.node->pool_queue_limit)));
  put(stage::renderer, busiest(out, {"renderer"}));
}

} // namespace tessera
