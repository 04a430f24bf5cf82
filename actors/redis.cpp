#include "actors/redis.hpp"

#include "cards/member_record.hpp"
#include "messages/types.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <span>
#include <utility>

namespace tessera {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

// Keys per MGET: its answer, about 256 KiB, still comes within a fraction of the timeout.
constexpr std::size_t numbers_per_get = 512;

// Commands of a pipeline: two per number.
constexpr std::size_t numbers_per_write = 256;

// Invalidations to repeat before others get their turn; a backlog must not hold up gets, which fail meanwhile.
constexpr std::size_t debts_per_flush = 2'048;

// About 10 MB. More can only come together while Redis hangs.
constexpr std::size_t max_debts = 100'000;

// Fills are an optimisation: those that do not fit are dropped.
constexpr std::size_t max_fills = 8'192;

// Of what has no generation; forgetting them costs the fills that are under way, no more.
constexpr std::size_t max_without_generation = 100'000;

// How often the server is asked for its figures; finds out, too, that a connection died while nobody asked for members.
constexpr milliseconds look_every = std::chrono::seconds{5};

// The generation of the tick that an actor sends itself to flush. The timer's begin at 1.
constexpr std::uint64_t flush_tick = 0;

template <class To>
To clamp_count(milliseconds x) {
  constexpr milliseconds::rep most = std::numeric_limits<To>::max();
  constexpr milliseconds::rep least = std::numeric_limits<To>::min();
  return static_cast<To>(std::clamp(x.count(), least, most));
}

l2_answer to_answer(id_number number, const l2_entry& entry, const l2_sealer& sealer) {
  l2_answer out;
  out.number = number;
  out.generation = entry.generation;
  out.may_fill = true;
  if (entry.what == l2_entry::outcome::miss)
    return out;
  out.outcome = entry.what == l2_entry::outcome::fresh ? l2_outcome::fresh : l2_outcome::stale;
  out.body = make_member_body(entry.subject, sealer.etags());
  out.age_ms = clamp_count<std::uint32_t>(entry.age);
  out.fresh_left_ms = clamp_count<std::int32_t>(entry.fresh_left);
  out.id = entry.subject.id;
  return out;
}

} // namespace

bool redis_state::serves() const {
  return client->connected() && debts->trusted(std::chrono::steady_clock::now());
}

void redis_state::add_get(const l2_get& what) {
  auto which = std::ranges::find(askers, what.asker);
  auto asker = static_cast<std::size_t>(which - askers.begin());
  if (which == askers.end())
    askers.push_back(what.asker);
  for (auto number : what.numbers)
    questions.push_back({asker, number});
  // Whether it will be answered well is known when what is owed has been paid; without a connection it is known now.
  if (client->connected())
    want_flush();
  else
    answer_questions();
}

void redis_state::add_fill(l2_fill& what) {
  if (!client->connected())
    return;
  for (auto& member : what.members) {
    if (member.generation.value == 0 && without_generation.erase(member.number) == 0)
      continue;
    if (!member.body) {
      debts->owe(member.number, std::chrono::steady_clock::now()); // gone from the database: nothing may serve it
      show_debts();
    } else if (fills.size() < max_fills) {
      fills.push_back(std::move(member));
    }
  }
  want_flush();
}

void redis_state::add_invalidation(const l2_invalidate& what) {
  debts->owe(what.number, std::chrono::steady_clock::now());
  owe_to({what.asker, what.job});
}

void redis_state::add_invalidation(const l2_invalidate_all& what) {
  debts->owe_all();
  owe_to({what.asker, what.job});
}

void redis_state::owe_to(const waiting_job& whom) {
  show_debts();
  if (!client->connected()) {
    self->send(whom.asker, l2_invalidated{whom.job, false});
    return;
  }
  invalidations.push_back(whom);
  want_flush();
}

