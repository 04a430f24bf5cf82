#include "storage/l1_invalidations.hpp"

#include <algorithm>
#include <bit>

namespace tessera {

namespace {

// One stripe per KiB of cache: at least as many as would be needed if every entry were being loaded at once, and no
// more than 16,384 (128 KiB), which is plenty for the loads in flight on one shard.
std::size_t stripes_for(std::size_t limit) noexcept {
  return std::bit_floor(std::clamp<std::size_t>(limit / 1024, 64, 16 * 1024));
}

} // namespace

l1_invalidations::l1_invalidations(std::size_t limit, std::uint64_t first)
    : stripes_(stripes_for(limit)), first_(first), count_(first), floor_(first) {
  std::fill_n(stripes_.data(), stripes_.size(), first);
}

void l1_invalidations::count(time_point now) noexcept {
  if (history_size_ == 0 || now - history_[(history_size_ - 1) % stretches].from >= shortest_stretch)
    history_[history_size_++ % stretches] = {now, count_};
  last_ = now;
  ++count_;
}

void l1_invalidations::add(std::uint64_t hash, time_point now) noexcept {
  count(now);
  stripes_[hash & (stripes_.size() - 1)] = count_;
}

void l1_invalidations::add_all(time_point now) noexcept {
  count(now);
  floor_ = count_;
}

load_stamp l1_invalidations::stamp_at(time_point began) const noexcept {
  if (history_size_ == 0 || began > last_)
    return {count_};
  // Whatever was invalidated since `began` lies in the last stretch that starts no later, or behind it.
  auto oldest = history_size_ - std::min(history_size_, stretches);
  for (auto at = history_size_; at-- > oldest;)
    if (history_[at % stretches].from <= began)
      return {history_[at % stretches].before};
  return {first_};
}

} // namespace tessera
