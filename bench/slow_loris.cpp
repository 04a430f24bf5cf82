// Slow loris: holds connections by sending a request's head one byte per second on each, and never its end. A
// connection that the server closes is opened again: as soon as it may be, or a second later if not one byte was sent
// on it. Prints "Holding N connections" after the first second, and on SIGTERM or SIGINT one JSON object: what the
// server let it hold, and what it answered.
//
//   bench_slow_loris PORT CONNECTIONS [CONNECTIONS_PER_ADDRESS]
//
// The first come from 127.2.0.1, the next from the address after it, and so on; without the last argument, all from
// one.

#include "loadtest/connect.hpp"
#include "loadtest/source_addresses.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using namespace tessera::loadtest;

namespace {

using clock_type = std::chrono::steady_clock;

/// Each connection has its turn once in so many ticks of 1 ms, which spreads the bytes over the second.
constexpr std::size_t ticks_per_round = 1'000;
constexpr std::chrono::milliseconds tick = 1'000ms / ticks_per_round;

/// So many at a time, because the server may close hundreds at once, and this shares its machine with the others.
constexpr std::size_t reopened_per_tick = 10;

constexpr std::string_view head_begin = "GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";

constexpr std::uint32_t first_address = 0x7f020001; // 127.2.0.1

volatile std::sig_atomic_t stopped = 0;

/// All connections. One thread.
class slow_loris {
public:
  slow_loris(std::uint16_t port, std::size_t connections, source_addresses sources)
      : port_(port), sources_(sources), connections_(connections), held_least_(connections),
        poll_(::epoll_create1(EPOLL_CLOEXEC)) {
  }
  slow_loris(const slow_loris&) = delete;
  slow_loris& operator=(const slow_loris&) = delete;
  ~slow_loris() {
    for (auto& each : connections_)
      if (each.fd >= 0)
        ::close(each.fd);
    ::close(poll_);
  }

  void run() {
    auto next = clock_type::now();
    for (std::size_t turn = 0; stopped == 0; ++turn) {
      if (turn == ticks_per_round) {
        std::printf("Holding %zu connections\n", held_);
        std::fflush(stdout);
      }
      if (turn >= ticks_per_round) {
        ++samples_;
        held_sum_ += held_;
        held_least_ = std::min(held_least_, held_);
      }
      for (auto index = turn % ticks_per_round; index < connections_.size(); index += ticks_per_round)
        take_turn(index);
      for (std::size_t count = 0; count < reopened_per_tick && !lost_.empty(); ++count) {
        open(lost_.front());
        lost_.pop_front();
      }
      listen_until(next += tick);
    }
  }

  void print() const {
    auto mean = samples_ == 0 ? 0.0 : static_cast<double>(held_sum_) / static_cast<double>(samples_);
    std::printf("{\"opened\": %zu, \"not_opened\": %zu, \"closed_by_server\": %zu, \"answered_408\": %zu, "
                "\"answered_otherwise\": %zu, \"held_mean\": %.0f, \"held_least\": %zu}\n",
                opened_, not_opened_, closed_, answered_408_, answered_otherwise_, mean, held_least_);
  }

private:
  struct connection {
    int fd = -1;
    bool connected = false;
    bool lost = false; ///< in lost_
    std::size_t sent = 0;
  };

  void take_turn(std::size_t index) {
    auto& each = connections_[index];
    if (each.fd < 0 && !each.lost)
      return open(index);
    if (!each.connected)
      return;
    char next = each.sent < head_begin.size() ? head_begin[each.sent] : 'a';
    ++each.sent;
    // Whether the server has closed it meanwhile, `receive` finds out.
    ::send(each.fd, &next, 1, MSG_NOSIGNAL);
  }

  void open(std::size_t index) {
    auto& each = connections_[index];
    each = {.fd = connect_to(loopback_address(port_), sources_.of(index), SOCK_NONBLOCK)};
    epoll_event event{EPOLLOUT, {.u64 = index}};
    if (each.fd >= 0 && ::epoll_ctl(poll_, EPOLL_CTL_ADD, each.fd, &event) == 0)
      return;
    std::perror("connect");
    std::exit(EXIT_FAILURE);
  }

  void listen_until(clock_type::time_point end) {
    std::array<epoll_event, 256> ready;
    for (auto left = end - clock_type::now(); left > 0ns && stopped == 0; left = end - clock_type::now()) {
      auto timeout = std::chrono::ceil<std::chrono::milliseconds>(left).count();
      int count = ::epoll_wait(poll_, ready.data(), static_cast<int>(ready.size()), static_cast<int>(timeout));
      for (int i = 0; i < count; ++i) {
        auto index = ready[static_cast<std::size_t>(i)].data.u64;
        if (connections_[index].connected)
          receive(index);
        else
          connected(index);
      }
    }
  }

  void connected(std::size_t index) {
    auto& each = connections_[index];
    epoll_event event{EPOLLIN, {.u64 = index}};
    if (connect_error(each.fd) != 0 || ::epoll_ctl(poll_, EPOLL_CTL_MOD, each.fd, &event) != 0) {
      ++not_opened_;
      return close(each);
    }
    each.connected = true;
    ++opened_;
    ++held_;
  }

  void receive(std::size_t index) {
    auto& each = connections_[index];
    std::array<char, 4096> buffer;
    auto size = ::recv(each.fd, buffer.data(), buffer.size(), 0);
    if (size > 0) {
      std::string_view text{buffer.data(), static_cast<std::size_t>(size)};
      ++(text.starts_with("HTTP/1.1 408 ") ? answered_408_ : answered_otherwise_);
      return;
    }
    ++closed_;
    --held_;
    bool was_held = each.sent > 0;
    close(each);
    if (was_held) {
      lost_.push_back(index);
      each.lost = true;
    }
  }

  static void close(connection& each) {
    ::close(each.fd);
    each = {};
  }

  const std::uint16_t port_;
  const source_addresses sources_;
  std::vector<connection> connections_;
  std::deque<std::size_t> lost_; ///< closed by the server, to be opened again
  std::size_t opened_ = 0;
  std::size_t not_opened_ = 0;
  std::size_t closed_ = 0;
  std::size_t answered_408_ = 0;
  std::size_t answered_otherwise_ = 0;
  std::size_t held_ = 0;
  std::size_t held_sum_ = 0;
  std::size_t held_least_;
  std::size_t samples_ = 0;
  int poll_;
};

} // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::fprintf(stderr, "Usage: bench_slow_loris PORT CONNECTIONS [CONNECTIONS_PER_ADDRESS]\n");
    return 2;
  }
  struct sigaction stop {};
  stop.sa_handler = [](int) { stopped = 1; };
  ::sigaction(SIGTERM, &stop, nullptr);
  ::sigaction(SIGINT, &stop, nullptr);
  auto connections = std::strtoul(argv[2], nullptr, 10);
  auto per_address = argc == 4 ? std::strtoul(argv[3], nullptr, 10) : connections;
  if (connections == 0 || per_address == 0) {
    std::fprintf(stderr, "bench_slow_loris: no connections to hold\n");
    return EXIT_FAILURE;
  }
  source_addresses sources{first_address, static_cast<std::uint32_t>(per_address)};
  slow_loris attack{static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10)), connections, sources};
  attack.run();
  attack.print();
}
