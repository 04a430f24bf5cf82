#include "actors/redis_debts.hpp"

#include <algorithm>

namespace tessera {

namespace {

// A load that began before an invalidation may still put its value afterwards: it is over by then.
constexpr std::chrono::milliseconds longest_load = std::chrono::minutes{2};

} // namespace

redis_debts::redis_debts(std::size_t limit, std::chrono::milliseconds value_life)
    : limit_(limit), value_life_(value_life) {
}

void redis_debts::owe(id_number number, time_point now) {
  if (numbers_.size() < limit_ || numbers_.contains(number))
    numbers_.insert(number);
  else
    owe_unknown(now);
}

void redis_debts::owe_unknown(time_point now) {
  distrusted_until_ = now + value_life_ + longest_load;
}

std::vector<id_number> redis_debts::some(std::size_t count) const {
  std::vector<id_number> out;
  out.reserve(std::min(count, numbers_.size()));
  for (auto number = numbers_.begin(); number != numbers_.end() && out.size() < count; ++number)
    out.push_back(*number);
  return out;
}

void redis_debts::pay_all() noexcept {
  numbers_.clear();
  all_ = false;
  distrusted_until_.reset();
}

void redis_debts::pay(std::span<const id_number> numbers) {
  for (auto number : numbers)
    numbers_.erase(number);
}

} // namespace tessera
