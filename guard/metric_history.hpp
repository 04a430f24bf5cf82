#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace tessera {

/// What some figures were in the past, in three rings of fixed size: each second of the last 10 minutes, each 10 s of
/// the last 6 hours, each minute of the last 7 days; the longer ones keep mean, least and greatest. Takes 133 KB for
/// each series. One for all threads: written once a second, read when somebody looks.
class metric_history {
public:
  enum class range : std::uint8_t { ten_minutes, six_hours, seven_days };

  struct scale {
    std::int64_t step_s;
    std::size_t points;
  };
  static constexpr std::array<scale, 3> scales{{{1, 600}, {10, 2'160}, {60, 10'080}}};

  /// A range as columns. What is not known is NaN.
  struct columns {
    std::vector<std::int64_t> at_s;           ///< ends of the steps, in seconds since 1970, ascending, without gaps
    std::vector<std::vector<float>> mean;     ///< by series
    std::vector<std::vector<float>> least;    ///< by series; empty for ten_minutes
    std::vector<std::vector<float>> greatest; ///< likewise
  };

  explicit metric_history(std::size_t series);

  /// Adds the values of second `at_s`, one for each series; NaN: not known. What is not later than the last is ignored;
  /// a clock that went back by more than a minute begins a new history.
  void add(std::int64_t at_s, std::span<const float> values);

  /// Returns what is later than `since_s`.
  columns get(range which, std::int64_t since_s = 0) const;

  /// Returns the greatest value of a series within the last 10 minutes; NaN if none is known.
  float greatest(std::size_t series) const;

private:
  struct ring {
    std::int64_t last_s = 0; ///< of the newest point; 0: there is none
    std::size_t size = 0;
    std::size_t next = 0; ///< place of the next point
    std::vector<float> values;
  };
  /// A step under way.
  struct gathering {
    std::int64_t end_s = 0;
    std::vector<float> sum;
    std::vector<std::uint32_t> known;
    std::vector<float> least;
    std::vector<float> greatest;
  };

  void clear();
  void push(std::size_t which, std::int64_t at_s, std::span<const float> row);
  void finish(std::size_t which);
  std::size_t width(std::size_t which) const noexcept {
    return which == 0 ? series_ : 3 * series_;
  }
  const float* row(std::size_t which, std::size_t age) const noexcept;

  std::size_t series_;
  mutable std::mutex mutex_;
  std::array<ring, scales.size()> rings_;
  std::array<gathering, scales.size()> gathering_; ///< but for the first, which has nothing to gather
};

} // namespace tessera
