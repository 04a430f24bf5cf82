#include "loadtest/user_load.hpp"

#include "loadtest/verdict.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

namespace tessera::loadtest {

namespace {

using namespace std::chrono_literals;

/// Requests that are due are sent this many at a time, so that answers are looked at in between.
constexpr int sends_per_round = 64;

/// How often it looks whether it shall stop.
constexpr std::chrono::nanoseconds longest_wait = 100ms;

/// How often it looks for requests that have waited for too long: that takes a look at each user.
constexpr std::chrono::nanoseconds look_interval = 1s;

/// How long answers may still come when the load is stopped early.
constexpr std::chrono::nanoseconds stop_patience = 1s;

/// So long a user of a closed loop rests after a failure: a server that is away is not to be asked without a pause.
constexpr std::chrono::nanoseconds rest = 100ms;

bool may_be_repeated(scenario asked) noexcept {
  return asked == scenario::lookup || asked == scenario::stats;
}

user_schedule::options schedule_of(const load_work& work) {
  const auto& plan = work.plan;
  return {plan.users, work.process, plan.processes, plan.loop == loop_kind::open ? plan.rate : 1.0,
          plan.ramp,  plan.seed};
}

/// Each process's users come from the addresses behind those of the one before it.
std::optional<source_addresses> sources_of(const load_work& work) {
  const auto& plan = work.plan;
  if (!plan.has_sources())
    return std::nullopt;
  auto users_before =
      work.process * (plan.users / plan.processes) + std::min(work.process, plan.users % plan.processes);
  return source_addresses{plan.sources.of(users_before)};
}

/// A seed of its own for each process and purpose.
std::uint64_t seed_of(const load_work& work, std::uint64_t purpose) noexcept {
  return load_random{work.plan.seed * 1'000'003 + work.process * 101 + purpose}.next();
}

} // namespace

user_load::user_load(const load_work& work, worker_counts counts)
    : work_(work), counts_(counts), schedule_(schedule_of(work)), mix_(work.plan.mix, seed_of(work, 1)),
      choice_(work.plan.choice, work.members.size(), work.plan.skew, seed_of(work, 2)), cards_(seed_of(work, 3)),
      writer_(work.plan.target.host, work.plan.key), users_(schedule_.users()),
      connections_(work.plan.target.address, users_.size(), sources_of(work), *this), end_(work.plan.length()) {
}

void user_load::run() {
  // Else the kernel may wake us 50 us after a request is due, which is more than many an answer takes.
  ::prctl(PR_SET_TIMERSLACK, 1);
  while (!over()) {
    begin_users();
    take_due();
    connections_.wait(std::min(until_next(), longest_wait));
    if (auto now = elapsed(); now >= next_look_) {
      connections_.expire(clock::now() - work_.plan.patience);
      next_look_ = now + std::min(look_interval, work_.plan.patience);
    }
    if (!stopped_ && work_.stopping.load(std::memory_order_relaxed))
      stop();
  }
  finish();
}

user_load::nanoseconds user_load::elapsed() const {
  return clock::now() - work_.begin;
}

bool user_load::over() const {
  auto now = elapsed();
  return now >= end_
         && (asking_ == 0 || now >= end_ + (stopped_ ? stop_patience : work_.plan.patience + 2 * look_interval));
}

user_load::nanoseconds user_load::until_next() const {
  auto next = end_;
  if (begun_ < users_.size())
    next = std::min(next, schedule_.begin_of(begun_));
  if (work_.plan.loop == loop_kind::open)
    next = std::min(next, schedule_.next_due());
  else if (!resting_.empty())
    next = std::min(next, resting_.front().first);
  auto now = elapsed();
  return now < end_ ? next - now : longest_wait;
}

void user_load::begin_users() {
  for (auto now = elapsed(); begun_ < users_.size() && now < end_ && schedule_.begin_of(begun_) <= now; ++begun_) {
    live_counts::raise(counts_.live.users);
    if (work_.plan.loop == loop_kind::open)
      connections_.open(begun_);
    else
      take_up(begun_, now);
  }
}

void user_load::take_due() {
  for (int sent = 0; work_.plan.loop == loop_kind::open && sent < sends_per_round; ++sent) {
    auto due = schedule_.next_due();
    if (due >= end_ || due > elapsed())
      return;
    take_up(schedule_.take().user, due);
  }
  for (auto now = elapsed(); !resting_.empty() && resting_.front().first <= now; resting_.pop_front())
    ask_again(resting_.front().second);
}

void user_load::take_up(std::size_t index, nanoseconds due) {
  request next{due, 0, mix_.next()};
  next.subject =
      static_cast<std::uint32_t>(next.asked == scenario::verify ? cards_.below(work_.cards.size()) : choice_.next());
  if (is_measured(next)) {
    ++counts_.totals.due;
    counts_.totals.send_lag_ns.record(static_cast<std::uint64_t>((elapsed() - due).count()));
  }
  if (users_[index].asking)
    users_[index].queued.push_back(next);
  else
    start(index, next);
}

void user_load::start(std::size_t index, const request& next) {
  users_[index].asked = next;
  users_[index].asking = true;
  ++asking_;
  if (connections_.is_idle(index))
    send(index);
  else if (connections_.is_closed(index))
    connections_.open(index);
}

void user_load::send(std::size_t index) {
  const auto& next = users_[index].asked;
  if (is_measured(next) && !next.repeated && elapsed() <= end_ + lag_limit)
    ++counts_.totals.sent_in_time;
  if (next.asked == scenario::verify)
    connections_.ask(index, work_.cards[next.subject].request);
  else
    connections_.ask(index, writer_.write(next.asked, work_.members[next.subject]));
}

void user_load::ask_again(std::size_t index) {
  if (auto now = elapsed(); now < end_)
    take_up(index, now);
}

/// Counts what became of the user's request, and goes on to the next.
void user_load::done(std::size_t index, outcome what, std::string_view kind) {
  auto& user = users_[index];
  count(user.asked, what, kind);
  user.asking = false;
  --asking_;
  if (!user.queued.empty()) {
    auto next = user.queued.front();
    user.queued.erase(user.queued.begin());
    start(index, next);
  } else if (work_.plan.loop == loop_kind::closed && what == outcome::failed) {
    resting_.emplace_back(elapsed() + rest, index);
  } else if (work_.plan.loop == loop_kind::closed) {
    ask_again(index);
  }
}

void user_load::count(const request& which, outcome what, std::string_view kind) {
  auto latency = elapsed() - which.due;
  auto& totals = counts_.totals;
  auto& tally = is_measured(which) ? totals.measured[index_of(which.asked)] : totals.ramp;
  tally.count(what, kind, latency);
  auto slot = static_cast<std::size_t>(which.due / slot_length(work_.plan.length()));
  counts_.timeline[std::min(slot, counts_.timeline.size() - 1)].count(what, latency);
  live_counts::raise(counts_.live.outcomes[index_of(what)]);
}

void user_load::on_open(std::size_t index) {
  auto& user = users_[index];
  if (user.was_open)
    ++counts_.totals.reconnects;
  user.was_open = true;
  if (user.asking)
    send(index);
}

void user_load::on_answer(std::size_t index, const http_answer& answer) {
  const auto& asked = users_[index].asked;
  const auto& whom = asked.asked == scenario::verify ? work_.cards[asked.subject].holder : work_.members[asked.subject];
  auto found = judge(asked.asked, answer, whom);
  done(index, found.what, found.what == outcome::good ? origin_of(answer) : found.kind);
}

void user_load::on_fault(std::size_t index, connection_fault fault, bool reused, bool begun) {
  auto& user = users_[index];
  if (!user.asking) {
    // That a connection could not be opened counts for what is asked on it next.
    if (fault == connection_fault::malformed)
      count({elapsed()}, outcome::failed, "unasked");
    return;
  }
  // The server may have closed it as idle in the very moment.
  bool idle_close = fault == connection_fault::closed && reused && !begun;
  if (idle_close && may_be_repeated(user.asked.asked) && !user.asked.repeated) {
    user.asked.repeated = true;
    return connections_.open(index);
  }
  // Those behind it would not get a connection, either.
  if (fault == connection_fault::refused)
    for (const auto& each : std::exchange(user.queued, {}))
      count(each, outcome::failed, to_string(fault));
  done(index, outcome::failed, to_string(fault));
}

void user_load::on_idle_close(std::size_t) {
  // It is opened again when the user asks next.
}

void user_load::stop() {
  stopped_ = true;
  end_ = std::min(end_, elapsed());
  for (auto& each : users_)
    counts_.totals.abandoned += std::exchange(each.queued, {}).size();
}

void user_load::finish() {
  for (auto& each : users_) {
    if (!each.asking)
      continue;
    if (stopped_) {
      ++counts_.totals.abandoned;
      continue;
    }
    count(each.asked, outcome::failed, to_string(connection_fault::timed_out));
    for (const auto& queued : each.queued)
      count(queued, outcome::failed, to_string(connection_fault::timed_out));
  }
  timespec cpu{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  counts_.totals.cpu_ns = static_cast<std::uint64_t>(cpu.tv_sec * 1'000'000'000 + cpu.tv_nsec);
  counts_.totals.measured_ns = static_cast<std::uint64_t>(std::max(end_ - work_.plan.ramp, nanoseconds{0}).count());
}

} // namespace tessera::loadtest
