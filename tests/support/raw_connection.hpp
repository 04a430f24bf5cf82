#pragma once

#include "tests/support/raw_response.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace tessera::test {

/// The peer did not do what was waited for in time.
struct timed_out : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A blocking TCP connection to 127.0.0.1 that sends any bytes, right or wrong. What goes wrong is thrown:
/// timed_out, std::system_error for errors of the socket, std::runtime_error for an early end or a response that is
/// none. For one thread at a time.
class raw_connection {
public:
  struct options {
    std::chrono::milliseconds timeout{10'000}; ///< for each call as a whole
    std::string source_address{};              ///< e.g. 127.0.0.2, to appear as another client; empty: 127.0.0.1
    std::string preface{};                     ///< sent first, as it is, even where TLS follows
    int receive_buffer = 0;                    ///< bytes of SO_RCVBUF; 0: the system's choice
  };

  explicit raw_connection(std::uint16_t port);
  raw_connection(std::uint16_t port, options how);
  virtual ~raw_connection();
  raw_connection(raw_connection&& other) noexcept;
  raw_connection& operator=(raw_connection&&) = delete;

  /// Sends all bytes.
  void send(std::string_view bytes);

  /// Sends as much as the peer takes until it has taken nothing for `patience`; returns how many bytes that were.
  std::size_t send_some(std::string_view bytes, std::chrono::milliseconds patience);

  enum class request_kind { ordinary, head };

  /// Reads the next response: status line, headers, and the body by Content-Length, or up to the end of the connection
  /// where that is missing. Responses to HEAD, 1xx, 204 and 304 have no body. Chunked bodies are not understood.
  raw_response read_response(request_kind kind = request_kind::ordinary);

  /// Reads until the peer has closed and returns what came. A reset counts as closed.
  std::string read_until_closed();

  /// Returns what has been received so far and not been returned, waiting for at least one byte; "" when closed.
  std::string read_some();

  /// Returns whether the peer closes or resets the connection within `timeout` without sending more.
  bool closed_within(std::chrono::milliseconds timeout);

  /// Closes the sending direction: the peer reads an end, but may still answer.
  void shutdown_send();

  /// Closes the connection; bytes not yet read make the system send a reset.
  void close() noexcept;

  /// Closes the connection with a reset, as a client that crashed.
  void reset() noexcept;

  std::uint16_t local_port() const;

protected:
  using time_point = std::chrono::steady_clock::time_point;

  /// What recv and send are to a plain connection.
  virtual ssize_t pull(std::span<char> to);
  virtual ssize_t push(std::string_view from);

  time_point deadline() const;
  bool wait_for(short events, time_point until);
  int fd() const noexcept {
    return fd_;
  }

private:
  bool receive(time_point until);

  int fd_ = -1;
  options how_;
  std::string received_; ///< read from the socket, not yet returned
};

} // namespace tessera::test