void redis_state::on_tick(std::uint64_t generation) {
  if (generation == flush_tick) {
    flush_under_way = false;
    flush();
  } else if (generation == timer_generation) {
    if (client->connected())
      look_at_server();
    else
      connect();
  }
}

void redis_state::connect() {
  if (auto done = client->connect(); !done) {
    lost(done.error());
    return;
  }
  add(metrics->connects);
  pay_debts();
  if (!client->connected())
    return;
  set(metrics->connected, 1);
  spdlog::info("redis: connected");
  down_is_logged = false;
  connected_since = std::chrono::steady_clock::now();
  if (!debts->settled())
    want_flush();
  look_at_server();
}

void redis_state::want_flush() {
  // The tick comes after all that is in the mailbox by now: that is what goes out together.
  if (!std::exchange(flush_under_way, true))
    self->send(redis_actor{self}, tick{flush_tick});
}

void redis_state::flush() {
  pay_debts();
  answer_questions();
  put_fills();
  if (client->connected() && !debts->settled())
    want_flush();
}

void redis_state::pay_debts() {
  std::size_t paid = 0;
  if (client->connected() && debts->owes_all()) {
    add(metrics->pipelines);
    add(metrics->commands);
    if (auto done = client->invalidate_all(); done)
      debts->pay_all();
    else
      lost(done.error());
  }
  while (client->connected() && !debts->settled() && paid < debts_per_flush) {
    auto numbers = debts->some(numbers_per_write);
    add(metrics->pipelines);
    add(metrics->commands, 2 * numbers.size());
    if (auto done = client->invalidate(numbers); !done) {
      lost(done.error());
      break;
    }
    debts->pay(numbers);
    paid += numbers.size();
  }
  show_debts();
  // While there is a backlog, some of these may have been acknowledged; to say "not yet" is safe.
  for (const auto& each : std::exchange(invalidations, {}))
    self->send(each.asker, l2_invalidated{each.job, debts->settled()});
}

void redis_state::answer_questions() {
  auto asked = std::exchange(questions, {});
  auto give_up = std::chrono::steady_clock::now() + settings.timeout;
  for (std::span rest{asked}; !rest.empty();) {
    auto some = rest.first(std::min(rest.size(), numbers_per_get));
    rest = rest.subspan(some.size());
    result<std::vector<l2_entry>> entries = failure{error_code::cache_unavailable, {}};
    // Whoever has waited this long has given up on L2.
    if (serves() && std::chrono::steady_clock::now() < give_up) {
      std::vector<id_number> numbers;
      numbers.reserve(some.size());
      for (const auto& each : some)
        numbers.push_back(each.number);
      add(metrics->pipelines);
      add(metrics->commands);
      entries = client->get(numbers);
      if (!entries)
        lost(entries.error());
    }
    answer(some, entries);
  }
  askers.clear();
}

void redis_state::answer(std::span<const question> some, const result<std::vector<l2_entry>>& entries) {
  std::vector<l2_answers> by_asker(askers.size());
  for (std::size_t i = 0; i < some.size(); ++i) {
    auto& out = by_asker[some[i].asker].answers.emplace_back();
    if (entries) {
      out = to_answer(some[i].number, (*entries)[i], *sealer);
      if (out.generation.value == 0) {
        if (without_generation.size() >= max_without_generation)
          without_generation.clear(); // most are numbers of nobody, for which no fill will ever come
        without_generation.insert(out.number);
      }
    } else {
      out.number = some[i].number;
      out.outcome = l2_outcome::failed;
    }
  }
  for (std::size_t i = 0; i < askers.size(); ++i) {
    if (!by_asker[i].answers.empty())
      self->send(askers[i], std::move(by_asker[i]));
  }
}

