// Asks for each line of a list of members exactly once, over a fixed number of keep-alive connections, checks each
// answer, and prints what came of it as one JSON object. Each connection asks again as soon as it has its answer (a
// closed loop), so latencies are those under as much load as the server takes, not at a given rate.
//
//   bench_closed_loop PORT CONNECTIONS FILE_OF_ID_NUMBERS

#include "loadtest/connect.hpp"
#include "loadtest/http_answer.hpp"

#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

using namespace tessera::loadtest;

namespace {

using clock_type = std::chrono::steady_clock;

/// Longer than the service lets any request wait.
constexpr int silence_limit_ms = 40'000;

/// All connections and what they found. One thread.
class closed_loop {
public:
  closed_loop(std::uint16_t port, std::size_t connections, std::vector<std::string> numbers)
      : numbers_(std::move(numbers)), connections_(std::min(connections, numbers_.size())),
        poll_(::epoll_create1(EPOLL_CLOEXEC)) {
    latencies_.reserve(numbers_.size());
    for (std::size_t i = 0; i < connections_.size(); ++i)
      connect(port, i);
  }
  closed_loop(const closed_loop&) = delete;
  closed_loop& operator=(const closed_loop&) = delete;
  ~closed_loop() {
    for (auto& each : connections_)
      if (each.fd >= 0)
        ::close(each.fd);
    ::close(poll_);
  }

  void run() {
    auto begin = clock_type::now();
    for (auto& each : connections_)
      ask(each);
    std::array<epoll_event, 256> ready;
    while (open_ > 0) {
      int count = ::epoll_wait(poll_, ready.data(), static_cast<int>(ready.size()), silence_limit_ms);
      if (count <= 0)
        break;
      for (int i = 0; i < count; ++i)
        receive(connections_[ready[static_cast<std::size_t>(i)].data.u64]);
    }
    seconds_ = std::chrono::duration<double>(clock_type::now() - begin).count();
  }

  void print() {
    std::sort(latencies_.begin(), latencies_.end());
    auto answered = latencies_.size();
    auto percentile = [&](double share) {
      auto rank = static_cast<std::size_t>(share * static_cast<double>(answered));
      return answered == 0 ? 0.0 : latencies_[std::min(rank, answered - 1)];
    };
    timespec cpu{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    std::printf(
        "{\"requests\": %zu, \"errors\": %zu, \"wrong\": %zu, \"seconds\": %.3f, \"requests_per_second\": %.1f, "
        "\"client_cpu_seconds\": %.2f, \"latency_us\": {\"p50\": %.2f, \"p90\": %.2f, \"p99\": %.2f, "
        "\"max\": %.0f}}\n",
        answered, numbers_.size() - good_ - wrong_, wrong_, seconds_, static_cast<double>(answered) / seconds_,
        static_cast<double>(cpu.tv_sec) + 1e-9 * static_cast<double>(cpu.tv_nsec), percentile(0.5), percentile(0.9),
        percentile(0.99), percentile(1));
  }

private:
  struct connection {
    int fd = -1;
    std::string received;
    const std::string* asked = nullptr;
    clock_type::time_point since;
  };

  void connect(std::uint16_t port, std::size_t index) {
    int fd = connect_to(loopback_address(port), std::nullopt, 0);
    epoll_event event{EPOLLIN, {.u64 = index}};
    if (fd < 0 || ::epoll_ctl(poll_, EPOLL_CTL_ADD, fd, &event) != 0) {
      std::perror("connect");
      std::exit(EXIT_FAILURE);
    }
    connections_[index].fd = fd;
    ++open_;
  }

  /// Asks for the next member, or closes the connection if there is none left. What a closed connection was asking for
  /// counts as an error, as does what nobody was left to ask for.
  void ask(connection& each) {
    if (next_ == numbers_.size())
      return close(each);
    each.asked = &numbers_[next_++];
    request_.assign("GET /api/v1/optimized-cards/member/")
        .append(*each.asked)
        .append(" HTTP/1.1\r\nHost: localhost\r\n\r\n");
    each.since = clock_type::now();
    // Nothing else is on its way there, so it fits into the socket's buffer.
    if (::send(each.fd, request_.data(), request_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request_.size()))
      close(each);
  }

  void receive(connection& each) {
    std::array<char, 8192> buffer;
    auto size = ::recv(each.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size <= 0)
      return close(each);
    each.received.append(buffer.data(), static_cast<std::size_t>(size));
    http_answer found;
    auto progress = parse(each.received, found);
    if (progress == answer_progress::incomplete)
      return;
    if (progress == answer_progress::malformed)
      return close(each);
    latencies_.push_back(std::chrono::duration<double, std::micro>(clock_type::now() - each.since).count());
    expected_.assign("\"id_number\":\"").append(*each.asked).append("\"");
    if (found.status == 200)
      ++(found.body.find(expected_) != std::string_view::npos ? good_ : wrong_);
    each.received.clear();
    ask(each);
  }

  void close(connection& each) {
    ::close(each.fd);
    each.fd = -1;
    --open_;
  }

  std::vector<std::string> numbers_;
  std::vector<connection> connections_;
  std::vector<double> latencies_;
  std::string request_;
  std::string expected_;
  std::size_t next_ = 0;
  std::size_t open_ = 0;
  std::size_t good_ = 0;
  std::size_t wrong_ = 0;
  double seconds_ = 0;
  int poll_;
};

std::vector<std::string> read_lines(const char* path) {
  std::ifstream file{path};
  std::vector<std::string> result;
  for (std::string line; std::getline(file, line);)
    result.push_back(line);
  return result;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "Usage: bench_closed_loop PORT CONNECTIONS FILE_OF_ID_NUMBERS\n");
    return 2;
  }
  auto numbers = read_lines(argv[3]);
  auto connections = std::strtoul(argv[2], nullptr, 10);
  if (numbers.empty() || connections == 0) {
    std::fprintf(stderr, "bench_closed_loop: nothing to ask for, or no connections to ask on\n");
    return EXIT_FAILURE;
  }
  closed_loop loop{static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10)), connections, std::move(numbers)};
  loop.run();
  loop.print();
}
