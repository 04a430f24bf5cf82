#pragma once

#include "storage/member_store.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace tessera {

/// The audit lines that the store does not have yet, in order. Whoever has one puts it here and tells the store_writer,
/// which alone takes them out. It outlives that actor: a successor goes on where its predecessor stopped, and nothing
/// is lost with a mailbox. Bounded. Any thread.
class audit_queue {
public:
  explicit audit_queue(std::size_t limit = 10'000) : limit_(limit) {
  }

  /// Adds a line. If there is no room for it, it is lost, and counted.
  void put(audit_entry line) {
    std::lock_guard guard{mutex_};
    if (lines_.size() < limit_)
      lines_.push_back(std::move(line));
    else
      ++lost_;
  }

  /// Returns copies of the first `count` lines, or of all if there are fewer.
  std::vector<audit_entry> first(std::size_t count) const {
    std::lock_guard guard{mutex_};
    return {lines_.begin(), end_of(std::min(count, lines_.size()))};
  }

  /// Takes the first `count` lines out. REQUIRES: there are as many.
  void drop(std::size_t count) {
    std::lock_guard guard{mutex_};
    lines_.erase(lines_.begin(), end_of(count));
  }

  std::size_t size() const {
    std::lock_guard guard{mutex_};
    return lines_.size();
  }

  bool full() const {
    return size() >= limit_;
  }

  /// Returns how many lines have found no room since it was last asked.
  std::size_t take_lost() {
    std::lock_guard guard{mutex_};
    return std::exchange(lost_, 0);
  }

private:
  using lines = std::deque<audit_entry>;

  lines::const_iterator end_of(std::size_t count) const {
    return lines_.begin() + static_cast<lines::difference_type>(count);
  }

  const std::size_t limit_;
  mutable std::mutex mutex_;
  lines lines_;
  std::size_t lost_ = 0;
};

} // namespace tessera