void redis_state::put_fills() {
  std::vector<l2_put> some;
  for (auto& fill : std::exchange(fills, {})) {
    auto subject = unpack_member(fill.body->packed());
    if (!subject || subject->number != fill.number)
      continue;
    // No jitter: L1 varies the lifetime of what it takes from here.
    some.push_back(
        {std::move(*subject), milliseconds{fill.age_ms}, lifetimes.member_fresh, lifetimes.stale, fill.generation});
    if (some.size() == numbers_per_write)
      put(std::exchange(some, {}));
  }
  put(some);
}

void redis_state::put(std::span<const l2_put> some) {
  if (some.empty() || !serves())
    return;
  add(metrics->pipelines);
  add(metrics->commands, 2 * some.size());
  auto done = client->put(some);
  if (done) {
    refusal_is_logged = false;
  } else if (!client->connected()) {
    lost(done.error());
  } else {
    note_failure(*metrics, done.error().code);
    if (!std::exchange(refusal_is_logged, true))
      spdlog::warn("redis: keeps nothing new: {}", done.error().detail);
  }
}

void redis_state::look_at_server() {
  add(metrics->pipelines);
  add(metrics->commands, 2);
  auto info = client->info();
  if (!client->connected()) {
    lost(info.error());
    return;
  }
  if (info) {
    set(metrics->keys, info->keys);
    set(metrics->used_bytes, info->used_bytes);
  }
  // Only a connection that has held makes up for failures: one that breaks again and again is tried ever more rarely.
  if (std::chrono::steady_clock::now() - connected_since >= look_every)
    attempts->succeeded();
  set_timer(look_every);
}

void redis_state::lost(const failure& why) {
  note_failure(*metrics, why.code);
  set(metrics->connected, 0);
  fills.clear();
  without_generation.clear();
  if (!std::exchange(down_is_logged, true))
    spdlog::warn("redis: cannot be used: {}; tries again in the background", why.detail);
  set_timer(attempts->failed(std::chrono::steady_clock::now()));
}

void redis_state::set_timer(milliseconds delay) {
  self->delayed_send(redis_actor{self}, delay, tick{++timer_generation});
}

void redis_state::show_debts() {
  set(metrics->owed_invalidations, debts->size(std::chrono::steady_clock::now()));
}

redis_actor::behavior_type redis(redis_state::pointer self, redis_settings settings,
                                 std::shared_ptr<const l2_sealer> sealer, cache_settings lifetimes,
                                 redis_metrics* metrics) {
  furnish(self, redis_state::name, *metrics);
  auto& state = self->state;
  state.client = std::make_unique<l2_client>(settings, sealer);
  state.sealer = std::move(sealer);
  state.metrics = metrics;
  state.attempts.emplace(settings.backoff_min, settings.backoff_max, std::random_device{}());
  state.debts.emplace(max_debts, lifetimes.member_fresh + lifetimes.stale);
  if (read(metrics->owed_invalidations) != 0)
    state.debts->owe_unknown(std::chrono::steady_clock::now());
  state.settings = std::move(settings);
  state.lifetimes = lifetimes;
  set(metrics->connected, 0);
  self->set_exit_handler([self](caf::scheduled_actor*, caf::exit_msg& why) {
    if (auto& debts = *self->state.debts; !debts.settled())
      spdlog::error("redis: ends owing {} invalidations; clear these members again once Redis is back",
                    debts.size(std::chrono::steady_clock::now()));
    self->quit(std::move(why.reason));
  });
  state.connect();
  return {
      [self](const l2_get& what) {
        handling timed{*self->state.metrics};
        self->state.add_get(what);
      },
      [self](l2_fill& what) {
        handling timed{*self->state.metrics};
        self->state.add_fill(what);
      },
      [self](const l2_invalidate& what) {
        handling timed{*self->state.metrics};
        self->state.add_invalidation(what);
      },
      [self](const l2_invalidate_all& what) {
        handling timed{*self->state.metrics};
        self->state.add_invalidation(what);
      },
      [self](const tick& when) { self->state.on_tick(when.generation); },
  };
}

} // namespace tessera
