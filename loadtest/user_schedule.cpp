#include "loadtest/user_schedule.hpp"

#include "loadtest/random.hpp"

#include <algorithm>

namespace tessera::loadtest {

namespace {

bool later(const user_schedule::request& left, const user_schedule::request& right) noexcept {
  return left.due > right.due;
}

} // namespace

user_schedule::user_schedule(const options& chosen)
    : chosen_(chosen),
      users_(chosen.first < chosen.users ? (chosen.users - chosen.first + chosen.step - 1) / chosen.step : 0),
      gap_(std::chrono::round<nanoseconds>(std::chrono::duration<double>(1 / chosen.rate))) {
  waiting_.reserve(users_);
  for (std::size_t user = 0; user < users_; ++user) {
    load_random random{chosen.seed ^ (chosen.first + user * chosen.step) << 20};
    auto phase = nanoseconds{static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(gap_.count())))};
    waiting_.push_back({begin_of(user) + phase, static_cast<std::uint32_t>(user)});
  }
  std::ranges::make_heap(waiting_, later);
}

user_schedule::nanoseconds user_schedule::begin_of(std::size_t user) const noexcept {
  auto share = static_cast<double>(chosen_.first + user * chosen_.step) / static_cast<double>(chosen_.users);
  return std::chrono::duration_cast<nanoseconds>(chosen_.ramp * share);
}

user_schedule::request user_schedule::take() {
  std::ranges::pop_heap(waiting_, later);
  auto result = waiting_.back();
  waiting_.back().due += gap_;
  std::ranges::push_heap(waiting_, later);
  return result;
}

} // namespace tessera::loadtest
