#include "tests/support/raw_connection.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace tessera::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

bool has_no_body(int status) {
  return status < 200 || status == 204 || status == 304;
}

sockaddr_in loopback(std::uint16_t port, const std::string& address) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  if (::inet_pton(AF_INET, address.c_str(), &result.sin_addr) != 1)
    throw std::runtime_error("not an IPv4 address: " + address);
  return result;
}

} // namespace

raw_connection::raw_connection(std::uint16_t port) : raw_connection(port, options{}) {
}

raw_connection::raw_connection(std::uint16_t port, options how) : how_(std::move(how)) {
  auto source = loopback(0, how_.source_address.empty() ? "127.0.0.1" : how_.source_address);
  auto target = loopback(port, "127.0.0.1");
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd_ < 0)
    fail("cannot open a socket");
  try {
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (how_.receive_buffer > 0) // counts only if set before the connection's window is agreed
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &how_.receive_buffer, sizeof(how_.receive_buffer));
    if (!how_.source_address.empty()) {
      // Leaves the choice of the port to connect(), so that thousands of connections can share an address.
      ::setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
      if (::bind(fd_, reinterpret_cast<const sockaddr*>(&source), sizeof(source)) != 0)
        fail("cannot bind the source address");
    }
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&target), sizeof(target)) != 0) {
      if (errno != EINPROGRESS)
        fail("cannot connect");
      if (!wait_for(POLLOUT, deadline()))
        throw timed_out("no connection in time");
      int error = 0;
      socklen_t size = sizeof(error);
      ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0)
        throw std::system_error(error, std::generic_category(), "cannot connect");
    }
    if (::send(fd_, how_.preface.data(), how_.preface.size(), MSG_NOSIGNAL)
        != static_cast<ssize_t>(how_.preface.size()))
      fail("cannot send");
  } catch (...) {
    close();
    throw;
  }
}

raw_connection::~raw_connection() {
  close();
}

raw_connection::raw_connection(raw_connection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), how_(std::move(other.how_)), received_(std::move(other.received_)) {
}

raw_connection::time_point raw_connection::deadline() const {
  return steady_clock::now() + how_.timeout;
}

bool raw_connection::wait_for(short events, time_point until) {
  for (;;) {
    auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now()).count();
    pollfd what{fd_, events, 0};
    int ready = ::poll(&what, 1, static_cast<int>(std::max<long>(left, 0)));
    if (ready > 0)
      return true;
    if (ready == 0)
      return false;
    if (errno != EINTR)
      fail("cannot wait for a socket");
  }
}

ssize_t raw_connection::pull(std::span<char> to) {
  return ::recv(fd_, to.data(), to.size(), 0);
}

ssize_t raw_connection::push(std::string_view from) {
  return ::send(fd_, from.data(), from.size(), MSG_NOSIGNAL);
}

/// Appends what comes next to received_; returns false at the end of the connection.
bool raw_connection::receive(time_point until) {
  std::array<char, 16 * 1024> buffer;
  for (;;) {
    auto size = pull(buffer);
    if (size >= 0) {
      received_.append(buffer.data(), static_cast<std::size_t>(size));
      return size > 0;
    }
    if (errno == ECONNRESET)
      return false;
    if (errno != EAGAIN && errno != EINTR)
      fail("cannot receive");
    if (errno == EAGAIN && !wait_for(POLLIN, until))
      throw timed_out("nothing received in time");
  }
}

void raw_connection::send(std::string_view bytes) {
  const auto until = deadline();
  while (!bytes.empty()) {
    auto size = push(bytes);
    if (size >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(size));
    else if (errno != EAGAIN && errno != EINTR)
      fail("cannot send");
    else if (errno == EAGAIN && !wait_for(POLLOUT, until))
      throw timed_out("could not send in time");
  }
}

std::size_t raw_connection::send_some(std::string_view bytes, milliseconds patience) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    auto size = push(bytes.substr(sent));
    if (size >= 0)
      sent += static_cast<std::size_t>(size);
    else if (errno != EAGAIN && errno != EINTR)
      fail("cannot send");
    else if (errno == EAGAIN && !wait_for(POLLOUT, steady_clock::now() + patience))
      break;
  }
  return sent;
}

raw_response raw_connection::read_response(request_kind kind) {
  const auto until = deadline();
  std::size_t head_size = 0;
  while ((head_size = received_.find("\r\n\r\n")) == received_.npos)
    if (!receive(until))
      throw std::runtime_error("the connection ended before a response, after: " + received_);
  auto result = parse_response_head(std::string_view{received_}.substr(0, head_size));
  received_.erase(0, head_size + 4);
  if (kind == request_kind::head || has_no_body(result.status))
    return result;
  if (result.header("Transfer-Encoding"))
    throw std::runtime_error("a response in chunks");
  if (auto size = result.content_length()) {
    while (received_.size() < *size)
      if (!receive(until))
        throw std::runtime_error("the connection ended within a body");
    result.body = received_.substr(0, *size);
    received_.erase(0, *size);
  } else {
    while (receive(until)) {
    }
    result.body = std::exchange(received_, {});
  }
  return result;
}

std::string raw_connection::read_until_closed() {
  const auto until = deadline();
  while (receive(until)) {
  }
  return std::exchange(received_, {});
}

std::string raw_connection::read_some() {
  if (received_.empty())
    receive(deadline());
  return std::exchange(received_, {});
}

bool raw_connection::closed_within(milliseconds timeout) {
  if (!received_.empty())
    return false;
  try {
    return !receive(steady_clock::now() + timeout);
  } catch (const timed_out&) {
    return false;
  }
}

void raw_connection::shutdown_send() {
  ::shutdown(fd_, SHUT_WR);
}

void raw_connection::close() noexcept {
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
}

void raw_connection::reset() noexcept {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close();
}

std::uint16_t raw_connection::local_port() const {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  if (::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    fail("cannot ask for the local port");
  return ntohs(address.sin_port);
}

} // namespace tessera::test
