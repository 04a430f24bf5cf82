#include "tests/faults/proxy_link.hpp"

#include "tests/support/loopback.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace tessera::test {

namespace {

/// More than that in either direction waits in the sockets, as it would without a proxy.
constexpr std::size_t most_under_way = 1024 * 1024;

enum class received { some, nothing_yet, end };

/// Appends what has arrived to `to`.
received receive(int socket, std::string& to) {
  std::array<char, 16 * 1024> buffer;
  auto size = ::recv(socket, buffer.data(), buffer.size(), 0);
  if (size > 0) {
    to.append(buffer.data(), static_cast<std::size_t>(size));
    return received::some;
  }
  return size < 0 && (errno == EAGAIN || errno == EINTR) ? received::nothing_yet : received::end;
}

/// Sends what the socket takes and removes it from `from`; false if the connection has ended.
bool send_some(int socket, std::string& from) {
  auto size = ::send(socket, from.data(), from.size(), MSG_NOSIGNAL);
  if (size < 0)
    return errno == EAGAIN || errno == EINTR;
  from.erase(0, static_cast<std::size_t>(size));
  return true;
}

} // namespace

proxy_link::proxy_link(int client, std::uint16_t server_port, std::uint64_t serial) : client_(client), serial_(serial) {
  const int on = 1;
  ::setsockopt(client_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  server_ = connect_to_loopback(server_port);
  if (server_ < 0)
    break_off();
}

proxy_link::~proxy_link() {
  end();
}

void proxy_link::inject(const fault& what, time_point now) {
  using enum fault::kinds;
  if (over())
    return;
  fault_ = what;
  answered_ = 0;
  random_.seed(what.seed + serial_);
  for (auto& each : answers_)
    each.due = std::min(each.due, now);
  if (what.kind == refuse || what.kind == reset) {
    break_off();
  } else if (what.kind == half_open) {
    ::close(std::exchange(server_, -1));
    swallows_ = true;
    requests_.clear();
    answers_.clear();
    answers_size_ = 0;
  }
}

pollfd proxy_link::wanted_of_client(time_point now) const {
  pollfd wanted{frozen() ? -1 : client_, 0, 0};
  if (requests_.size() < most_under_way)
    wanted.events |= POLLIN;
  if (!answers_.empty() && answers_.front().due <= now)
    wanted.events |= POLLOUT;
  return wanted;
}

pollfd proxy_link::wanted_of_server() const {
  pollfd wanted{frozen() || ends_after_answers_ ? -1 : server_, 0, 0};
  if (answers_size_ < most_under_way)
    wanted.events |= POLLIN;
  if (!requests_.empty())
    wanted.events |= POLLOUT;
  return wanted;
}

proxy_link::time_point proxy_link::next_due() const {
  return answers_.empty() || frozen() ? time_point::max() : answers_.front().due;
}

void proxy_link::run(short client_events, short server_events, time_point now) {
  if (over() || frozen())
    return;
  if (client_events & (POLLIN | POLLHUP | POLLERR))
    read_client();
  if (server_events & (POLLIN | POLLHUP | POLLERR))
    read_server(now);
  write_server();
  write_client(now);
  if (ends_after_answers_ && answers_.empty())
    end();
}

void proxy_link::read_client() {
  auto got = receive(client_, requests_);
  if (got == received::some)
    answered_ = 0;
  if (swallows_)
    requests_.clear();
  if (got == received::end) {
    write_server(); // a last word, where it fits
    end();
  }
}

void proxy_link::read_server(time_point now) {
  if (server_ < 0 || ends_after_answers_)
    return;
  std::string answer;
  auto got = receive(server_, answer);
  if (got == received::some)
    queue(answer, now);
  else if (got == received::end)
    ends_after_answers_ = true;
}

void proxy_link::write_server() {
  // Who does not take it has closed; that is noticed when reading.
  if (server_ >= 0 && !requests_.empty() && !send_some(server_, requests_))
    requests_.clear();
}

void proxy_link::write_client(time_point now) {
  while (client_ >= 0 && !answers_.empty() && answers_.front().due <= now) {
    auto& bytes = answers_.front().bytes;
    auto before = bytes.size();
    if (!send_some(client_, bytes)) {
      end();
      return;
    }
    answers_size_ -= before - bytes.size();
    if (!bytes.empty())
      return;
    answers_.pop_front();
  }
}

void proxy_link::queue(std::string_view answer, time_point now) {
  using enum fault::kinds;
  auto first = std::exchange(answered_, answered_ + answer.size());
  switch (fault_.kind) {
  case slow:
    hold(answer, now + fault_.pause);
    break;
  case garbage: {
    std::string spoilt{answer};
    spoil(spoilt);
    hold(spoilt, now);
    break;
  }
  case truncate:
    ends_after_answers_ = answered_ > fault_.bytes;
    hold(answer.substr(0, fault_.bytes - std::min(first, fault_.bytes)), now);
    break;
  case drip:
    queue_drops(answer, now);
    break;
  default:
    hold(answer, now);
  }
}

void proxy_link::queue_drops(std::string_view answer, time_point now) {
  auto due = answers_.empty() ? now : answers_.back().due;
  while (!answer.empty()) {
    auto drop = answer.substr(0, fault_.bytes);
    answer.remove_prefix(drop.size());
    due += fault_.pause;
    hold(drop, due);
  }
}

void proxy_link::spoil(std::string& answer) {
  for (auto& byte : answer) {
    if (random_() % fault_.bytes == 0)
      byte = static_cast<char>(random_());
  }
}

void proxy_link::hold(std::string_view bytes, time_point due) {
  if (bytes.empty())
    return;
  answers_.push_back({due, std::string{bytes}});
  answers_size_ += bytes.size();
}

void proxy_link::end() noexcept {
  for (auto* socket : {&client_, &server_}) {
    if (*socket >= 0)
      ::close(std::exchange(*socket, -1));
  }
}

void proxy_link::break_off() noexcept {
  const linger at_once{1, 0};
  ::setsockopt(client_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  end();
}

} // namespace tessera::test
