#pragma once

#include "bench/arrival_schedule.hpp"
#include "bench/http_answer.hpp"
#include "bench/loopback.hpp"
#include "bench/open_loop_report.hpp"

#include <sys/epoll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

namespace tessera::bench {

struct open_loop_options {
  std::uint16_t port = 0;
  double rate = 0;    ///< requests per second
  double seconds = 0; ///< how long requests are due
  arrivals schedule = arrivals::poisson;
  std::uint64_t seed = 1;
  std::size_t connections = 64;
  source_addresses sources;
  std::uint64_t in_time_ms = 1'000;
};

/// Asks at the times of a schedule, over a fixed number of keep-alive connections. One thread. Ends the program if it
/// cannot connect at the start.
class open_loop {
public:
  open_loop(const open_loop_options& chosen, std::vector<std::string> targets)
      : options_(chosen), targets_(std::move(targets)), connections_(chosen.connections),
        duration_(std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(chosen.seconds))),
        schedule_(chosen.schedule, chosen.rate, chosen.seed), report_(std::chrono::milliseconds{chosen.in_time_ms}),
        poll_(::epoll_create1(EPOLL_CLOEXEC)) {
    // Else the kernel may wake us 50 us after a request is due, which is more than many an answer takes.
    ::prctl(PR_SET_TIMERSLACK, 1);
    for (std::size_t i = 0; i < connections_.size(); ++i)
      open(i);
    while (connecting_ > 0)
      wait(silence_limit);
    if (report_.lost_connections > 0)
      fail();
  }
  open_loop(const open_loop&) = delete;
  open_loop& operator=(const open_loop&) = delete;
  ~open_loop() {
    for (auto& each : connections_)
      if (each.fd >= 0)
        ::close(each.fd);
    ::close(poll_);
  }

  const open_loop_report& run() {
    begin_ = clock::now();
    auto due = schedule_.next();
    for (;;) {
      for (int sent = 0; sent < sends_per_round && due <= duration_ && due <= elapsed(); ++sent) {
        start({due, &targets_[report_.requests % targets_.size()]});
        due = schedule_.next();
      }
      auto left = (due <= duration_ ? due : duration_ + silence_limit) - elapsed();
      bool all_answered = due > duration_ && busy_ == 0 && waiting_.empty();
      if (all_answered || (due > duration_ && left <= nanoseconds{0}))
        break;
      wait(left);
    }
    report_.seconds = std::chrono::duration<double>(elapsed()).count();
    report_.errors["unanswered"] += busy_ + waiting_.size();
    return report_;
  }

private:
  using clock = std::chrono::steady_clock;
  using nanoseconds = std::chrono::nanoseconds;

  /// Longer than the service lets any request wait.
  static constexpr std::chrono::seconds silence_limit{40};

  /// Requests that are due are sent this many at a time, so that answers are looked at in between.
  static constexpr int sends_per_round = 64;

  enum class state { closed, connecting, idle, busy };

  struct request {
    nanoseconds due{0};
    const std::string* target = nullptr;
  };

  struct connection {
    int fd = -1;
    state now = state::closed;
    bool in_free = false;  ///< listed in free_, where it stays when the server closes it
    bool answered = false; ///< the server has answered on it before: it may be opened again
    request asked;
    std::string received;
  };

  [[noreturn]] static void fail() {
    std::perror("connect");
    std::exit(EXIT_FAILURE);
  }

  nanoseconds elapsed() const {
    return clock::now() - begin_;
  }

  void open(std::size_t index) {
    auto& each = connections_[index];
    each.fd = connect_loopback(options_.port, options_.sources.of(index), SOCK_NONBLOCK);
    each.answered = false;
    epoll_event event{EPOLLOUT, {.u64 = index}};
    if (each.fd < 0 || ::epoll_ctl(poll_, EPOLL_CTL_ADD, each.fd, &event) != 0)
      fail();
    each.now = state::connecting;
    ++connecting_;
  }

