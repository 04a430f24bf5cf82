#pragma once

#include "gateway/tls_context.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tls_client.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tessera {

/// A certificate for all tests of a program: making one takes a while.
inline const tls_context& test_context() {
  static const auto loaded = [] {
    test::temp_dir dir;
    auto made = test::make_certificate("test");
    test::write_private(dir / "both.pem", made.chain + made.key);
    return tls_context::load({dir / "both.pem", {}});
  }();
  return **loaded;
}

/// A pair of connected sockets, the client's with TLS on it.
struct tls_pair {
  explicit tls_pair(const test::tls_client::options& how = {}) {
    int ends[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
    client_fd = ends[0];
    server_fd = ends[1];
    client.emplace(client_fd, how);
  }
  ~tls_pair() {
    client.reset();
    close_client();
  }
  tls_pair(const tls_pair&) = delete;
  tls_pair& operator=(const tls_pair&) = delete;

  void close_client() {
    if (client_fd >= 0)
      ::close(std::exchange(client_fd, -1));
  }

  /// Returns which of the events the server's socket has now, as a level-triggered epoll set would.
  std::uint32_t ready(std::uint32_t events) const {
    pollfd what{server_fd, static_cast<short>(events), 0};
    static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT);
    return ::poll(&what, 1, 0) > 0 ? static_cast<std::uint32_t>(what.revents) : 0;
  }

  /// Returns what the client can read now.
  std::string received() {
    std::string all;
    char buffer[16 * 1024];
    for (ssize_t size; (size = client->read(buffer)) > 0;)
      all.append(buffer, static_cast<std::size_t>(size));
    return all;
  }

  int client_fd = -1;
  int server_fd = -1; ///< whoever takes it over closes it
  std::optional<test::tls_client> client;
};

} // namespace tessera
