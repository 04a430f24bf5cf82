#pragma once

#include "loadtest/connect.hpp"
#include "loadtest/http_answer.hpp"
#include "loadtest/source_addresses.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::loadtest {

/// Why a connection gave no answer.
enum class connection_fault : std::uint8_t {
  refused,   ///< it could not be opened
  closed,    ///< while an answer was awaited
  malformed, ///< what came was no answer, or nobody had asked for it
  timed_out
};

std::string_view to_string(connection_fault fault) noexcept;

/// Keep-alive connections to one server, each with at most one request on its way. One thread, which also is the one
/// that the listener hears from: always from within `wait`.
class connections {
public:
  using clock = std::chrono::steady_clock;

  /// What happens to a connection. All of it may open, ask and close any of them.
  class listener {
  public:
    virtual void on_open(std::size_t index) = 0;
    /// The connection is open for the next request, unless the answer was the last one.
    virtual void on_answer(std::size_t index, const http_answer& answer) = 0;
    /// It is closed. `reused`: it had had an answer before. `begun`: some of this one has come.
    virtual void on_fault(std::size_t index, connection_fault fault, bool reused, bool begun) = 0;
    /// The server has closed it while nothing was asked.
    virtual void on_idle_close(std::size_t index) = 0;

  protected:
    ~listener() = default;
  };

  /// All are closed at first. Without `sources` the system chooses where they come from.
  connections(const socket_address& target, std::size_t count, std::optional<source_addresses> sources,
              listener& hears);
  connections(const connections&) = delete;
  connections& operator=(const connections&) = delete;
  ~connections();

  /// Begins to open a closed connection; not more than a few at a time, because a server's backlog is short.
  void open(std::size_t index);

  bool is_closed(std::size_t index) const noexcept {
    return all_[index].now == state::closed;
  }
  /// Returns whether it is open and nothing is asked on it.
  bool is_idle(std::size_t index) const noexcept {
    return all_[index].now == state::idle;
  }
  bool is_busy(std::size_t index) const noexcept {
    return all_[index].now == state::busy;
  }

  /// Sends a request. REQUIRES: is_idle(index).
  void ask(std::size_t index, std::string_view request);

  /// Lets the listener hear what has happened, waiting at most so long for something to happen.
  void wait(std::chrono::nanoseconds longest);

  /// Fails all that are opening or awaiting an answer since before `then`; the listener hears it from the next `wait`.
  void expire(clock::time_point then);

private:
  enum class state : std::uint8_t { closed, waiting, connecting, idle, busy };

  struct connection {
    int fd = -1;
    state now = state::closed;
    bool reused = false;
    clock::time_point since;
    std::string received; ///< of an answer that is not yet whole
  };

  struct fault {
    std::size_t index;
    connection_fault why;
    bool reused;
    bool begun;
  };

  void begin_to_open();
  void connect(std::size_t index);
  void connected(std::size_t index);
  void receive(std::size_t index);
  void answered(std::size_t index, std::string_view text);
  void fail(std::size_t index, connection_fault why);
  void close(connection& each);
  void tell_faults();

  socket_address target_;
  std::optional<source_addresses> sources_;
  listener& hears_;
  std::vector<connection> all_;
  std::deque<std::size_t> to_open_;
  std::size_t connecting_ = 0;
  std::vector<fault> faults_; ///< to be told
  std::vector<char> buffer_;
  http_answer answer_; ///< kept for its memory
  int poll_;
};

} // namespace tessera::loadtest
