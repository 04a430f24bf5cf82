#include "guard/recent_durations.hpp"

#include <algorithm>

namespace tessera {

void recent_durations::add(std::chrono::microseconds duration) noexcept {
  ring_[next_] = duration;
  next_ = (next_ + 1) % window;
  size_ = std::min(size_ + 1, window);
  stale_ = true;
}

std::chrono::microseconds recent_durations::p95() const noexcept {
  if (stale_) {
    auto sorted = ring_;
    auto rank = sorted.begin() + static_cast<std::ptrdiff_t>((size_ * 95 + 99) / 100 - 1);
    std::nth_element(sorted.begin(), rank, sorted.begin() + static_cast<std::ptrdiff_t>(size_));
    p95_ = *rank;
    stale_ = false;
  }
  return p95_;
}

} // namespace tessera
