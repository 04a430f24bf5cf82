#pragma once

#include "guard/client_key.hpp"
#include "guard/enumeration_record.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

namespace tessera {

/// The clients that looked as if they guessed, newest last, until their windows end: for operators. Of a flood of them
/// the oldest are forgotten. One for all threads; it is written when a client begins to be refused, which is rare.
class suspect_list {
public:
  using time_point = enumeration_record::time_point;

  struct suspect {
    client_key who;
    guess_fault fault = guess_fault::none;
    time_point since{};
    time_point until{};
  };

  explicit suspect_list(std::size_t limit = 100) : limit_(limit) {
  }

  void add(const suspect& one) {
    std::lock_guard guard{mutex_};
    std::erase_if(suspects_, [&](const auto& each) { return each.who == one.who; });
    suspects_.push_back(one);
    if (suspects_.size() > limit_)
      suspects_.pop_front();
  }

  /// Forgets whose windows have ended and returns the others.
  std::vector<suspect> current(time_point now) {
    std::lock_guard guard{mutex_};
    std::erase_if(suspects_, [&](const auto& each) { return each.until <= now; });
    return {suspects_.begin(), suspects_.end()};
  }

private:
  std::size_t limit_;
  std::mutex mutex_;
  std::deque<suspect> suspects_;
};

} // namespace tessera
