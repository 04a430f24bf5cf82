#include "guard/call_window.hpp"

namespace tessera {

namespace {

std::int64_t bucket_of(call_window::clock::time_point at) noexcept {
  return at.time_since_epoch() / call_window::bucket_length;
}

} // namespace

void call_window::add(const counts& what, clock::time_point now) noexcept {
  auto number = bucket_of(now);
  auto& to = ring_[static_cast<std::size_t>(number) % buckets];
  if (to.number != number)
    to = {number, {}};
  to.sum.calls += what.calls;
  to.sum.failed += what.failed;
  to.sum.slow += what.slow;
}

call_window::counts call_window::sum(clock::time_point now) const noexcept {
  auto oldest = bucket_of(now) - static_cast<std::int64_t>(buckets) + 1;
  counts total;
  for (const auto& [number, sum] : ring_) {
    if (number < oldest)
      continue;
    total.calls += sum.calls;
    total.failed += sum.failed;
    total.slow += sum.slow;
  }
  return total;
}

} // namespace tessera
