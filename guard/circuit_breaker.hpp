#pragma once

#include "guard/call_window.hpp"
#include "guard/xorshift64.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tessera {

struct circuit_breaker_settings {
  std::size_t failures = 10;                  ///< in a row, and the least in the window; 0: it never opens
  std::chrono::milliseconds recovery{60'000}; ///< open for so long, give or take 5 %
  std::uint64_t seed = 1;                     ///< of the jitter
};

/// Leaves a service alone that does not do its work: nobody waits for what will fail anyway, and the service gets the
/// quiet to recover (Nygard, Release It!, 2007, chapter 5).
///
/// - *closed*: all may call. It opens when so many calls in a row failed; when, of the last 10 s, as many and at least
///   half of at least 20 calls failed; or when four in five of at least 20 were slow.
/// - *open*: none may call, until the recovery time is over.
/// - *half-open*: one probe at a time; three in a row that succeed close it, one that fails opens it again.
///
/// An operator's order goes over all that: until its time is over, the breaker stays open, or closed whatever fails.
/// Then one that was open is probed, and one that was closed judges the calls from then on.
///
/// Each change of state and each order begins a new epoch. A call belongs to the epoch in which it began; what comes of
/// it later than that says nothing about now and is ignored. Compares times when it is asked and needs no timer. Pure;
/// one owner.
class circuit_breaker {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;
  using epoch = std::uint64_t;

  enum class state : std::uint8_t { closed, half_open, open };
  enum class reason : std::uint8_t { none, failures_in_a_row, failure_rate, slow_calls, probe_failed, ordered };

  /// Fewer calls in the window are no sample (Hystrix: circuitBreaker.requestVolumeThreshold).
  static constexpr std::uint64_t least_calls = 20;
  /// Opens from this share of failed calls in the window (Hystrix: circuitBreaker.errorThresholdPercentage).
  static constexpr std::uint64_t failure_percent = 50;
  /// A call that takes longer is slow, whether it fails or not (as resilience4j counts them): statements of lookups
  /// take milliseconds.
  static constexpr std::chrono::milliseconds slow_call{1'000};
  /// Opens from this share of slow calls in the window (resilience4j's default of 100 would let one quick call in the
  /// window keep it closed).
  static constexpr std::uint64_t slow_percent = 80;
  /// One success may be luck.
  static constexpr unsigned probes_to_close = 3;
  /// The recovery time varies by this share, so that the nodes of one database do not probe it at once.
  static constexpr std::int64_t jitter_percent = 5;

  explicit circuit_breaker(const circuit_breaker_settings& settings) noexcept;

  /// Returns the epoch of a call that begins now, or nothing if none may begin.
  std::optional<epoch> permit() const noexcept;

  /// Returns whether a probe may begin.
  bool probe_due(time_point now) const noexcept;

  /// A probe begins; its result is to be given like that of a call. REQUIRES: a probe is due.
  epoch begin_probe() noexcept;

  /// `count` calls that began in `begun` and took `duration` have succeeded.
  void succeeded(epoch begun, std::chrono::microseconds duration, time_point now, std::size_t count = 1) noexcept;
  void failed(epoch begun, std::chrono::microseconds duration, time_point now, std::size_t count = 1) noexcept;

  /// Keeps it open, or closed, until `until`, in place of an order that there was.
  /// REQUIRES: `to` is open or closed.
  void force(state to, time_point until) noexcept;

  /// Ends an order before its time; does nothing if there is none.
  void release(time_point now) noexcept;

  /// Returns until when an order holds, or nothing if none does.
  std::optional<time_point> forced_until(time_point now) const noexcept;

  /// Returns when the next probe is due: in the past if it is under way. Tells nothing while closed.
  time_point retry_at() const noexcept {
    return retry_at_;
  }

  state current_state() const noexcept {
    return state_;
  }

  /// Returns why it opened last; none if it never did.
  reason opened_by() const noexcept {
    return opened_by_;
  }

  /// Returns how often it has opened, not counting failed probes, with which it merely stays open.
  std::uint64_t opened() const noexcept {
    return opened_;
  }

  /// Returns how many probes have begun.
  std::uint64_t probes() const noexcept {
    return probes_;
  }

private:
  void record(epoch begun, bool success, std::chrono::microseconds duration, time_point now,
              std::size_t count) noexcept;
  void judge(time_point now) noexcept;
  void open(reason why, time_point now) noexcept;
  void close() noexcept;
  void enter(state to) noexcept;

  circuit_breaker_settings settings_;
  xorshift64 random_;
  state state_ = state::closed;
  epoch epoch_ = 1;
  std::size_t failures_in_a_row_ = 0;
  call_window window_;
  time_point retry_at_{};
  time_point forced_until_{}; ///< in the past: no order holds
  bool probing_ = false;
  unsigned probes_in_a_row_ = 0;
  reason opened_by_ = reason::none;
  std::uint64_t opened_ = 0;
  std::uint64_t probes_ = 0;
};

/// Returns a few words for the log.
std::string_view to_string(circuit_breaker::reason why) noexcept;

} // namespace tessera
