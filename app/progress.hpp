#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace tessera {

/// What a line about progress says at a time, as text: numbers in, text out.
///
///   [=========>            ]  42%  420,000 of 1,000,000 members  51,234/s  0:11 left
///
/// The rate is that of the last seconds, so that it follows what happens now, and the time left goes by it.
class progress_meter {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `unit`: what is counted, in the plural. Without `total` there is neither bar nor time left, unless `update` is
  /// given a share. `start` counts as a first update.
  progress_meter(std::string unit, std::optional<std::uint64_t> total, time_point start);

  /// `count` are done at `now`. Times must not go back.
  void update(std::uint64_t count, time_point now);

  /// The same where how far it has come is known otherwise, as a share from 0 to 1 (bytes of a file, say).
  void update(std::uint64_t count, double share, time_point now);

  /// Has what was done before the start, by an earlier run, left out of the rate.
  void begin_at(std::uint64_t count, double share);

  /// Returns the line, at most `width` characters of ASCII long: the bar is what shrinks first.
  std::string line(std::size_t width) const;

  /// Returns the line that stays at the end: how many in how much time, and the rate over all of it.
  std::string summary() const;

private:
  struct sample {
    time_point at;
    std::uint64_t count = 0;
    double share = 0;
  };

  void add(sample now);
  double rate() const;
  std::optional<double> seconds_left() const;

  std::string unit_;
  std::optional<std::uint64_t> total_;
  bool has_share_ = false;
  sample first_;
  std::deque<sample> window_; ///< the last is the newest
};

/// Keeps a line about progress on standard error up to date, redrawn at most ten times a second. Where that is no
/// terminal there is a plain line every ten seconds instead, so that a log shows life and a short job adds nothing to
/// it. One thread.
class progress_line {
public:
  using time_point = progress_meter::time_point;

  explicit progress_line(std::string unit, std::optional<std::uint64_t> total = std::nullopt);

  /// Leaves the line as it is, ended: what is printed next begins on its own.
  ~progress_line();
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  /// Cheap: call it as often as you like.
  void update(std::uint64_t count);
  void update(std::uint64_t count, double share);

  /// See `progress_meter::begin_at`.
  void begin_at(std::uint64_t count, double share);

  /// Replaces the line by the summary, where a line was shown at all.
  void finish();

private:
  void show(time_point now);

  progress_meter meter_;
  bool terminal_;
  bool shown_ = false; ///< there is a line of ours that has not ended
  time_point next_;    ///< when to show it again
};

} // namespace tessera
