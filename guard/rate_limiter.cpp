#include "guard/rate_limiter.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

// Invariants of each window, which are the proof of what the header promises of sharing:
// - `own` only grows until the next window begins, which has another name. So what the store holds under a name only
//   grows, and writing it again is harmless.
// - `others` only grows: after the store has lost everything its sum is too small, and what was known is kept. It is a
//   sum over other names, so own counts are never in it twice.
// - `end` only shrinks, and never below the earliest end that a process gave: `left` was true when it was collected or
//   answered and is used later, and what was cut off a millisecond is given back (the `+ 1`), so each step errs to the
//   later side. Otherwise thousands of exchanges would eat seconds of a window.
// - if `unshared` is set, so is the bucket's mark, or the collector has taken the mark and waits for the bucket's lock.

namespace tessera {

using std::chrono::milliseconds;

namespace {

std::uint32_t saturate(std::uint64_t x) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(x, std::numeric_limits<std::uint32_t>::max()));
}

std::uint64_t to_ticks(milliseconds x) {
  return static_cast<std::uint64_t>(x.count());
}

void begin(rate_window& window, std::uint64_t tick, milliseconds length) {
  window = {};
  window.begin = tick & rate_window::begin_mask;
  window.end = (tick + to_ticks(length)) & rate_window::end_mask;
}

} // namespace

rate_limiter::rate_limiter(const rate_rules& rules, std::size_t clients, std::uint64_t seed)
    : rules_(rules), first_name_(seed), clients_(clients), changed_(clients_.buckets()) {
}

rate_limiter::verdict rate_limiter::ask(client_key client, std::optional<limit_kind> strict, unsigned multiplier,
                                        time_point now) {
  assert(multiplier > 0);
  auto tick = rate_record::to_ticks(now);
  return clients_.with(client, now, [&](rate_record& record) {
    auto out = count(record, limit_kind::general, client, multiplier, tick);
    auto other = strict.value_or(limit_kind::general);
    if (out.admitted && other != limit_kind::general && rules_[other].requests != 0)
      out = count(record, other, client, multiplier, tick);
    return out;
  });
}

rate_limiter::verdict rate_limiter::count(rate_record& record, limit_kind which, client_key client, unsigned multiplier,
                                          std::uint64_t tick) {
  auto& rule = rules_[which];
  if (rule.requests == 0)
    return {};
  auto& window = record[which];
  if (tick >= window.end)
    begin(window, tick, rule.window);
  auto limit = saturate(std::uint64_t{rule.requests} * multiplier);
  auto counted = std::uint64_t{window.own} + window.others;
  auto admitted = counted < limit;
  if (admitted) {
    ++counted;
    ++window.own;
    if (!window.unshared) {
      window.unshared = 1;
      changed_.set(clients_.bucket_of(client));
    }
  }
  auto remaining = static_cast<std::uint32_t>(limit - std::min<std::uint64_t>(counted, limit));
  return {admitted, which, limit, remaining, milliseconds{window.end - tick}};
}

void rate_limiter::collect(std::vector<shared_count>& out, std::size_t most, time_point now) {
  auto tick = rate_record::to_ticks(now);
  changed_.take([&](std::size_t bucket) {
    clients_.visit(bucket, [&](client_key client, rate_record& record) {
      for (std::size_t i = 0; i < limit_kinds; ++i) {
        auto which = static_cast<limit_kind>(i);
        auto& window = record[which];
        if (!window.unshared)
          continue;
        window.unshared = 0;
        if (tick + to_ticks(tail) < window.end)
          out.push_back({client, which, name_of(window), window.own, milliseconds{window.end - tick}});
      }
    });
    return out.size() < most;
  });
}

void rate_limiter::merge(const shared_count& sent, std::uint64_t total, milliseconds left, time_point now) {
  auto tick = rate_record::to_ticks(now);
  clients_.find(sent.client, [&](rate_record& record) {
    auto& window = record[sent.which];
    if (name_of(window) != sent.name || tick >= window.end)
      return;
    window.others = std::max(window.others, saturate(total - std::min<std::uint64_t>(sent.own, total)));
    auto end = tick + 1 + to_ticks(std::max(left, milliseconds{0}));
    window.end = std::min<std::uint64_t>(window.end, end) & rate_window::end_mask;
  });
}

void rate_limiter::put_back(const shared_count& unsent) {
  clients_.find(unsent.client, [&](rate_record& record) {
    auto& window = record[unsent.which];
    if (name_of(window) != unsent.name)
      return;
    window.unshared = 1;
    changed_.set(clients_.bucket_of(unsent.client));
  });
}

} // namespace tessera
