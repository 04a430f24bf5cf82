#include "loadtest/connect.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tessera::loadtest {

namespace {

sockaddr_in ipv4(std::uint32_t address, std::uint16_t port) noexcept {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_addr.s_addr = htonl(address);
  result.sin_port = htons(port);
  return result;
}

bool bind_to(int fd, std::uint32_t source) noexcept {
  constexpr int on = 1;
  auto here = ipv4(source, 0);
  // The port is chosen when connecting, so that one serves several addresses.
  return ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) == 0
         && ::bind(fd, reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0;
}

} // namespace

socket_address loopback_address(std::uint16_t port) noexcept {
  auto there = ipv4(INADDR_LOOPBACK, port);
  socket_address result;
  std::memcpy(&result.bytes, &there, sizeof there);
  result.size = sizeof there;
  return result;
}

int connect_to(const socket_address& there, std::optional<std::uint32_t> source, int flags) noexcept {
  constexpr int on = 1;
  int fd = ::socket(there.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd < 0)
    return fd;
  bool begun = (!source || bind_to(fd, *source))
               && ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0
               && (::connect(fd, reinterpret_cast<const sockaddr*>(&there.bytes), there.size) == 0
                   || errno == EINPROGRESS);
  if (begun)
    return fd;
  int why = errno;
  ::close(fd);
  errno = why;
  return -1;
}

int connect_error(int fd) noexcept {
  int why = 0;
  socklen_t size = sizeof why;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) == 0 ? why : errno;
}

} // namespace tessera::loadtest
