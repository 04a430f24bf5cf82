#include "guard/backoff.hpp"

#include <algorithm>

namespace tessera {

backoff::backoff(std::chrono::milliseconds minimum, std::chrono::milliseconds maximum, std::uint64_t seed) noexcept
    : minimum_(minimum), maximum_(maximum), current_(minimum), random_(seed) {
}

std::chrono::milliseconds backoff::failed(clock::time_point now) noexcept {
  auto half = std::max<std::int64_t>(current_.count() / 2, 1);
  auto wait =
      std::chrono::milliseconds{half + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(half)))};
  current_ = std::min(current_ * 2, maximum_);
  next_ = now + wait;
  return wait;
}

void backoff::succeeded() noexcept {
  current_ = minimum_;
  next_ = {};
}

} // namespace tessera
