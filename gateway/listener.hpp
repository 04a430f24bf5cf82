#pragma once

#include "cards/result.hpp"
#include "config/settings.hpp"

namespace tessera {

/// A listening TCP socket, non-blocking. Accepted sockets inherit TCP_NODELAY and SO_KEEPALIVE from it.
class listener {
public:
  /// Opens a socket at `at`. `share`: others, of this process or not, may listen there, too (SO_REUSEPORT). The error
  /// is one sentence that says what to change.
  static result<listener> open(const endpoint& at, bool share);

  listener(listener&& other) noexcept;
  listener& operator=(listener&& other) noexcept;
  ~listener();

  /// Returns another descriptor of the same socket, for another loop to accept from.
  result<listener> duplicate() const;

  int fd() const noexcept {
    return fd_;
  }
  /// Returns the port, as the system chose it if 0 was asked for.
  std::uint16_t port() const noexcept;

private:
  explicit listener(int fd) noexcept : fd_(fd) {
  }
  int fd_ = -1;
};

} // namespace tessera
