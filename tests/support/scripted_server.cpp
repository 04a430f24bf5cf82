#include "tests/support/scripted_server.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace tessera::test {

namespace {

constexpr std::string_view end_of_head = "\r\n\r\n";

void require(bool done, const char* what) {
  if (!done)
    throw std::system_error(errno, std::generic_category(), what);
}

/// Returns the size of the request that `text` begins with, or 0 if it is not whole.
std::size_t request_size(std::string_view text) {
  auto head = text.find(end_of_head);
  if (head == text.npos)
    return 0;
  constexpr std::string_view name = "Content-Length: ";
  std::size_t body = 0;
  if (auto at = text.find(name); at < head)
    std::from_chars(text.data() + at + name.size(), text.data() + head, body);
  auto size = head + end_of_head.size() + body;
  return size <= text.size() ? size : 0;
}

} // namespace

scripted_server::scripted_server(script how)
    : how_(std::move(how)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      wake_(::eventfd(0, EFD_CLOEXEC)) {
  require(listener_ >= 0 && wake_ >= 0, "cannot open a socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  require(::bind(listener_, generic, size) == 0 && ::listen(listener_, SOMAXCONN) == 0
              && ::getsockname(listener_, generic, &size) == 0,
          "cannot listen");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread{[this] { serve(); }};
}

scripted_server::~scripted_server() {
  const std::uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(wake_, &one, sizeof one);
  thread_.join();
  for (const auto& [fd, received] : received_)
    ::close(fd);
  ::close(listener_);
  ::close(wake_);
}

std::string scripted_server::url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

void scripted_server::serve() {
  for (;;) {
    std::vector<pollfd> watched{{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& [fd, received] : received_)
      watched.push_back({fd, POLLIN, 0});
    if (::poll(watched.data(), watched.size(), -1) < 0)
      continue;
    if (watched[0].revents != 0)
      return;
    if (watched[1].revents != 0)
      accept_one();
    for (std::size_t i = 2; i < watched.size(); ++i) {
      if (watched[i].revents == 0 || read_from(watched[i].fd))
        continue;
      ::close(watched[i].fd);
      received_.erase(watched[i].fd);
    }
  }
}

void scripted_server::accept_one() {
  if (int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC); fd >= 0)
    received_[fd];
}

/// Returns whether the connection goes on.
bool scripted_server::read_from(int fd) {
  std::array<char, 4096> buffer;
  auto size = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (size <= 0)
    return false;
  auto& received = received_[fd];
  received.append(buffer.data(), static_cast<std::size_t>(size));
  while (auto whole = request_size(received)) {
    auto request = received.substr(0, whole);
    received.erase(0, whole);
    if (!reply(fd, request))
      return false;
  }
  return true;
}

bool scripted_server::reply(int fd, std::string_view request) {
  auto [bytes, close] = how_(request, requests_++);
  ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return !close;
}

std::string json_answer(int status, std::string_view body, std::string_view headers) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Reason\r\nContent-Type: application/json\r\n";
  text.append(headers).append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
  return text.append(body);
}

} // namespace tessera::test
