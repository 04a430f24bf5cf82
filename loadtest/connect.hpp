#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>

namespace tessera::loadtest {

/// Where a TCP connection goes to.
struct socket_address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

/// Returns the address of a port of this machine.
socket_address loopback_address(std::uint16_t port) noexcept;

/// Connects; small writes will go out at once. `source`: an IPv4 address (host byte order) to come from; without one the
/// system chooses. `flags`: 0, or SOCK_NONBLOCK not to wait for it: then the socket becomes writable when it is
/// connected or has failed to. Returns the socket, or -1 (with errno).
int connect_to(const socket_address& there, std::optional<std::uint32_t> source, int flags) noexcept;

/// Returns how a connect ended whose socket became writable: 0, or errno's value.
int connect_error(int fd) noexcept;

} // namespace tessera::loadtest
