#include "guard/change_tracker.hpp"

#include <algorithm>

namespace tessera {

std::vector<change_gap> change_tracker::gaps() const {
  std::vector<change_gap> result;
  result.reserve(gaps_.size());
  for (const auto& gap : gaps_)
    result.push_back(gap.what);
  return result;
}

void change_tracker::see(std::span<const std::uint64_t> numbers, time_point now) {
  for (auto number : numbers) {
    if (number <= newest_) {
      fill(number);
      continue;
    }
    if (number > newest_ + 1)
      gaps_.push_back({{newest_ + 1, number - 1}, now});
    newest_ = number;
  }
  while (gaps_.size() > limits_.gaps)
    join_neighbours();
}

void change_tracker::fill(std::uint64_t number) {
  auto gap = std::ranges::lower_bound(gaps_, number, {}, [](const watched& x) { return x.what.last; });
  if (gap == gaps_.end() || number < gap->what.first)
    return;
  auto [first, last] = gap->what;
  auto since = gap->since;
  if (first == last) {
    gaps_.erase(gap);
  } else if (number == first) {
    gap->what.first = number + 1;
  } else {
    gap->what.last = number - 1;
    if (number < last)
      gaps_.insert(gap + 1, {{number + 1, last}, since});
  }
}

void change_tracker::join_neighbours() {
  auto to = gaps_.begin();
  for (auto from = gaps_.begin(); from != gaps_.end(); ++to) {
    *to = *from++;
    if (from == gaps_.end())
      continue;
    to->what.last = from->what.last;
    to->since = std::max(to->since, from->since);
    ++from;
  }
  gaps_.erase(to, gaps_.end());
}

std::vector<change_gap> change_tracker::doubtful(time_point now, std::size_t count) const {
  std::vector<change_gap> result;
  for (auto gap = gaps_.begin(); gap != gaps_.end() && result.size() < count; ++gap)
    if (now - gap->since >= limits_.patience)
      result.push_back(gap->what);
  return result;
}

void change_tracker::settle(const change_gap& gap) {
  std::erase_if(gaps_, [&](const watched& x) { return gap.first <= x.what.first && x.what.last <= gap.last; });
}

void change_tracker::hold(const change_gap& gap, time_point now) {
  for (auto& each : gaps_)
    if (gap.first <= each.what.first && each.what.last <= gap.last)
      each.since = now;
}

} // namespace tessera
