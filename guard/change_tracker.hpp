#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tessera {

/// Numbers between those of changes that were seen, from `first` to `last`.
struct change_gap {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  bool operator==(const change_gap&) const = default;
};

/// Knows which changes of a feed have been read, where transactions take a number first and commit later, in any order,
/// or never: a number that is missing may be filled still. What is missing is read again and again, until somebody who
/// can tell says that no transaction holds it. Then it belongs to one that was rolled back.
///
/// Memory is bounded: when there are too many gaps, neighbours are joined, and what lies between them is read again,
/// which does no harm. Pure; one owner.
class change_tracker {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct limits {
    std::size_t gaps = 1'000;
    /// How long a number is missing at least before one asks whether a transaction holds it. Between taking the number
    /// and locking its row lie microseconds, or a moment in which the server's thread does not run.
    std::chrono::milliseconds patience{10'000};
  };

  /// All changes up to `position` count as read.
  explicit change_tracker(std::uint64_t position) : change_tracker(position, limits{}) {
  }
  change_tracker(std::uint64_t position, limits bounds) : newest_(position), limits_(bounds) {
  }

  /// Returns the highest number that was seen.
  std::uint64_t newest() const noexcept {
    return newest_;
  }

  /// Returns the number up to which all is settled: whoever goes on from there misses nothing.
  std::uint64_t position() const noexcept {
    return gaps_.empty() ? newest_ : gaps_.front().what.first - 1;
  }

  /// Returns what is to be read again, ascending.
  std::vector<change_gap> gaps() const;

  /// These numbers, ascending, were found in the gaps and behind `newest`; up to the last of them there were no others.
  void see(std::span<const std::uint64_t> numbers, time_point now);

  /// Returns up to `count` of the gaps that are older than the patience: about them, somebody is to be asked whether a
  /// transaction holds a number.
  std::vector<change_gap> doubtful(time_point now, std::size_t count) const;

  /// No transaction held a number of `gap` when it was asked; what was read since has been seen. What is missing there
  /// still is missing for good.
  void settle(const change_gap& gap);

  /// A transaction holds a number of `gap`: it becomes doubtful again after the patience.
  void hold(const change_gap& gap, time_point now);

private:
  struct watched {
    change_gap what;
    time_point since;
  };

  void fill(std::uint64_t number);
  void join_neighbours();

  std::uint64_t newest_;
  limits limits_;
  std::vector<watched> gaps_; ///< ascending
};

} // namespace tessera
