#include "actors/change_reader.hpp"

#include "messages/types.hpp"

#include <algorithm>
#include <utility>

namespace tessera {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Behind a full page all will be cleared, and what is read is wanted for its numbers only.
constexpr std::size_t large_page = 10'000;

/// How long those may be read before all is cleared: changes must not wait for longer.
constexpr milliseconds longest_reading{500};

/// Gaps to ask about in one look.
constexpr std::size_t doubts_per_look = 16;

constexpr seconds book_interval{1};
constexpr seconds purge_interval{60};

} // namespace

change_reader_state::~change_reader_state() {
  if (slot)
    slot->close();
}

void change_reader_state::look() {
  if (asked_at) {
    if (now() - *asked_at >= settings.patience)
      ask();
  } else {
    auto done = ok();
    if (waiting.empty()) {
      keep_books();
      done = on_connection(*store, *slot, [this](auto& connection) { return read(connection); });
    }
    if (slot->interrupted()) // the end
      return;
    if (done) {
      if (std::exchange(failing, false))
        spdlog::info("change_reader: the change feed can be read again");
    } else {
      note_failure(*metrics, done.error().code);
      if (!std::exchange(failing, true))
        spdlog::error("change_reader: the change feed cannot be read ({}): {}; what others change may be served as it "
                      "was until then",
                      to_string(done.error().code), mask_id_numbers(done.error().detail));
    }
    if (!waiting.empty())
      ask();
    else if (done)
      is_current();
  }
  self->delayed_send(change_reader_actor{self}, settings.interval, tick{});
}

status change_reader_state::read(store_connection& connection) {
  if (!tracker) {
    if (auto begun = begin(connection); !begun)
      return begun;
  }
  auto settled = given_up(connection);
  if (!settled)
    return settled.error();
  read_at = now();
  auto more = read_page(connection, settings.page);
  while (more && *more && tracker && now() - read_at < longest_reading) {
    waiting.everything = true;
    more = read_page(connection, large_page);
  }
  if (!more)
    return more.error();
  if (*more) {
    waiting.everything = true;
  } else if (tracker) {
    for (const auto& gap : *settled)
      tracker->settle(gap);
    set(metrics->gaps, tracker->gaps().size());
    set(metrics->position, tracker->position());
  }
  return ok();
}

/// Finds out where to begin.
status change_reader_state::begin(store_connection& connection) {
  auto known = std::exchange(start, std::nullopt);
  if (!known) {
    auto found = connection.find_change_start(l2_name);
    if (!found)
      return found.error();
    known = *found;
    waiting.everything = true;
  }
  bool goes_on = known->position && *known->position >= known->purged && *known->position <= known->newest;
  if (!goes_on) {
    waiting.everything |= !l2_name.empty();
    known->position = known->purged <= known->newest ? known->purged : 0;
  }
  tracker.emplace(*known->position);
  last.reset();
  saved.reset();
  saves_anew = !goes_on;
  return ok();
}

/// Saves the position and deletes old changes, when it is time. All that was read has been cleared by now.
void change_reader_state::keep_books() {
  const auto at = now();
  if (!tracker || at < books_at)
    return;
  books_at = at + book_interval;
  auto position = tracker->position();
  auto done = on_connection(*store, *slot, [&](store_connection& connection) -> status {
    if (!l2_name.empty() && saved != position && l2_settled()) {
      if (auto kept = connection.save_change_position(l2_name, position, saves_anew); !kept)
        return kept;
      saved = position;
      saves_anew = false;
    }
    if (at < purge_at)
      return ok();
    auto more = connection.purge_changes(position, settings.keep);
    if (!more)
      return more.error();
    purge_at = *more ? at : at + purge_interval;
    return ok();
  });
  if (done) {
    books_fail = false;
    return;
  }
  // Reading goes on: at worst a later start clears more than it must.
  books_at = at + purge_interval;
  note_failure(*metrics, done.error().code);
  if (!std::exchange(books_fail, true) && !slot->interrupted())
    spdlog::warn("change_reader: the position in the change feed cannot be kept ({}): {}", to_string(done.error().code),
                 mask_id_numbers(done.error().detail));
}

/// Returns the gaps that nobody will fill any more but who has done so by now.
result<std::vector<change_gap>> change_reader_state::given_up(store_connection& connection) {
  std::vector<change_gap> settled;
  for (const auto& gap : tracker->doubtful(now(), doubts_per_look)) {
    auto held = connection.holds_change(gap);
    if (!held)
      return held.error();
    if (*held)
      tracker->hold(gap, now());
    else
      settled.push_back(gap);
  }
  return settled;
}

