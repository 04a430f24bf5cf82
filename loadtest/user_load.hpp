#pragma once

#include "loadtest/connections.hpp"
#include "loadtest/load_plan.hpp"
#include "loadtest/member_choice.hpp"
#include "loadtest/members.hpp"
#include "loadtest/mix.hpp"
#include "loadtest/requests.hpp"
#include "loadtest/tally.hpp"
#include "loadtest/user_schedule.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera::loadtest {

/// Of a measured open loop: the generator fell behind if a hundredth of the requests was taken up later than this after
/// they were due.
inline constexpr std::chrono::milliseconds lag_limit{5};

/// What one process of a load works with. All of it outlives the load.
struct load_work {
  const load_plan& plan;
  std::span<const load_member> members; ///< the most popular one first
  std::span<const issued_card> cards;   ///< to verify
  std::size_t process = 0;              ///< which one of plan.processes
  std::chrono::steady_clock::time_point begin;
  const std::atomic<bool>& stopping; ///< set by whoever wants it to end early
};

/// The users of one process: each has a connection, asks when it is due, and checks the answer. A request that is due
/// while the user's last one is not answered waits for that, and its latency counts from when it was due all the same:
/// so a server that stalls cannot hide what it held up (no coordinated omission). One thread.
class user_load final : private connections::listener {
public:
  user_load(const load_work& work, worker_counts counts);

  /// Runs the load to its end.
  void run();

private:
  using clock = std::chrono::steady_clock;
  using nanoseconds = std::chrono::nanoseconds;

  struct request {
    nanoseconds due{0};
    std::uint32_t subject = 0; ///< index of the member, or of the card
    scenario asked = scenario::lookup;
    bool repeated = false;
  };

  struct user {
    request asked;
    bool was_open = false;       ///< their connection, before
    bool asking = false;         ///< `asked` awaits an answer, or its connection to be open
    std::vector<request> queued; ///< due after it
  };

  void on_open(std::size_t index) override;
  void on_answer(std::size_t index, const http_answer& answer) override;
  void on_fault(std::size_t index, connection_fault fault, bool reused, bool begun) override;
  void on_idle_close(std::size_t index) override;

  nanoseconds elapsed() const;
  bool over() const;
  nanoseconds until_next() const;
  bool is_measured(const request& which) const noexcept {
    return which.due >= work_.plan.ramp;
  }

  void begin_users();
  void take_due();
  void take_up(std::size_t index, nanoseconds due);
  void start(std::size_t index, const request& next);
  void send(std::size_t index);
  void ask_again(std::size_t index);
  void done(std::size_t index, outcome what, std::string_view kind);
  void count(const request& which, outcome what, std::string_view kind);
  void stop();
  void finish();

  const load_work work_;
  worker_counts counts_;
  user_schedule schedule_;
  mix_sequence mix_;
  member_choice choice_;
  load_random cards_;
  request_writer writer_;
  std::vector<user> users_;
  std::deque<std::pair<nanoseconds, std::size_t>> resting_; ///< of a closed loop, after a failure: until when, who
  connections connections_;
  std::size_t begun_ = 0;    ///< users that have begun
  std::size_t asking_ = 0;   ///< users that await an answer
  nanoseconds end_;          ///< nothing is due from then on
  bool stopped_ = false;     ///< early
  nanoseconds next_look_{0}; ///< for requests that wait for too long
};

} // namespace tessera::loadtest
