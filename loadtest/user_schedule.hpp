#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera::loadtest {

/// When each request of many users is due, counted from the begin. Each user asks with equal gaps, so that their number
/// of requests is exact, and has a random phase, so that all of them together look like arrivals at random times
/// (Palm-Khintchine). Users begin one after the other over the ramp. Of several processes each has the schedule of
/// every `step`th user; together they are the same as that of one. Pure; one owner.
class user_schedule {
public:
  using nanoseconds = std::chrono::nanoseconds;

  struct options {
    std::size_t users = 1; ///< of all processes
    std::size_t first = 0; ///< of this one, and then each `step`th
    std::size_t step = 1;
    double rate = 1; ///< requests per second and user
    nanoseconds ramp{0};
    std::uint64_t seed = 1;
  };

  struct request {
    nanoseconds due{0};
    std::uint32_t user = 0; ///< counted within this process

    bool operator==(const request&) const = default;
  };

  explicit user_schedule(const options& chosen);

  /// Returns how many users this process has.
  std::size_t users() const noexcept {
    return users_;
  }

  /// Returns when a user of this process begins; their first request is due within one gap from then.
  nanoseconds begin_of(std::size_t user) const noexcept;

  /// Returns when the next request is due; none is due earlier. REQUIRES: users() > 0.
  nanoseconds next_due() const noexcept {
    return waiting_.front().due;
  }

  /// Takes the next request.
  request take();

private:
  options chosen_;
  std::size_t users_;
  nanoseconds gap_;
  std::vector<request> waiting_; ///< the next one of each user; a heap with the earliest in front
};

} // namespace tessera::loadtest