  void connected(std::size_t index) {
    auto& each = connections_[index];
    --connecting_;
    each.now = state::idle;
    errno = connect_error(each.fd);
    epoll_event event{EPOLLIN, {.u64 = index}};
    if (errno != 0 || ::epoll_ctl(poll_, EPOLL_CTL_MOD, each.fd, &event) != 0)
      return close(index);
    set_free(index);
  }

  void set_free(std::size_t index) {
    auto& each = connections_[index];
    each.now = state::idle;
    if (!waiting_.empty()) {
      auto next = waiting_.front();
      waiting_.pop_front();
      return send(index, next);
    }
    if (!each.in_free)
      free_.push_back(index);
    each.in_free = true;
  }

  /// Takes a request that is due: sends it on the connection that has been free for longest, as many clients would.
  void start(const request& next) {
    ++report_.requests;
    report_.send_lag_ns.record(static_cast<std::uint64_t>((elapsed() - next.due).count()));
    while (!free_.empty()) {
      auto index = free_.front();
      free_.pop_front();
      connections_[index].in_free = false;
      if (connections_[index].now == state::idle)
        return send(index, next);
    }
    ++report_.connection_waits;
    waiting_.push_back(next);
  }

  void send(std::size_t index, const request& next) {
    auto& each = connections_[index];
    each.asked = next;
    each.now = state::busy;
    ++busy_;
    if (elapsed() <= duration_ + open_loop_report::lag_limit)
      ++report_.sent_in_time;
    text_.assign("GET ").append(*next.target).append(" HTTP/1.1\r\nHost: localhost\r\n\r\n");
    // Nothing else is on its way there, so it fits into the socket's buffer.
    if (::send(each.fd, text_.data(), text_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text_.size()))
      failed(index, "closed");
  }

  void wait(nanoseconds longest) {
    longest = std::max(longest, nanoseconds{0});
    constexpr std::chrono::seconds second{1};
    timespec timeout{longest / second, (longest % second).count()};
    std::array<epoll_event, 256> ready;
    int count = ::epoll_pwait2(poll_, ready.data(), static_cast<int>(ready.size()), &timeout, nullptr);
    for (int i = 0; i < count; ++i) {
      auto index = ready[static_cast<std::size_t>(i)].data.u64;
      if (connections_[index].now == state::connecting)
        connected(index);
      else
        receive(index);
    }
  }

  void receive(std::size_t index) {
    auto& each = connections_[index];
    std::array<char, 16'384> buffer;
    auto size = ::recv(each.fd, buffer.data(), buffer.size(), 0);
    if (each.now == state::idle)
      return size > 0 ? failed(index, "unasked") : close(index);
    if (size <= 0)
      return failed(index, "closed");
    each.received.append(buffer.data(), static_cast<std::size_t>(size));
    http_answer found;
    auto progress = parse(each.received, found);
    if (progress == answer_progress::malformed)
      return failed(index, "malformed");
    if (progress == answer_progress::incomplete)
      return;
    report_.answers.add(found, elapsed() - each.asked.due);
    bool last = header_of(found.head, "Connection") == "close";
    each.received.clear();
    each.answered = true;
    --busy_;
    each.now = state::idle;
    if (last)
      close(index);
    else
      set_free(index);
  }

  void failed(std::size_t index, const char* why) {
    ++report_.errors[why];
    if (connections_[index].now == state::busy)
      --busy_;
    close(index);
  }

  /// Closes a connection and opens it again, unless the server has not once answered on it: that would not end.
  void close(std::size_t index) {
    auto& each = connections_[index];
    ::close(each.fd);
    each.fd = -1;
    each.now = state::closed;
    each.received.clear();
    if (!each.answered) {
      ++report_.lost_connections;
      return;
    }
    ++report_.reconnects;
    open(index);
  }

  const open_loop_options options_;
  const std::vector<std::string> targets_;
  std::vector<connection> connections_;
  std::deque<std::size_t> free_;
  std::deque<request> waiting_;
  std::size_t connecting_ = 0;
  std::size_t busy_ = 0;
  std::string text_;
  const nanoseconds duration_;
  clock::time_point begin_;
  arrival_schedule schedule_;
  open_loop_report report_;
  int poll_;
};

} // namespace tessera::bench
