#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>

namespace tessera::test {

/// A server on a port of 127.0.0.1 of its own that answers each request as a script says: rightly, wrongly, or not at
/// all. One thread serves all connections, and runs the script; it ends with this object.
class scripted_server {
public:
  struct answer {
    std::string bytes;  ///< sent as they are; none: the client waits in vain
    bool close = false; ///< the connection behind them
  };
  /// Gets a whole request, body included, and how many there have been before on all connections.
  using script = std::function<answer(std::string_view request, std::size_t earlier)>;

  /// Throws std::system_error if there is no port or no thread.
  explicit scripted_server(script how);
  ~scripted_server();
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  std::uint16_t port() const noexcept {
    return port_;
  }

  /// Returns http://127.0.0.1:PORT.
  std::string url() const;

  /// Returns how many requests have come so far.
  std::size_t requests() const noexcept {
    return requests_;
  }

private:
  void serve();
  void accept_one();
  bool read_from(int fd);
  bool reply(int fd, std::string_view request);

  const script how_;
  int listener_ = -1;
  int wake_ = -1; ///< an eventfd
  std::uint16_t port_ = 0;
  std::map<int, std::string> received_; ///< by connection, what is no whole request yet
  std::atomic<std::size_t> requests_{0};
  std::thread thread_;
};

/// Returns an answer with a body of JSON. `headers` are whole lines, each with its CRLF.
std::string json_answer(int status, std::string_view body, std::string_view headers = {});

} // namespace tessera::test
