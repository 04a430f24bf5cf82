#include "tests/faults/crowd.hpp"

#include "tests/integration/http/http_client.hpp"
#include "tests/support/loopback.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace tessera::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How soon the thread notices that it shall finish.
constexpr milliseconds longest_sleep{20};

std::string describe(const raw_response& answer) {
  auto result = std::to_string(answer.status) + " ";
  return answer.status == 200 ? result + header(answer, "X-Cache") : result + json_document{answer}.text("/error/code");
}

} // namespace

crowd::crowd(std::uint16_t port, std::vector<group> groups) : port_(port), groups_(std::move(groups)) {
  const auto now = steady_clock::now();
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    for (std::size_t i = 0; i < groups_[g].clients; ++i) {
      auto& one = clients_.emplace_back();
      one.group = g;
      one.next = now + groups_[g].pause * i / groups_[g].clients;
    }
  }
  thread_ = std::thread{[this] { run(); }};
}

crowd::~crowd() {
  finish(milliseconds{0});
}

std::vector<sighting> crowd::seen(std::size_t count) const {
  std::lock_guard guard{mutex_};
  return {seen_.begin() + static_cast<std::ptrdiff_t>(std::min(count, seen_.size())), seen_.end()};
}

sighting::time_point crowd::oldest_unanswered() const {
  std::lock_guard guard{mutex_};
  auto oldest = time_point::max();
  for (const auto& each : clients_) {
    if (each.waits)
      oldest = std::min(oldest, each.asked);
  }
  return oldest;
}

void crowd::finish(milliseconds patience) {
  {
    std::lock_guard guard{mutex_};
    finish_ = true;
    last_ = steady_clock::now() + patience;
  }
  if (thread_.joinable())
    thread_.join();
}

bool crowd::goes_on() {
  std::lock_guard guard{mutex_};
  asks_ = !finish_;
  return asks_ || (steady_clock::now() < last_ && std::ranges::any_of(clients_, &client::waits));
}

void crowd::run() {
  while (goes_on()) {
    const auto now = steady_clock::now();
    auto wake = now + longest_sleep;
    std::vector<pollfd> sockets;
    for (auto& each : clients_) {
      if (asks_ && !each.waits && each.next <= now)
        ask(each);
      if (asks_ && !each.waits)
        wake = std::min(wake, each.next);
      sockets.push_back({each.waits ? each.socket : -1, POLLIN, 0});
      if (!each.unsent.empty())
        sockets.back().events |= POLLOUT;
    }
    auto timeout = std::max<std::int64_t>(std::chrono::ceil<milliseconds>(wake - now).count(), 0);
    ::poll(sockets.data(), sockets.size(), static_cast<int>(timeout));
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      if (sockets[i].revents & POLLOUT)
        send(clients_[i]);
      if (sockets[i].revents & (POLLIN | POLLHUP | POLLERR))
        receive(clients_[i]);
    }
  }
  for (auto& each : clients_) {
    if (each.waits)
      record(each, sighting::no_answer);
    disconnect(each);
  }
}

void crowd::ask(client& who) {
  {
    std::lock_guard guard{mutex_};
    who.asked = steady_clock::now();
    who.waits = true;
  }
  if (who.socket < 0)
    who.socket = connect_to_loopback(port_);
  who.unsent = request("GET", member_path + groups_[who.group].next_number());
  send(who);
}

void crowd::send(client& who) {
  auto size = ::send(who.socket, who.unsent.data(), who.unsent.size(), MSG_NOSIGNAL);
  if (size >= 0)
    who.unsent.erase(0, static_cast<std::size_t>(size));
  else if (errno != EAGAIN && errno != EINTR)
    broken(who);
}

void crowd::receive(client& who) {
  std::array<char, 16 * 1024> buffer;
  auto size = ::recv(who.socket, buffer.data(), buffer.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (size <= 0) {
    broken(who);
    return;
  }
  who.received.append(buffer.data(), static_cast<std::size_t>(size));
  try {
    if (auto answer = take_response(who.received))
      record(who, describe(*answer));
  } catch (const std::runtime_error&) { // not an answer of ours
    broken(who);
  }
}

void crowd::broken(client& who) {
  if (!who.waits)
    return;
  disconnect(who);
  record(who, sighting::connection_error);
}

void crowd::disconnect(client& who) {
  if (who.socket >= 0)
    ::close(std::exchange(who.socket, -1));
  who.unsent.clear();
  who.received.clear();
}

void crowd::record(client& who, std::string what) {
  const auto now = steady_clock::now();
  who.next = now + groups_[who.group].pause;
  std::lock_guard guard{mutex_};
  who.waits = false;
  seen_.push_back({who.group, who.asked, now, std::move(what)});
}

} // namespace tessera::test
