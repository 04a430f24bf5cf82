#pragma once

#include "tests/faults/fault.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <poll.h>
#include <random>
#include <string>
#include <string_view>

namespace tessera::test {

/// One connection through a fault_proxy: the client's socket, the server's, and what is under way between them. Nothing
/// here blocks; the proxy's loop says which socket is ready and what time it is. For one thread.
class proxy_link {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Takes over the socket of a client that was accepted, and connects to a server on 127.0.0.1.
  /// @param serial makes what is random differ between connections
  proxy_link(int client, std::uint16_t server_port, std::uint64_t serial);
  ~proxy_link();
  proxy_link(const proxy_link&) = delete;
  proxy_link& operator=(const proxy_link&) = delete;

  /// From now on `what` happens. Bytes that an earlier fault held back come at once, unless this one holds them, too.
  void inject(const fault& what, time_point now);

  /// Returns what to wait for, the client's socket first. Frozen sockets are left out: their ends would be reported
  /// again and again.
  pollfd wanted_of_client(time_point now) const;
  pollfd wanted_of_server() const;

  /// Returns when bytes that are held back are due; time_point::max() if there are none.
  time_point next_due() const;

  /// Moves what can be moved, given what poll has reported for both sockets.
  void run(short client_events, short server_events, time_point now);

  /// Returns whether the connection has ended, so that this object can go.
  bool over() const noexcept {
    return client_ < 0;
  }

private:
  struct piece {
    time_point due;
    std::string bytes;
  };

  bool frozen() const noexcept {
    return fault_.kind == fault::kinds::freeze;
  }
  void read_client();
  void read_server(time_point now);
  void write_server();
  void write_client(time_point now);
  void queue(std::string_view answer, time_point now);
  void queue_drops(std::string_view answer, time_point now);
  void spoil(std::string& answer);
  void hold(std::string_view bytes, time_point due);
  void end() noexcept;
  void break_off() noexcept;

  int client_;
  int server_ = -1;
  fault fault_;
  std::mt19937_64 random_;
  std::uint64_t serial_;
  std::string requests_;            ///< to be written to the server
  std::deque<piece> answers_;       ///< to be written to the client, in this order
  std::size_t answers_size_ = 0;    ///< bytes in `answers_`
  std::size_t answered_ = 0;        ///< bytes of the server since the client last sent some
  bool ends_after_answers_ = false; ///< the server has closed, or the answer was truncated
  bool swallows_ = false;           ///< half-open: the client has nobody to talk to
};

} // namespace tessera::test
