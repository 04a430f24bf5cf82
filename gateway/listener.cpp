#include "gateway/listener.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace tessera {

namespace {

// As many as the kernel allows (net.core.somaxconn cuts it): clients come back all at once after a restart.
constexpr int backlog = 65'535;

failure cannot_listen(const endpoint& at, const std::string& why) {
  return {error_code::internal, "Cannot listen on " + at.host + ":" + std::to_string(at.port) + ": " + why};
}

/// The failure that `errno` tells.
failure cannot_listen(const endpoint& at) {
  return cannot_listen(at, errno == EADDRINUSE
                               ? "another program listens there already; stop it, choose another port with --listen, "
                                 "or start all of them with --share-port"
                               : std::strerror(errno));
}

void set_option(int fd, int level, int name) {
  int on = 1;
  ::setsockopt(fd, level, name, &on, sizeof on);
}

} // namespace

result<listener> listener::open(const endpoint& at, bool share) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (int fault =
          ::getaddrinfo(at.host.empty() ? nullptr : at.host.c_str(), std::to_string(at.port).c_str(), &hints, &found))
    return cannot_listen(at, ::gai_strerror(fault));
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses{found, ::freeaddrinfo};
  listener opened{::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), at};
  if (opened.fd_ < 0)
    return cannot_listen(at);
  set_option(opened.fd_, SOL_SOCKET, SO_REUSEADDR);
  set_option(opened.fd_, SOL_SOCKET, SO_KEEPALIVE);
  set_option(opened.fd_, IPPROTO_TCP, TCP_NODELAY);
  if (share)
    set_option(opened.fd_, SOL_SOCKET, SO_REUSEPORT);
  if (::bind(opened.fd_, found->ai_addr, found->ai_addrlen) != 0)
    return cannot_listen(at);
  return opened;
}

status listener::start() {
  if (::listen(fd_, backlog) != 0)
    return cannot_listen(at_);
  return ok();
}

listener::listener(listener&& other) noexcept : fd_(std::exchange(other.fd_, -1)), at_(std::move(other.at_)) {
}

listener& listener::operator=(listener&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(at_, other.at_);
  return *this;
}

listener::~listener() {
  if (fd_ >= 0)
    ::close(fd_);
}

result<listener> listener::duplicate() const {
  int copy = ::fcntl(fd_, F_DUPFD_CLOEXEC, 0);
  if (copy < 0)
    return failure{error_code::internal, std::string{"Cannot duplicate the listening socket: "} + std::strerror(errno)};
  return listener{copy, at_};
}

std::uint16_t listener::port() const noexcept {
  sockaddr_storage at{};
  socklen_t size = sizeof at;
  if (::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    return 0;
  return ntohs(at.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(at).sin6_port
                                        : reinterpret_cast<sockaddr_in&>(at).sin_port);
}

} // namespace tessera
