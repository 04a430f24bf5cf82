#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace tessera::test {

/// Knows when which version of a member was committed, and so how old an answer is: for how long its version had been
/// replaced when the question was asked. Any thread.
class staleness {
public:
  using clock = std::chrono::steady_clock;

  /// The member's version is committed by now. Versions of one member ascend.
  void committed(std::size_t member, unsigned version) {
    auto now = clock::now();
    std::lock_guard guard{mutex_};
    history_[member].emplace_back(version, now);
  }

  /// A question asked at `asked` was answered with `version`.
  void answered(std::size_t member, unsigned version, clock::time_point asked) {
    std::lock_guard guard{mutex_};
    ++answers_;
    const auto& all = history_[member];
    auto next = std::ranges::upper_bound(all, version, {}, &std::pair<unsigned, clock::time_point>::first);
    if (next == all.end() || next->second >= asked)
      return;
    ++stale_;
    longest_ = std::max(longest_, asked - next->second);
  }

  /// Returns whether this is the newest version.
  bool is_newest(std::size_t member, unsigned version) {
    std::lock_guard guard{mutex_};
    const auto& all = history_[member];
    return all.empty() || version >= all.back().first;
  }

  std::chrono::milliseconds longest() {
    std::lock_guard guard{mutex_};
    return std::chrono::duration_cast<std::chrono::milliseconds>(longest_);
  }
  std::size_t answers() {
    std::lock_guard guard{mutex_};
    return answers_;
  }
  std::size_t stale() {
    std::lock_guard guard{mutex_};
    return stale_;
  }

private:
  std::mutex mutex_;
  std::map<std::size_t, std::vector<std::pair<unsigned, clock::time_point>>> history_;
  std::size_t answers_ = 0;
  std::size_t stale_ = 0;
  clock::duration longest_{};
};

} // namespace tessera::test
