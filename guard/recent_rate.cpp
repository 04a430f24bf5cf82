#include "guard/recent_rate.hpp"

#include <algorithm>

namespace tessera {

namespace {

using seconds = std::chrono::duration<double>;

constexpr seconds window{1};

} // namespace

void recent_rate::add(time_point now) noexcept {
  if (count_ == 0) {
    since_ = now;
  } else if (now - since_ >= window) {
    last_ = static_cast<double>(count_) / seconds{now - since_}.count();
    since_ = now;
    count_ = 0;
  }
  ++count_;
}

double recent_rate::per_second(time_point now) const noexcept {
  seconds elapsed = now - since_;
  auto running = static_cast<double>(count_) / std::max(elapsed, window).count();
  return elapsed < window ? std::max(last_, running) : running;
}

} // namespace tessera
