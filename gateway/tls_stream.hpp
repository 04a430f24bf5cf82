#pragma once

#include "gateway/tls_socket.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

struct ssl_st; // OpenSSL's SSL

namespace tessera {

/// TLS, the server's side, on one non-blocking socket that it does not own (docs/decisions/0015). Reading and writing
/// mean what recv and send mean, so that a session need not know which it uses; the handshake goes along with the first
/// reads. Loop's thread.
class tls_stream {
public:
  struct freer {
    void operator()(ssl_st* ssl) const noexcept;
  };
  using handle = std::unique_ptr<ssl_st, freer>;

  /// How many records of handshakes a client may send after the first is finished: new keys, attempts to renegotiate.
  /// At one more the stream is at its end. None is needed, and one costs as much as several requests (40 us, measured).
  static constexpr int most_handshake_records = 16;

  /// Returns a stream that awaits a handshake on the socket `fd`; null if memory is short. `ssl` is fresh: tls_context
  /// makes them.
  static std::unique_ptr<tls_stream> accept(handle ssl, int fd);

  tls_stream(const tls_stream&) = delete; // OpenSSL knows where it is
  tls_stream& operator=(const tls_stream&) = delete;

  /// Reads like recv: returns how many bytes there were, 0 at the end of the stream, or -1 with errno set: EAGAIN if
  /// the socket must first be ready (see `read_events`), anything else if the connection is lost.
  ssize_t read(std::span<char> to) noexcept;

  /// Writes like send: returns how many bytes were taken, or -1 with errno set as by `read`. After EAGAIN the same
  /// bytes must come first in the next call, wherever they lie by then; more may follow them.
  ssize_t write(std::string_view from) noexcept;

  /// Announces the end of what is sent (close_notify). Returns false if the socket has no room for that now. Does
  /// nothing before the handshake and on a lost connection.
  bool shut_down() noexcept;

  /// Returns whether the handshake is still to be finished.
  bool handshaking() const noexcept {
    return !established_;
  }

  /// The events of the socket at any of which `read` may go on: mostly EPOLLIN. It is EPOLLOUT where TLS has to write
  /// before it can read, and both where bytes lie here already, of which the socket knows nothing: as long as there is
  /// room for output, EPOLLOUT then wakes the loop at once.
  std::uint32_t read_events() const noexcept {
    return read_events_;
  }
  /// The event of the socket at which `write` or `shut_down` may go on: mostly EPOLLOUT.
  std::uint32_t write_events() const noexcept {
    return write_events_;
  }

private:
  tls_stream(handle ssl, int fd) noexcept;
  static void on_record(int written, int version, int kind, const void* bytes, std::size_t size, ssl_st* ssl,
                        void* stream) noexcept;
  ssize_t settle(int result, std::uint32_t& events) noexcept;
  void answer_plain_http() noexcept;

  tls_socket socket_;
  handle ssl_;
  std::uint32_t read_events_;
  std::uint32_t write_events_;
  bool established_ = false;
  bool ended_ = false; ///< close_notify is out
  bool lost_ = false;
  int handshake_records_ = 0; ///< since the handshake
};

} // namespace tessera
