#include "guard/circuit_breaker.hpp"

#include <cassert>

namespace tessera {

using std::chrono::microseconds;

circuit_breaker::circuit_breaker(const circuit_breaker_settings& settings) noexcept
    : settings_(settings), random_(settings.seed) {
}

std::optional<circuit_breaker::epoch> circuit_breaker::permit() const noexcept {
  return state_ == state::closed ? std::optional{epoch_} : std::nullopt;
}

bool circuit_breaker::probe_due(time_point now) const noexcept {
  return state_ == state::half_open ? !probing_ : state_ == state::open && now >= retry_at_;
}

circuit_breaker::epoch circuit_breaker::begin_probe() noexcept {
  assert(state_ != state::closed && !probing_);
  if (state_ == state::open) {
    state_ = state::half_open;
    ++epoch_;
    probes_in_a_row_ = 0;
  }
  probing_ = true;
  ++probes_;
  return epoch_;
}

void circuit_breaker::succeeded(epoch begun, microseconds duration, time_point now, std::size_t count) noexcept {
  record(begun, true, duration, now, count);
}

void circuit_breaker::failed(epoch begun, microseconds duration, time_point now, std::size_t count) noexcept {
  record(begun, false, duration, now, count);
}

void circuit_breaker::record(epoch begun, bool success, microseconds duration, time_point now,
                             std::size_t count) noexcept {
  if (begun != epoch_ || count == 0)
    return;
  if (state_ == state::half_open) {
    probing_ = false;
    if (!success)
      open(reason::probe_failed, now);
    else if (++probes_in_a_row_ == probes_to_close)
      close();
    return;
  }
  if (settings_.failures == 0 || forced_until(now))
    return;
  failures_in_a_row_ = success ? 0 : failures_in_a_row_ + count;
  window_.add({count, success ? 0 : count, duration > slow_call ? count : 0}, now);
  judge(now);
}

void circuit_breaker::judge(time_point now) noexcept {
  if (failures_in_a_row_ >= settings_.failures)
    return open(reason::failures_in_a_row, now);
  auto seen = window_.sum(now);
  if (seen.calls < least_calls)
    return;
  if (seen.failed >= settings_.failures && seen.failed * 100 >= seen.calls * failure_percent)
    open(reason::failure_rate, now);
  else if (seen.slow * 100 >= seen.calls * slow_percent)
    open(reason::slow_calls, now);
}

void circuit_breaker::force(state to, time_point until) noexcept {
  assert(to != state::half_open);
  if (to == state::closed) {
    close();
  } else {
    enter(state::open);
    opened_by_ = reason::ordered;
    retry_at_ = until;
  }
  forced_until_ = until;
}

void circuit_breaker::release(time_point now) noexcept {
  if (!forced_until(now))
    return;
  forced_until_ = now;
  if (state_ == state::open)
    retry_at_ = now;
}

std::optional<circuit_breaker::time_point> circuit_breaker::forced_until(time_point now) const noexcept {
  return now < forced_until_ ? std::optional{forced_until_} : std::nullopt;
}

void circuit_breaker::enter(state to) noexcept {
  if (state_ == state::closed && to == state::open)
    ++opened_;
  state_ = to;
  ++epoch_;
  probing_ = false;
}

void circuit_breaker::open(reason why, time_point now) noexcept {
  enter(state::open);
  opened_by_ = why;
  auto share = microseconds{settings_.recovery}.count() * jitter_percent / 100;
  auto more = static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(2 * share + 1)));
  retry_at_ = now + settings_.recovery + microseconds{more - share};
}

void circuit_breaker::close() noexcept {
  enter(state::closed);
  failures_in_a_row_ = 0;
  window_.clear();
}

std::string_view to_string(circuit_breaker::reason why) noexcept {
  switch (why) {
  case circuit_breaker::reason::none:
    return "nothing";
  case circuit_breaker::reason::failures_in_a_row:
    return "too many failures in a row";
  case circuit_breaker::reason::failure_rate:
    return "half of the calls fail";
  case circuit_breaker::reason::slow_calls:
    return "most calls are slow";
  case circuit_breaker::reason::probe_failed:
    return "a probe failed";
  case circuit_breaker::reason::ordered:
    return "an operator's order";
  }
  return "unknown";
}

} // namespace tessera
