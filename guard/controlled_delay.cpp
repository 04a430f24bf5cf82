#include "guard/controlled_delay.hpp"

namespace tessera {

void controlled_delay::observe(std::optional<time_point> oldest, time_point now) noexcept {
  if (target_.count() == 0)
    return;
  if (oldest && now - *oldest >= target_) {
    if (!above_since_)
      above_since_ = *oldest + target_;
    if (now - *above_since_ >= interval_)
      overloaded_ = true;
    return;
  }
  above_since_.reset();
  if (now - refused_at_ >= interval_)
    overloaded_ = false;
}

controlled_delay::time_point controlled_delay::next_change(std::optional<time_point> oldest) const noexcept {
  if (target_.count() == 0)
    return time_point::max();
  if (overloaded_)
    return oldest ? *oldest + 2 * target_ : refused_at_ + interval_;
  return oldest ? above_since_.value_or(*oldest + target_) + interval_ : time_point::max();
}

} // namespace tessera
