#pragma once

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tessera::test {

/// What Redis answered to one command.
struct redis_reply {
  enum class kinds { nil, text, integer, list, error };
  kinds kind = kinds::nil;
  std::string text; ///< of text (strings and states) and error
  long long integer = 0;
  std::vector<redis_reply> items; ///< of a list

  bool is_nil() const noexcept {
    return kind == kinds::nil;
  }
};

/// A Redis server of its own on 127.0.0.1, holding everything in memory: after a restart it is empty. Ends with this
/// object.
class redis_server {
public:
  /// Starts the server and waits until it answers. Throws std::runtime_error with its log if it does not.
  /// @param password asked from clients; empty: none
  explicit redis_server(std::string password = "");
  ~redis_server();
  redis_server(const redis_server&) = delete;
  redis_server& operator=(const redis_server&) = delete;

  /// Returns redis://127.0.0.1:PORT or redis://:PASSWORD@127.0.0.1:PORT.
  std::string url() const;

  std::uint16_t port() const noexcept {
    return port_;
  }

  /// Ends the server at once (SIGKILL), as a crash does. Its connections are reset, new ones refused.
  void kill_hard();

  /// Stops the server from running (SIGSTOP) and returns when it has stopped: the system still accepts connections for
  /// it, but nothing is answered.
  void freeze();
  void thaw();

  /// Starts the server again, empty, on the same port, ending it before if it runs, and waits until it answers.
  void restart();

  bool running();

  /// Runs one command over a connection of its own, e.g. command({"SET", "key", "value"}). Throws std::runtime_error if
  /// the server cannot be reached or does not answer within seconds; an error answer is a reply like others.
  redis_reply command(const std::vector<std::string>& words);

  /// Returns the server's log.
  std::string log() const;

private:
  void start();
  bool answers();

  temp_dir dir_;
  std::string password_;
  std::uint16_t port_ = 0;
  std::unique_ptr<process> server_;
};

} // namespace tessera::test
