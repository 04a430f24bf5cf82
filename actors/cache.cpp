#include "actors/cache.hpp"

#include "messages/types.hpp"

#include <algorithm>

namespace tessera {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

// The store's figures are copied into the metrics with every change and, as reading expires and evicts too, this often.
constexpr std::uint32_t batches_between_publications = 256;

// How much later than it was taken the age of a load may have arrived here. Generous: what is refused for
// nothing costs one statement when its member is cleared.
constexpr auto age_slack = seconds{5};

std::uint32_t age_in_seconds(steady_time since, steady_time now) {
  return static_cast<std::uint32_t>(std::max<std::int64_t>(duration_cast<seconds>(now - since).count(), 0));
}

cache_miss to_miss(const lookup_request& request, const l1_store::found& found, steady_time now) {
  cache_miss made;
  made.request = request;
  made.stamp = found.stamp;
  if (found.what == l1_store::state::stale) {
    made.stale = *found.body;
    made.stale_age_s = age_in_seconds(found.loaded_at, now);
    made.stale_for_ms = static_cast<std::uint32_t>(
        std::max<std::int64_t>(duration_cast<milliseconds>(now - found.fresh_until).count(), 1));
  }
  return made;
}

} // namespace

void cache_state::probe(const std::vector<lookup_request>& requests, std::vector<lookup_answer>& answers,
                        std::vector<cache_miss>& misses) {
  auto at = now();
  std::uint64_t hits = 0;
  std::uint64_t negative = 0;
  std::uint64_t stale = 0;
  answers.reserve(requests.size());
  for (const auto& request : requests) {
    auto found = store->find(cache_key::of_member(request.number), at);
    switch (found.what) {
    case l1_store::state::fresh: {
      ++hits;
      auto& made = answers.emplace_back();
      made.to = request.asked_by;
      made.body = *found.body;
      made.age_s = age_in_seconds(found.loaded_at, at);
      made.fresh_left_s = static_cast<std::int32_t>(duration_cast<seconds>(found.fresh_until - at).count());
      break;
    }
    case l1_store::state::negative: {
      ++negative;
      auto& made = answers.emplace_back();
      made.to = request.asked_by;
      made.error = error_code::not_found;
      break;
    }
    case l1_store::state::stale:
      ++stale;
      misses.push_back(to_miss(request, found, at));
      break;
    case l1_store::state::absent:
      misses.push_back(to_miss(request, found, at));
      break;
    }
  }
  add(metrics->hits, hits);
  if (hits != requests.size()) {
    add(metrics->negative_hits, negative);
    add(metrics->stale_found, stale);
    add(metrics->misses, requests.size() - hits - negative - stale);
  }
  if (++batches_unpublished >= batches_between_publications) {
    batches_unpublished = 0;
    publish();
  }
}

void cache_state::fill(const cache_fill& loaded) {
  auto at = now();
  for (const auto& member : loaded.members) {
    if (loaded.alias_only) {
      fill_alias_of_other_shard(member, at);
      continue;
    }
    auto key = cache_key::of_member(member.number);
    auto stamp = loaded.by_age ? store->stamp_at(at - milliseconds{member.age_ms} - age_slack) : member.stamp;
    if (!member.body) {
      store->fill_negative(key, stamp, at);
      continue;
    }
    auto kept =
        store->fill(key, member.body, stamp, at - milliseconds{member.age_ms}, milliseconds{member.fresh_for_ms}, at);
    if (kept && member.id.value != 0)
      store->fill_alias(member.id, member.number, stamp, at);
  }
  publish();
}

void cache_state::fill_alias_of_other_shard(const filled_member& member, steady_time at) {
  // The stamp is another store's. So refuse what may have been loaded before the alias was invalidated here.
  auto loaded_at = at - milliseconds{member.age_ms} - age_slack;
  if (member.id.value != 0 && (replaced_at == steady_time{} || loaded_at > replaced_at))
    store->fill_alias(member.id, member.number, store->stamp_at(loaded_at), at);
}

void cache_state::forget(id_number number, member_id id) {
  auto at = now();
  store->invalidate(cache_key::of_member(number), at);
  if (id.value != 0)
    store->invalidate(cache_key::of_alias(id), at);
  publish();
}

void cache_state::forget_all() {
  store->clear(now());
  publish();
}

void cache_state::publish() const {
  auto stats = store->stats();
  set(metrics->entries, stats.entries);
  set(metrics->bytes, stats.bytes);
  set(metrics->byte_limit, stats.byte_limit);
  set(metrics->negative_entries, stats.negative_entries);
  set(metrics->evictions, stats.evictions);
  set(metrics->expirations, stats.expirations);
  set(metrics->refused_fills, stats.refused_fills);
  set(metrics->invalidations, stats.invalidations);
}

cache_actor::behavior_type cache(cache_actor::stateful_pointer<cache_state> self, l1_settings settings,
                                 std::uint32_t shard, std::uint64_t seed, cache_metrics* metrics, clock_source now) {
  furnish(self, cache_state::name, *metrics);
  self->state.store = std::make_unique<l1_store>(settings, seed);
  self->state.now = std::move(now);
  if (settings.first_stamp != 0) // nobody knows what its predecessor has invalidated
    self->state.replaced_at = self->state.now();
  self->state.metrics = metrics;
  self->state.shard = shard;
  return {
      [self](const cache_probe& probe) {
        handling timed{*self->state.metrics};
        lookup_answers answers;
        cache_misses misses;
        self->state.probe(probe.requests, answers.answers, misses.misses);
        answers.hop = probe.hop;
        if (!answers.answers.empty() || probe.hop != 0)
          self->send(probe.asker, std::move(answers));
        if (!misses.misses.empty()) {
          misses.asker = probe.asker;
          self->send(probe.misses_to, std::move(misses));
        }
      },
      [self](const cache_fill& loaded) {
        handling timed{*self->state.metrics};
        self->state.fill(loaded);
      },
      [self](const invalidate& what) {
        handling timed{*self->state.metrics};
        self->state.forget(what.number, what.id);
        self->send(what.asker, invalidated{what.job, self->state.shard});
      },
      [self](const invalidate_all& what) {
        handling timed{*self->state.metrics};
        self->state.forget_all();
        self->send(what.asker, invalidated{what.job, self->state.shard});
      },
      [self](const resolve_alias& what) {
        handling timed{*self->state.metrics};
        alias_resolved answer;
        answer.job = what.job;
        answer.shard = self->state.shard;
        answer.stamp = self->state.store->stamp();
        auto number = what.id.value != 0 ? self->state.store->resolve(what.id, self->state.now()) : std::nullopt;
        answer.known = number.has_value();
        answer.number = number.value_or(id_number{});
        self->send(what.asker, answer);
      },
  };
}

} // namespace tessera
