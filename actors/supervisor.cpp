#include "actors/supervisor.hpp"

#include "actors/admission.hpp"
#include "actors/alert_sender.hpp"
#include "actors/batch_coordinator.hpp"
#include "actors/cache.hpp"
#include "actors/card_issuer.hpp"
#include "actors/card_keeper.hpp"
#include "actors/change_reader.hpp"
#include "actors/db_pool.hpp"
#include "actors/job_keeper.hpp"
#include "actors/key_keeper.hpp"
#include "actors/limit_sharer.hpp"
#include "actors/lookup.hpp"
#include "actors/maintenance.hpp"
#include "actors/metric_sums.hpp"
#include "actors/redis.hpp"
#include "actors/renderer.hpp"
#include "actors/stats.hpp"
#include "actors/store_writer.hpp"
#include "cards/wall_clock.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

namespace tessera {

namespace {

using std::chrono::milliseconds;
using kind = supervisor_state::kind;

/// How long the children of a kind have to end. Together less than the grace that the process gives a stop. The writer
/// gets its flush limit and a call in progress.
struct stage {
  kind what;
  milliseconds limit;
};
constexpr std::array stages{
    stage{kind::jobs, milliseconds{2'000}},        stage{kind::batches, milliseconds{500}},
    stage{kind::card_issuer, milliseconds{500}},   stage{kind::lookup, milliseconds{1'000}},
    stage{kind::change_reader, milliseconds{500}}, stage{kind::maintenance, milliseconds{1'000}},
    stage{kind::admission, milliseconds{500}},     stage{kind::db_pool, milliseconds{1'000}},
    stage{kind::renderer, milliseconds{500}},      stage{kind::card_keeper, milliseconds{500}},
    stage{kind::key_keeper, milliseconds{1'000}},  stage{kind::store_writer, milliseconds{3'000}},
    stage{kind::limit_sharer, milliseconds{500}},  stage{kind::redis, milliseconds{500}},
    stage{kind::cache, milliseconds{500}},         stage{kind::stats, milliseconds{500}},
    stage{kind::alert_sender, milliseconds{500}},
};

std::string_view text_of(kind what) {
  constexpr std::array<std::string_view, 17> names{
      "job_keeper",  "batch_coordinator", "card_issuer",  "lookup",   "change_reader",
      "maintenance", "admission",         "db_pool",      "renderer", "card_keeper",
      "key_keeper",  "store_writer",      "limit_sharer", "redis",    "cache",
      "stats",       "alert_sender"};
  return names[static_cast<std::size_t>(what)];
}

std::string name_of(const supervisor_state::child& which) {
  return fmt::format("{} {}", text_of(which.what), which.index);
}

std::uint64_t random_seed() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

l1_settings l1_settings_of(const cache_settings& all) {
  l1_settings result;
  result.bytes = all.bytes / all.shards;
  result.negative_bytes = all.negative_bytes / all.shards;
  result.stale_for = all.stale;
  result.negative_for = all.negative_fresh;
  return result;
}

/// Longer than the pool may take for a key: the wait for a connection, a statement and its repetition.
milliseconds load_limit_of(const database_settings& all) {
  return all.acquire_timeout + 2 * all.read_timeout;
}

lookup_settings lookup_settings_of(const settings& all) {
  lookup_settings result;
  result.stale_after = all.cache.stale_after;
  result.member_fresh = all.cache.member_fresh;
  result.l2_timeout = all.redis.timeout;
  result.load_limit = load_limit_of(all.database);
  return result;
}

card_table_settings card_table_settings_of(const settings& all) {
  card_table_settings result;
  auto part = [&](std::size_t bytes, milliseconds fresh) {
    return card_table_settings::cache{bytes / all.cache.shards, fresh};
  };
  result.caches[static_cast<std::size_t>(card_cache::data)] = part(all.cards.data_bytes, all.cache.card_fresh);
  result.caches[static_cast<std::size_t>(card_cache::qr)] = part(all.cards.qr_bytes, all.cards.qr_fresh);
  result.caches[static_cast<std::size_t>(card_cache::pictures)] =
      part(all.cards.picture_bytes, all.cards.picture_fresh);
  result.member_fresh = all.cache.member_fresh;
  return result;
}

maintenance_settings maintenance_settings_of(const settings& all) {
  maintenance_settings result;
  result.member_fresh = all.cache.member_fresh;
  result.page_limit = load_limit_of(all.database);
  return result;
}

} // namespace

supervisor_state::~supervisor_state() {
  if (context && !stop_reason)
    fatal("the supervisor has ended");
  for (auto& x : children)
    if (auto alive = caf::actor_cast<caf::actor>(x.address))
      caf::anon_send_exit(alive, caf::exit_reason::user_shutdown);
}

void supervisor_state::start_all() {
  job_holder = fmt::format("{:016x}{:016x}", random_seed(), random_seed());
  auto& all = context->settings;
  add_children(kind::store_writer, 1);
  add_children(kind::key_keeper, 1);
  add_children(kind::card_keeper, 1);
  add_children(kind::db_pool, 1);
  add_children(kind::admission, 1);
  add_children(kind::redis, all.redis.url.empty() ? 0 : context->metrics->redis.size());
  add_children(kind::limit_sharer, context->limiter && all.limits.shared && !all.redis.url.empty() ? 1 : 0);
  add_children(kind::cache, all.cache.shards);
  add_children(kind::lookup, all.cache.shards);
  add_children(kind::renderer, all.cards.renderers);
  add_children(kind::card_issuer, all.cache.shards);
  add_children(kind::batches, 1);
  add_children(kind::jobs, 1);
  add_children(kind::maintenance, 1);
  add_children(kind::change_reader, all.feed.enabled ? 1 : 0);
  add_children(kind::alert_sender, context->stats && !all.alerts.webhook.empty() ? 1 : 0);
  add_children(kind::stats, context->stats ? 1 : 0);
  for (auto& x : children)
    start(x);
  publish();
}

void supervisor_state::add_children(kind what, std::size_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    auto& x = children.emplace_back();
    x.what = what;
    x.index = i;
  }
  if (what == kind::lookup)
    here.lookups.resize(count);
  else if (what == kind::cache)
    here.caches.resize(count);
  else if (what == kind::redis)
    here.redis.resize(count);
  else if (what == kind::card_issuer)
    here.issuers.resize(count);
  else if (what == kind::renderer)
    here.renderers.resize(count);
}

void supervisor_state::start(child& which) {
  spawn(which);
  note_life(*which.metrics, true);
}

void supervisor_state::spawn(child& which) {
  auto& all = context->settings;
  auto& metrics = *context->metrics;
  auto i = which.index;
  switch (which.what) {
  case kind::lookup:
    which.metrics = &metrics.lookups.at(i);
    here.lookups[i] =
        self->spawn<caf::monitored>(lookup, lookup_settings_of(all), i, &metrics.lookups.at(i), context->clock);
    which.address = here.lookups[i].address();
    break;
  case kind::card_issuer: {
    which.metrics = &metrics.cards.at(i);
    card_table::surroundings around{[ledger = context->ledger] { return ledger->get(); }, wall_clock,
                                    [maker = context->maker] { return maker->signing_key(); }};
    here.issuers[i] = self->spawn<caf::monitored>(card_issuer, card_table_settings_of(all), std::move(around),
                                                  random_seed(), &metrics.cards.at(i), context->clock);
    which.address = here.issuers[i].address();
    break;
  }
  case kind::batches:
    which.metrics = &metrics.batches;
    here.batches = self->spawn<caf::monitored>(batch_coordinator, &metrics.batches, context->clock);
    which.address = here.batches.address();
    break;
  case kind::jobs: {
    which.metrics = &metrics.jobs;
    job_slot = std::make_shared<connection_slot>();
    job_keeper_state::surroundings around{context->store, job_slot,       context->ledger, context->audits,
                                          job_holder,     context->clock, wall_clock};
    here.jobs = self->spawn<caf::monitored + caf::detached>(job_keeper, job_keeper_settings{}, std::move(around),
                                                            &metrics.jobs);
    which.address = here.jobs.address();
    break;
  }
  case kind::renderer:
    which.metrics = &metrics.renderers.at(i);
    here.renderers[i] = self->spawn<caf::monitored + caf::detached>(renderer, context->maker, &metrics.renderers.at(i),
                                                                    context->clock, wall_clock);
    which.address = here.renderers[i].address();
    break;
  case kind::card_keeper:
    which.metrics = &metrics.card_keeper;
    card_slot = std::make_shared<connection_slot>();
    here.card_keeper = self->spawn<caf::monitored + caf::detached>(card_keeper, card_keeper_settings{}, context->store,
                                                                   card_slot, context->ledger, context->audits,
                                                                   &metrics.card_keeper, context->clock, wall_clock);
    which.address = here.card_keeper.address();
    break;
  case kind::maintenance:
    which.metrics = &metrics.maintenance;
    here.maintenance = self->spawn<caf::monitored>(maintenance, maintenance_settings_of(all), context->audits,
                                                   &metrics.maintenance, context->clock);
    which.address = here.maintenance.address();
    break;
  case kind::change_reader: {
    which.metrics = &metrics.changes;
    change_slot = std::make_shared<connection_slot>();
    auto l2_settled = [&metrics] { return sum(metrics.redis, &redis_metrics::owed_invalidations) == 0; };
    // What a predecessor has cleared from L1 is not known.
    auto start = read(metrics.changes.restarts) == 0 ? context->changes_start : std::nullopt;
    here.change_reader = self->spawn<caf::monitored + caf::detached>(
        change_reader, change_reader_settings{.interval = all.feed.interval}, context->store, change_slot,
        context->l2_name, l2_settled, start, &metrics.changes, context->clock);
    which.address = here.change_reader.address();
    break;
  }
  case kind::admission:
    which.metrics = &metrics.admission;
    here.admission = self->spawn<caf::monitored>(admission, admission_settings_of(all.queue, random_seed()),
                                                 &metrics.admission, context->clock);
    which.address = here.admission.address();
    break;
  case kind::db_pool:
    which.metrics = &metrics.pool;
    here.pool = self->spawn<caf::monitored>(
        db_pool, pool_settings_of(all.database, all.breaker, context->store->useful_connections(), random_seed()),
        context->store, context->sealer->etags(), &metrics.pool, context->clock);
    which.address = here.pool.address();
    break;
  case kind::store_writer: {
    store_writer_settings settings;
    settings.seed = random_seed();
    which.metrics = &metrics.writer;
    writer_slot = std::make_shared<connection_slot>();
    here.writer = self->spawn<caf::monitored + caf::detached>(store_writer, settings, context->store, context->audits,
                                                              writer_slot, &metrics.writer, context->clock);
    which.address = here.writer.address();
    break;
  }
  case kind::key_keeper:
    which.metrics = &metrics.keys;
    keeper_slot = std::make_shared<connection_slot>();
    here.key_keeper = self->spawn<caf::monitored + caf::detached>(
        key_keeper, key_keeper_settings{}, context->store, keeper_slot, context->keys, &metrics.keys, context->clock);
    which.address = here.key_keeper.address();
    break;
  case kind::alert_sender:
    which.metrics = &metrics.alert_sender;
    which.address = self->spawn<caf::monitored + caf::detached>(alert_sender, alert_sender_settings{all.alerts.webhook},
                                                                context->stats->sources.node, context->stats->alerts,
                                                                &metrics.alert_sender, context->clock)
                        .address();
    break;
  case kind::stats:
    which.metrics = &metrics.stats;
    which.address =
        self->spawn<caf::monitored + caf::detached>(stats, stats_settings{.alerts = all.alerts}, context->stats,
                                                    &metrics.stats, context->clock, wall_clock_ms)
            .address();
    break;
  case kind::redis:
    which.metrics = &metrics.redis.at(i);
    here.redis[i] =
        self->spawn<caf::monitored + caf::detached>(redis, all.redis, context->sealer, all.cache, &metrics.redis.at(i));
    which.address = here.redis[i].address();
    break;
  case kind::limit_sharer:
    which.metrics = &metrics.limit_sharer;
    here.limit_sharer =
        self->spawn<caf::monitored + caf::detached>(limit_sharer, all.redis, context->limiter, &metrics.limit_sharer);
    which.address = here.limit_sharer.address();
    break;
  case kind::cache: {
    which.metrics = &metrics.caches.at(i);
    auto settings = l1_settings_of(all.cache);
    // Above every stamp of the predecessors, so that what they stamped is refused.
    settings.first_stamp = read(metrics.caches.at(i).restarts) << 40;
    here.caches[i] =
        self->spawn<caf::monitored>(cache, settings, i, random_seed(), &metrics.caches.at(i), context->clock);
    which.address = here.caches[i].address();
    break;
  }
  }
}

void supervisor_state::publish() {
  ++here.epoch;
  for (auto& x : here.lookups)
    self->send(x, here);
  for (auto& x : here.issuers)
    self->send(x, here);
  self->send(here.maintenance, here);
  self->send(here.card_keeper, here);
  self->send(here.batches, here);
  self->send(here.jobs, here);
  if (here.change_reader)
    self->send(here.change_reader, here);
  for (auto& x : subscribers)
    self->send(x, here);
}

void supervisor_state::subscribe(const gateway_actor& subscriber) {
  if (std::find(subscribers.begin(), subscribers.end(), subscriber) == subscribers.end()) {
    subscribers.push_back(subscriber);
    self->monitor(subscriber); // if it is dead, that is said at once
  }
  if (!stop_reason)
    self->send(subscriber, here);
}

void supervisor_state::is_down(const caf::down_msg& down) {
  std::erase_if(subscribers, [&](auto& x) { return x.address() == down.source; });
  auto which = std::find_if(children.begin(), children.end(), [&](auto& x) { return x.address == down.source; });
  if (which == children.end())
    return;
  which->address = nullptr;
  note_life(*which->metrics, false);
  if (stop_reason)
    run_stages();
  else
    replace(*which, down.reason);
}

void supervisor_state::replace(child& which, const caf::error& reason) {
  auto why =
      fmt::format("{} has ended, reason {}:{}", name_of(which), caf::to_string(reason.category()), reason.code());
  if (!which.budget.spend(context->clock())) {
    fatal(why + ", after more restarts than its budget allows");
    return;
  }
  spdlog::error("supervisor: {}; restarting it", why);
  add(which.metrics->restarts);
  note_failure(*which.metrics, error_code::interrupted);
  try {
    start(which);
  } catch (const std::exception& fault) { // no more threads, no more memory
    fatal(why + ", and cannot be restarted: " + fault.what());
    return;
  }
  publish();
}

void supervisor_state::fatal(std::string reason) {
  spdlog::critical("supervisor: {}", reason);
  if (!std::exchange(fatal_was_called, true))
    context->on_fatal(std::move(reason));
}

void supervisor_state::stop(caf::error reason) {
  if (stop_reason)
    return;
  stop_reason = std::move(reason);
  stop_stage = 0;
  if (!begin_stage())
    run_stages();
}

bool supervisor_state::begin_stage() {
  auto& now = stages[stop_stage];
  bool any = false;
  for (auto& x : children) {
    if (x.what != now.what || !x.address)
      continue;
    any = true;
    if (x.what == kind::key_keeper)
      keeper_slot->interrupt(); // it has nothing to finish
    if (x.what == kind::card_keeper)
      card_slot->interrupt(); // whoever waits for a change is told nothing, and asks again
    if (x.what == kind::change_reader)
      change_slot->interrupt(); // what it has not cleared yet is done by the next start
    self->send_exit(caf::actor_cast<caf::actor>(x.address), caf::exit_reason::user_shutdown);
  }
  if (any)
    self->delayed_send(self, now.limit, tick{++stage_generation});
  return any;
}

void supervisor_state::run_stages() {
  auto here_alive = [this](auto& x) { return x.what == stages[stop_stage].what && x.address; };
  while (std::none_of(children.begin(), children.end(), here_alive)) {
    if (++stop_stage == stages.size()) {
      children.clear();
      if (auto left = context->audits->size(); left > 0)
        spdlog::error("supervisor: ends with {} audit lines that the store does not have", left);
      self->quit(*stop_reason);
      return;
    }
    if (begin_stage())
      return;
  }
}

void supervisor_state::stage_is_overdue(std::uint64_t generation) {
  if (!stop_reason || generation != stage_generation)
    return;
  for (auto& x : children) {
    if (x.what != stages[stop_stage].what || !x.address)
      continue;
    spdlog::error("supervisor: {} does not end in time", name_of(x));
    if (x.what == kind::store_writer)
      writer_slot->interrupt(); // it then says what is lost and ends
    else if (x.what == kind::jobs)
      job_slot->interrupt(); // it then ends, and its leases run out
    else
      self->send_exit(caf::actor_cast<caf::actor>(x.address), caf::exit_reason::kill);
    x.address = nullptr;
  }
  run_stages();
}

supervisor_actor::behavior_type supervisor(supervisor_state::pointer self, node_context context) {
  furnish(self, supervisor_state::name, context.metrics->supervisor);
  self->state.self = self;
  self->state.context = std::move(context);
  self->set_down_handler([self](caf::scheduled_actor*, caf::down_msg& down) { self->state.is_down(down); });
  self->set_exit_handler(
      [self](caf::scheduled_actor*, caf::exit_msg& why) { self->state.stop(std::move(why.reason)); });
  note_life(self->state.context->metrics->supervisor, true);
  self->state.start_all();
  return {
      [self](const subscribe_directory& what) { self->state.subscribe(what.subscriber); },
      [self](const tick& due) { self->state.stage_is_overdue(due.generation); },
  };
}

} // namespace tessera