result<bool> change_reader_state::read_page(store_connection& connection, std::size_t limit) {
  auto gaps = tracker->gaps();
  auto page = connection.read_changes(last ? last->number : tracker->newest() + 1, gaps, limit);
  if (!page)
    return page.error();
  if (!*page)
    return false;
  auto& rows = (*page)->rows;
  bool full = rows.size() >= limit;
  if (last) {
    auto there = std::ranges::find(rows, last->number, &member_change::number);
    if (there != rows.end() ? *there != *last : !full || rows.back().number > last->number) {
      start_over();
      return false;
    }
    if (there != rows.end())
      rows.erase(there);
  }
  take(**page);
  return full;
}

void change_reader_state::take(const change_page& page) {
  std::vector<std::uint64_t> numbers;
  numbers.reserve(page.rows.size());
  for (const auto& change : page.rows) {
    numbers.push_back(change.number);
    auto age = duration_cast<milliseconds>(page.now - change.at);
    waiting.age = std::max(waiting.age.value_or(age), age);
    waiting.everything |= change.member.value == 0;
    for (const auto& number : {change.old_number, change.new_number})
      if (number && !waiting.everything
          && (waiting.members.empty() || waiting.members.back() != changed_member{change.member, *number}))
        waiting.members.push_back({change.member, *number});
  }
  waiting.rows += page.rows.size();
  if (!page.rows.empty() && page.rows.back().number > tracker->newest())
    last = page.rows.back();
  auto before = tracker->gaps().size();
  tracker->see(numbers, read_at);
  auto after = tracker->gaps().size();
  add(metrics->gaps_met, after - std::min(before, after));
}

/// The feed is not the one that was read before: emptied, restored from a backup, or of a server that had missed the
/// last changes when it took over.
void change_reader_state::start_over() {
  spdlog::warn("change_reader: changes that were read are not in the feed any more; clears all caches and begins anew");
  tracker.reset();
  waiting = {}; // the next look has all cleared
}

void change_reader_state::ask() {
  asked_at = now();
  if (waiting.everything)
    waiting.members.clear();
  self->send(here.maintenance,
             clear_changes{change_reader_actor{self}, ++asked, waiting.everything, l1_is_empty, waiting.members});
}

void change_reader_state::handle(const changes_cleared& answer) {
  if (!asked_at || answer.batch != asked)
    return;
  asked_at.reset(); // if it failed, the next look asks again
  if (answer.error != error_code::none) {
    note_failure(*metrics, answer.error);
    return;
  }
  if (std::exchange(l1_is_empty, false) && tessera::read(metrics->unawaited) != 0)
    return; // L1 may have something: the next look asks for all of it
  add(metrics->applied, waiting.rows);
  if (waiting.everything)
    add(metrics->cleared_all);
  if (waiting.age)
    set(metrics->lag_ms, static_cast<std::uint64_t>(std::max<std::int64_t>(
                             (*waiting.age + duration_cast<milliseconds>(now() - read_at)).count(), 0)));
  is_current();
  waiting = {};
}

/// All that had been committed when it was read last is cleared.
void change_reader_state::is_current() {
  set(metrics->current_ms, steady_ms(read_at));
  l1_is_empty = false;
  set(metrics->known, 1);
}

change_reader_actor::behavior_type change_reader(change_reader_state::pointer self, change_reader_settings settings,
                                                 std::shared_ptr<member_store> store,
                                                 std::shared_ptr<connection_slot> slot, std::string l2_name,
                                                 std::function<bool()> l2_settled, std::optional<change_start> start,
                                                 change_metrics* metrics, clock_source now) {
  furnish(self, change_reader_state::name, *metrics);
  auto& state = self->state;
  state.self = self;
  state.settings = settings;
  state.store = std::move(store);
  state.slot = std::move(slot);
  state.l2_name = std::move(l2_name);
  state.l2_settled = std::move(l2_settled);
  state.start = start;
  state.l1_is_empty = start.has_value();
  state.metrics = metrics;
  state.now = std::move(now);
  if (read(metrics->current_ms) == 0) // L1 has nothing yet
    set(metrics->current_ms, steady_ms(state.now()));
  return {
      [self](const changes_cleared& answer) {
        handling timed{*self->state.metrics};
        self->state.handle(answer);
      },
      [self](const tick&) {
        handling timed{*self->state.metrics};
        self->state.look();
      },
      [self](const directory& where) {
        auto& state = self->state;
        auto before = std::exchange(state.here, where).maintenance;
        if (!before)
          state.look();
        else if (where.maintenance != before)
          state.asked_at.reset(); // whoever was asked has died
      },
  };
}

} // namespace tessera
