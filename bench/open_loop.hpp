#pragma once

#include "bench/arrival_schedule.hpp"
#include "bench/open_loop_report.hpp"
#include "loadtest/connections.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace tessera::bench {

struct open_loop_options {
  std::uint16_t port = 0;
  double rate = 0;    ///< requests per second
  double seconds = 0; ///< how long requests are due
  arrivals schedule = arrivals::poisson;
  std::uint64_t seed = 1;
  std::size_t connections = 64;
  loadtest::source_addresses sources;
  std::uint64_t in_time_ms = 1'000;
};

/// Asks at the times of a schedule, over a fixed number of keep-alive connections that all requests share. One thread.
/// Ends the program if it cannot connect at the start.
class open_loop final : private loadtest::connections::listener {
public:
  open_loop(const open_loop_options& chosen, std::vector<std::string> targets)
      : options_(chosen), targets_(std::move(targets)), clients_(chosen.connections),
        duration_(std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(chosen.seconds))),
        schedule_(chosen.schedule, chosen.rate, chosen.seed), report_(std::chrono::milliseconds{chosen.in_time_ms}),
        connections_(loadtest::loopback_address(chosen.port), chosen.connections, chosen.sources, *this) {
    // Else the kernel may wake us 50 us after a request is due, which is more than many an answer takes.
    ::prctl(PR_SET_TIMERSLACK, 1);
    for (std::size_t i = 0; i < clients_.size(); ++i)
      connections_.open(i);
    while (free_.size() < clients_.size()) {
      connections_.wait(silence_limit);
      if (report_.lost_connections > 0) {
        std::fputs("A connection could not be opened.\n", stderr);
        std::exit(EXIT_FAILURE);
      }
    }
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
      connections_.wait(left);
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

  struct request {
    nanoseconds due{0};
    const std::string* target = nullptr;
  };

  struct client {
    bool in_free = false;  ///< listed in free_, where it stays when the server closes its connection
    bool asking = false;
    bool answered = false; ///< the server has answered it before: its connection may be opened again
    request asked;
  };

  nanoseconds elapsed() const {
    return clock::now() - begin_;
  }

  void on_open(std::size_t index) override {
    set_free(index);
  }

  void set_free(std::size_t index) {
    if (!waiting_.empty()) {
      auto next = waiting_.front();
      waiting_.pop_front();
      return send(index, next);
    }
    if (!clients_[index].in_free)
      free_.push_back(index);
    clients_[index].in_free = true;
  }

  /// Takes a request that is due: sends it on the connection that has been free for longest, as many clients would.
  void start(const request& next) {
    ++report_.requests;
    report_.send_lag_ns.record(static_cast<std::uint64_t>((elapsed() - next.due).count()));
    while (!free_.empty()) {
      auto index = free_.front();
      free_.pop_front();
      clients_[index].in_free = false;
      if (connections_.is_idle(index))
        return send(index, next);
    }
    ++report_.connection_waits;
    waiting_.push_back(next);
  }

  void send(std::size_t index, const request& next) {
    clients_[index].asked = next;
    clients_[index].asking = true;
    ++busy_;
    if (elapsed() <= duration_ + open_loop_report::lag_limit)
      ++report_.sent_in_time;
    text_.assign("GET ").append(*next.target).append(" HTTP/1.1\r\nHost: localhost\r\n\r\n");
    connections_.ask(index, text_);
  }

  void on_answer(std::size_t index, const loadtest::http_answer& answer) override {
    auto& each = clients_[index];
    report_.answers.add(answer, elapsed() - each.asked.due);
    each.answered = true;
    each.asking = false;
    --busy_;
    if (connections_.is_idle(index))
      set_free(index);
    else
      open_again(index);
  }

  void on_fault(std::size_t index, loadtest::connection_fault fault, bool, bool) override {
    auto& each = clients_[index];
    ++report_.errors[std::string{to_string(fault)}];
    if (each.asking)
      --busy_;
    each.asking = false;
    open_again(index);
  }

  void on_idle_close(std::size_t index) override {
    open_again(index);
  }

  /// Unless the server has not once answered since it was opened: that would not end.
  void open_again(std::size_t index) {
    if (!std::exchange(clients_[index].answered, false)) {
      ++report_.lost_connections;
      return;
    }
    ++report_.reconnects;
    connections_.open(index);
  }

  const open_loop_options options_;
  const std::vector<std::string> targets_;
  std::vector<client> clients_;
  std::deque<std::size_t> free_;
  std::deque<request> waiting_;
  std::size_t busy_ = 0;
  std::string text_;
  const nanoseconds duration_;
  clock::time_point begin_;
  arrival_schedule schedule_;
  open_loop_report report_;
  loadtest::connections connections_;
};

} // namespace tessera::bench
