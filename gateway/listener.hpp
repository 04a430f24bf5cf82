#pragma once

#include "cards/result.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <utility>

namespace tessera {

/// A TCP socket to accept connections from, non-blocking. Accepted sockets inherit TCP_NODELAY and SO_KEEPALIVE.
class listener {
public:
  /// Opens a socket at `at`, which refuses connections until `start`. `share`: others, of this process or not, may
  /// listen there, too (SO_REUSEPORT). The error is one sentence that says what to change.
  static result<listener> open(const endpoint& at, bool share);

  listener(listener&& other) noexcept;
  listener& operator=(listener&& other) noexcept;
  ~listener();

  /// Lets connections in.
  status start();

  /// Returns another descriptor of the same socket, for another loop to accept from.
  result<listener> duplicate() const;

  int fd() const noexcept {
    return fd_;
  }
  /// Returns the port, as the system chose it if 0 was asked for.
  std::uint16_t port() const noexcept;

private:
  listener(int fd, endpoint at) : fd_(fd), at_(std::move(at)) {
  }
  int fd_ = -1;
  endpoint at_;
};

} // namespace tessera
