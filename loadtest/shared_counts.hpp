#pragma once

#include "loadtest/tally.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace tessera::loadtest {

/// Memory that a process shares with those that it forks: each of them counts in a part of its own, and all see whether
/// they shall stop. Nothing has to be written to a pipe, and what one counted before it died is there.
class shared_counts {
public:
  /// Throws std::bad_alloc.
  shared_counts(std::size_t processes, std::chrono::nanoseconds run);

  worker_counts of(std::size_t process) const noexcept;

  std::atomic<bool>& stopping() const noexcept;

  /// Returns what all have counted; right when they have ended.
  run_tally totals() const;
  std::vector<slot_tally> timeline() const;

private:
  struct unmap {
    std::size_t size = 0;
    void operator()(std::byte* memory) const noexcept;
  };

  std::byte* part(std::size_t process) const noexcept;

  std::size_t processes_;
  std::size_t slots_;
  std::size_t part_size_;
  std::unique_ptr<std::byte, unmap> memory_;
};

} // namespace tessera::loadtest
