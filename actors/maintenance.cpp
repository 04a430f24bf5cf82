#include "actors/maintenance.hpp"

#include "cards/wall_clock.hpp"
#include "messages/types.hpp"
#include "storage/cache_key.hpp"

#include <algorithm>
#include <utility>

namespace tessera {

namespace {

using std::chrono::milliseconds;

constexpr auto tick_interval = milliseconds{100};

// Members per statement while warming: large enough to be cheap, small enough not to hold a connection up for long.
constexpr std::uint32_t page_size = 500;

} // namespace

// -- clearing --------------------------------------------------------------------------------------------------------

void maintenance_state::add_number(clearing& job, id_number number) {
  if (std::ranges::find(job.members, number, &changed_member::number) == job.members.end())
    job.members.push_back({job.request.id, number});
}

void maintenance_state::start(const clear_member& request) {
  clearing job;
  job.request = request;
  if (request.number_known)
    add_number(job, request.number);
  auto [where, is_new] = clearing_jobs.emplace(++last_job, std::move(job));
  if (!knows_others)
    finish(where, error_code::database_unavailable);
  else if (request.id.value == 0 && !request.number_known)
    finish(where, error_code::not_found);
  else
    enter(where, request.id.value != 0 ? step::resolve_alias : step::clear_l2);
}

void maintenance_state::start(const clear_all& request) {
  clearing job;
  job.request.asker = request.asker;
  job.request.asked_by = request.asked_by;
  job.request.request_id = request.request_id;
  job.request.actor = request.actor;
  job.request.reason = request.reason;
  job.everything = true;
  auto where = clearing_jobs.emplace(++last_job, std::move(job)).first;
  if (!knows_others)
    finish(where, error_code::database_unavailable);
  else
    enter(where, step::clear_l2);
}

void maintenance_state::start(const clear_changes& request) {
  clearing job;
  job.reader = request.asker;
  job.batch = request.batch;
  job.everything = request.everything;
  job.l2_only = request.l2_only;
  if (!job.everything)
    job.members = request.members;
  auto where = clearing_jobs.emplace(++last_job, std::move(job)).first;
  if (!knows_others)
    finish(where, error_code::database_unavailable);
  else
    enter(where, step::clear_l2);
}

void maintenance_state::enter(clearings::iterator job, step to) {
  auto node = clearing_jobs.extract(job);
  node.key() = ++last_job;
  auto where = clearing_jobs.insert(std::move(node)).position;
  where->second.at = to;
  where->second.deadline = now() + settings.step_limit;
  ask(where->first, where->second);
  if (where->second.unanswered == 0)
    advance(where);
}

void maintenance_state::ask(std::uint64_t number, clearing& job) {
  job.unanswered = 0;
  if (job.everything) {
    ask_all(number, job);
    return;
  }
  auto me = maintenance_actor{self};
  auto id = job.request.id;
  switch (job.at) {
  case step::resolve_alias:
    if (here.caches.empty())
      return;
    self->send(here.caches[shard_of(id, here.caches.size())], resolve_alias{me, number, id});
    job.unanswered = 1;
    return;
  case step::find_number:
    if (!here.pool)
      return;
    self->send(here.pool, find_id_number{me, number, id});
    job.unanswered = 1;
    return;
  case step::clear_l2:
    if (here.redis.empty())
      return;
    for (const auto& each : job.members)
      self->send(here.redis[shard_of(each.number, here.redis.size())], l2_invalidate{me, number, each.number});
    job.unanswered = job.members.size();
    return;
  case step::clear_l1:
    for (const auto& each : job.members) {
      std::vector<std::size_t> shards;
      if (!here.lookups.empty())
        shards.push_back(shard_of(each.number, here.lookups.size()));
      if (!here.lookups.empty() && each.id.value != 0 && shard_of(each.id, here.lookups.size()) != shards.front())
        shards.push_back(shard_of(each.id, here.lookups.size()));
      for (auto shard : shards)
        self->send(here.lookups[shard], invalidate{me, number, each.number, each.id});
      job.unanswered += shards.size();
    }
    return;
  }
}

void maintenance_state::ask_all(std::uint64_t number, clearing& job) {
  auto me = maintenance_actor{self};
  if (job.at == step::clear_l2) {
    // Each of them: one that Redis does not answer must not trust it.
    for (const auto& each : here.redis)
      self->send(each, l2_invalidate_all{me, number});
    job.unanswered = here.redis.size();
    return;
  }
  for (const auto& each : here.lookups)
    self->send(each, invalidate_all{me, number});
  for (const auto& each : here.issuers)
    self->send(each, invalidate_all{me, number});
  job.unanswered = here.lookups.size() + here.issuers.size();
}

void maintenance_state::advance(clearings::iterator job) {
  auto& what = job->second;
  switch (what.at) {
  case step::resolve_alias:
    enter(job, what.members.empty() ? step::find_number : step::clear_l2);
    return;
  case step::find_number:
    if (what.members.empty())
      finish(job, error_code::database_unavailable);
    else
      enter(job, step::clear_l2);
    return;
  case step::clear_l2:
    if (what.l2_only)
      finish(job, what.error);
    else
      enter(job, step::clear_l1);
    return;
  case step::clear_l1:
    finish(job, what.error);
    return;
  }
}

void maintenance_state::finish(clearings::iterator job, error_code error) {
  auto done = std::move(clearing_jobs.extract(job).mapped());
  if (done.reader) {
    self->send(done.reader, changes_cleared{done.batch, error});
    return;
  }
  auto& request = done.request;
  if (error == error_code::none)
    write_audit({.action = "cache.clear",
                 .subject = done.everything ? "everything" : std::to_string(request.id.value),
                 .request_id = request.request_id,
                 .actor = request.actor,
                 .reason = request.reason});
  if (request.asker)
    self->send(request.asker, maintenance_done{request.asked_by, error, 0, done.l2_owes});
}

void maintenance_state::handle(const id_number_found& answer) {
  auto job = clearing_jobs.find(answer.job);
  if (job == clearing_jobs.end())
    return;
  if (answer.error == error_code::none) {
    add_number(job->second, answer.number);
    advance(job);
  } else {
    finish(job, answer.error == error_code::not_found ? error_code::not_found : error_code::database_unavailable);
  }
}

void maintenance_state::handle(const invalidated& answer) {
  auto job = clearing_jobs.find(answer.job);
  if (job != clearing_jobs.end() && --job->second.unanswered == 0)
    advance(job);
}

void maintenance_state::handle(const l2_invalidated& answer) {
  auto job = clearing_jobs.find(answer.job);
  if (job == clearing_jobs.end())
    return;
  job->second.l2_owes |= !answer.acknowledged;
  if (--job->second.unanswered == 0)
    advance(job);
}

// -- warming ---------------------------------------------------------------------------------------------------------

void maintenance_state::start(const warm_cache& request) {
  auto refusal = error_code::none;
  if (warming_job)
    refusal = error_code::conflict;
  else if (!knows_others || here.caches.empty() || !here.pool)
    refusal = error_code::database_unavailable;
  if (refusal != error_code::none) {
    if (request.asker)
      self->send(request.asker, maintenance_done{request.asked_by, refusal, 0});
    return;
  }
  warming_job.emplace();
  warming_job->request = request;
  ask_stamps();
}

void maintenance_state::ask_stamps() {
  auto& job = *warming_job;
  if (job.warmed >= job.request.member_limit) {
    finish_warming(error_code::none);
    return;
  }
  job.job = ++last_job;
  job.page_asked = false;
  job.stamps.assign(here.caches.size(), {});
  job.unanswered = here.caches.size();
  job.deadline = now() + settings.page_limit;
  for (const auto& cache : here.caches)
    self->send(cache, resolve_alias{maintenance_actor{self}, job.job, {}});
}

void maintenance_state::ask_page() {
  auto& job = *warming_job;
  job.page_asked = true;
  auto count = std::min(page_size, job.request.member_limit - job.warmed);
  self->send(here.pool, load_page{maintenance_actor{self}, job.job, job.before, count});
}

void maintenance_state::handle(const alias_resolved& answer) {
  if (warming_job && answer.job == warming_job->job) {
    auto& job = *warming_job;
    if (job.page_asked || answer.shard >= job.stamps.size())
      return;
    job.stamps[answer.shard] = answer.stamp;
    if (--job.unanswered == 0)
      ask_page();
    return;
  }
  auto job = clearing_jobs.find(answer.job);
  if (job == clearing_jobs.end())
    return;
  if (answer.known)
    add_number(job->second, answer.number);
  advance(job);
}

void maintenance_state::handle(const page_loaded& answer) {
  if (!warming_job || answer.job != warming_job->job || !warming_job->page_asked)
    return;
  auto& job = *warming_job;
  if (answer.error != error_code::none) {
    finish_warming(answer.error);
    return;
  }
  auto asked = std::min(page_size, job.request.member_limit - job.warmed);
  fill(answer.members);
  job.warmed += static_cast<std::uint32_t>(answer.members.size());
  if (answer.members.size() < asked)
    finish_warming(error_code::none);
  else
    ask_stamps();
}

void maintenance_state::fill(const std::vector<load_answer>& members) {
  auto& job = *warming_job;
  auto shards = here.caches.size();
  std::vector<cache_fill> records(shards);
  std::vector<cache_fill> aliases(shards);
  for (const auto& each : members) {
    if (job.before.value == 0 || each.id < job.before)
      job.before = each.id;
    if (!each.body)
      continue;
    auto home = shard_of(each.number, shards);
    auto owner = shard_of(each.id, shards);
    auto fresh_for = static_cast<std::uint32_t>(settings.member_fresh.count());
    records[home].members.push_back(
        {each.number, owner == home ? each.id : member_id{}, each.body, job.stamps[home], each.age_ms, fresh_for});
    if (owner != home)
      aliases[owner].members.push_back({each.number, each.id, nullptr, {}, each.age_ms, 0});
  }
  for (std::size_t i = 0; i < shards; ++i) {
    if (!records[i].members.empty())
      self->send(here.caches[i], std::move(records[i]));
    aliases[i].alias_only = true;
    if (!aliases[i].members.empty())
      self->send(here.caches[i], std::move(aliases[i]));
  }
}

void maintenance_state::finish_warming(error_code error) {
  auto job = std::move(*warming_job);
  warming_job.reset();
  // Who asked may have stopped waiting.
  if (error == error_code::none)
    spdlog::info("maintenance: warmed the cache with {} members", job.warmed);
  else
    spdlog::warn("maintenance: warming ended after {} members: {}", job.warmed, to_string(error));
  if (!job.request.asker)
    return;
  if (error == error_code::none)
    write_audit({.action = "cache.warm",
                 .subject = "members",
                 .request_id = job.request.request_id,
                 .actor = job.request.actor,
                 .reason = job.request.reason});
  self->send(job.request.asker, maintenance_done{job.request.asked_by, error, job.warmed});
}

// -- both ------------------------------------------------------------------------------------------------------------

void maintenance_state::handle(const directory& latest) {
  if (knows_others && latest.epoch <= here.epoch)
    return;
  here = latest;
  knows_others = true;
  // Who died and owes an answer is not worth finding out: every step may be done again, within its old deadline.
  std::vector<std::uint64_t> jobs;
  for (const auto& [number, job] : clearing_jobs)
    jobs.push_back(number);
  for (auto number : jobs) {
    auto node = clearing_jobs.extract(number);
    node.key() = ++last_job;
    auto where = clearing_jobs.insert(std::move(node)).position;
    ask(where->first, where->second);
    if (where->second.unanswered == 0)
      advance(where);
  }
  if (!warming_job)
    return;
  if (here.caches.empty() || !here.pool)
    finish_warming(error_code::database_unavailable);
  else
    ask_stamps();
}

void maintenance_state::end_what_is_overdue() {
  auto at = now();
  std::vector<std::uint64_t> overdue;
  for (const auto& [number, job] : clearing_jobs) {
    if (at >= job.deadline)
      overdue.push_back(number);
  }
  for (auto number : overdue) {
    auto job = clearing_jobs.find(number);
    // Without the alias, clearing is as good as before unless the member's number was changed and the request and the
    // alias differ; L1 clearing, the last step, asks that cache again.
    if (job->second.at == step::clear_l2)
      job->second.error = error_code::database_unavailable;
    if (job->second.at == step::find_number || job->second.at == step::clear_l1)
      finish(job, error_code::database_unavailable);
    else
      advance(job);
  }
  if (warming_job && at >= warming_job->deadline)
    finish_warming(error_code::database_unavailable);
}

void maintenance_state::arm() {
  if ((!clearing_jobs.empty() || warming_job) && !std::exchange(tick_under_way, true))
    self->delayed_send(maintenance_actor{self}, tick_interval, tick{++tick_generation});
}

void maintenance_state::write_audit(audit_entry line) {
  line.at = wall_clock();
  audits->put(std::move(line));
  self->send(here.writer, audit_waits{});
}

maintenance_actor::behavior_type maintenance(maintenance_state::pointer self, maintenance_settings settings,
                                             std::shared_ptr<audit_queue> audits, actor_metrics* metrics,
                                             clock_source now) {
  furnish(self, maintenance_state::name, *metrics);
  auto& state = self->state;
  state.self = self;
  state.settings = settings;
  state.audits = std::move(audits);
  state.now = std::move(now);
  state.metrics = metrics;
  auto handler = [self](auto&& work) {
    handling timed{*self->state.metrics};
    work(self->state);
    self->state.arm();
  };
  return {
      [=](const clear_member& x) { handler([&](auto& state) { state.start(x); }); },
      [=](const clear_all& x) { handler([&](auto& state) { state.start(x); }); },
      [=](const clear_changes& x) { handler([&](auto& state) { state.start(x); }); },
      [=](const warm_cache& x) { handler([&](auto& state) { state.start(x); }); },
      [=](const alias_resolved& x) { handler([&](auto& state) { state.handle(x); }); },
      [=](const id_number_found& x) { handler([&](auto& state) { state.handle(x); }); },
      [=](const invalidated& x) { handler([&](auto& state) { state.handle(x); }); },
      [=](const l2_invalidated& x) { handler([&](auto& state) { state.handle(x); }); },
      [=](const page_loaded& x) { handler([&](auto& state) { state.handle(x); }); },
      [=](const tick& x) {
        if (x.generation != self->state.tick_generation)
          return;
        self->state.tick_under_way = false;
        handler([](auto& state) { state.end_what_is_overdue(); });
      },
      [=](const directory& x) { handler([&](auto& state) { state.handle(x); }); },
  };
}

} // namespace tessera
