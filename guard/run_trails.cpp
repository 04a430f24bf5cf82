#include "guard/run_trails.hpp"

#include <algorithm>
#include <limits>

namespace tessera {

namespace {

constexpr std::uint32_t distance(std::uint32_t from, std::uint32_t to) noexcept {
  return from < to ? to - from : from - to;
}

constexpr std::int8_t direction(std::uint32_t from, std::uint32_t to) noexcept {
  return from < to ? 1 : -1;
}

} // namespace

unsigned run_trails::same(std::uint32_t what, bool is_new) noexcept {
  for (std::size_t i = 0; i < trails_.size(); ++i)
    if (trails_[i].length > 0 && trails_[i].at == what)
      return follow(i, what, 0, is_new);
  return begin(what, is_new);
}

unsigned run_trails::step(std::uint32_t place, std::uint32_t reach, bool is_new) noexcept {
  auto longest = trails_.size(); // none
  auto behind = false;
  for (std::size_t i = 0; i < trails_.size(); ++i) {
    auto& x = trails_[i];
    if (x.length == 0 || distance(x.at, place) > reach)
      continue;
    if (place == x.at || x.direction == -direction(x.at, place))
      behind = true;
    else if (longest == trails_.size() || x.length > trails_[longest].length)
      longest = i;
  }
  if (longest < trails_.size())
    return follow(longest, place, direction(trails_[longest].at, place), is_new);
  return behind ? 0 : begin(place, is_new);
}

unsigned run_trails::longest() const noexcept {
  return std::ranges::max_element(trails_, {}, &trail::length)->length;
}

unsigned run_trails::follow(std::size_t which, std::uint32_t at, std::int8_t direction, bool is_new) noexcept {
  auto& x = trails_[which];
  x.at = at;
  x.direction = direction;
  if (is_new && x.length < std::numeric_limits<std::uint16_t>::max())
    ++x.length;
  auto first = trails_.begin();
  auto used = first + static_cast<std::ptrdiff_t>(which);
  std::rotate(first, used, used + 1);
  return trails_.front().length;
}

unsigned run_trails::begin(std::uint32_t at, bool is_new) noexcept {
  if (!is_new)
    return 0;
  std::shift_right(trails_.begin(), trails_.end(), 1);
  trails_.front() = {at, 1, 0};
  return 1;
}

} // namespace tessera
