#include "tests/support/free_port.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <fstream>
#include <netinet/in.h>
#include <random>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace tessera::test {
namespace {

// Below lie the ports of well-known services that a developer's machine may start at any time.
constexpr int lowest_port = 10'000;

/// Returns the port that was bound for `wanted` (0: any), or 0 if it was taken.
std::uint16_t try_bind(std::uint16_t wanted) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    throw std::system_error(errno, std::generic_category(), "cannot open a socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(wanted);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  // Without SO_REUSEADDR this refuses more than a server would: ports with connections in TIME_WAIT, too.
  bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0
               && ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  return bound ? ntohs(address.sin_port) : std::uint16_t{0};
}

int first_outgoing_port() {
  int first = 0;
  std::ifstream{"/proc/sys/net/ipv4/ip_local_port_range"} >> first;
  return first;
}

} // namespace

std::uint16_t free_port() {
  constexpr int enough_choice = 1'000;
  constexpr int attempts = 100;
  static thread_local std::mt19937 random{std::random_device{}()};
  const int end = first_outgoing_port();
  if (end >= lowest_port + enough_choice) {
    std::uniform_int_distribution<int> choice(lowest_port, end - 1);
    for (int attempt = 0; attempt < attempts; ++attempt)
      if (auto port = try_bind(static_cast<std::uint16_t>(choice(random))))
        return port;
  }
  if (auto port = try_bind(0))
    return port;
  throw std::system_error(errno, std::generic_category(), "no free port on 127.0.0.1");
}

} // namespace tessera::test
