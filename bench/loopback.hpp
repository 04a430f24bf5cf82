#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace tessera::bench {

/// From where the connections of many clients come: the first `per_address` from `first` (host byte order), the next as
/// many from the address after it, and so on. All of 127.0.0.0/8 is this machine.
struct source_addresses {
  std::uint32_t first = INADDR_LOOPBACK;
  std::uint32_t per_address = 1; ///< at least 1

  std::uint32_t of(std::size_t client) const noexcept {
    return first + static_cast<std::uint32_t>(client / per_address);
  }
};

/// Connects to a port of this machine; small writes will go out at once. `flags`: 0, or SOCK_NONBLOCK not to wait for
/// it: then the socket becomes writable when it is connected or has failed to. Returns the socket, or -1 (with errno).
inline int connect_loopback(std::uint16_t port, std::uint32_t source, int flags) noexcept {
  constexpr int on = 1;
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd < 0)
    return fd;
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(source);
  sockaddr_in there{};
  there.sin_family = AF_INET;
  there.sin_port = htons(port);
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // The port is chosen when connecting, so that one serves several addresses.
  bool begun = ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) == 0
               && ::bind(fd, reinterpret_cast<sockaddr*>(&here), sizeof here) == 0
               && ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0
               && (::connect(fd, reinterpret_cast<sockaddr*>(&there), sizeof there) == 0 || errno == EINPROGRESS);
  if (begun)
    return fd;
  int why = errno;
  ::close(fd);
  errno = why;
  return -1;
}

/// Returns how a connect ended whose socket became writable: 0, or errno's value.
inline int connect_error(int fd) noexcept {
  int why = 0;
  socklen_t size = sizeof why;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) == 0 ? why : errno;
}

} // namespace tessera::bench
