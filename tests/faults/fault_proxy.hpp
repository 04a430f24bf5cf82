#pragma once

#include "tests/faults/fault.hpp"

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace tessera::test {

class proxy_link;

/// A TCP proxy on a port of 127.0.0.1 of its own before a server on another, that does to the connections between them
/// what a bad network or a dying server would. One thread serves all connections; it ends with this object. The methods
/// may be called from any thread.
class fault_proxy {
public:
  /// Throws std::system_error if there is no port or no thread.
  explicit fault_proxy(std::uint16_t server_port);
  ~fault_proxy();
  fault_proxy(const fault_proxy&) = delete;
  fault_proxy& operator=(const fault_proxy&) = delete;

  /// Where clients connect. The port stays this proxy's while connections are refused.
  std::uint16_t port() const noexcept {
    return port_;
  }

  /// Lets `what` happen to all connections, those that are open and those to come, instead of what happened before. In
  /// force when it returns.
  void inject(const fault& what);

  /// Ends all faults. Connections that live on carry bytes again; those that were half-open never will.
  void heal() {
    inject(fault::none());
  }

private:
  using time_point = std::chrono::steady_clock::time_point;

  void serve();
  void wait();
  bool obey();
  void listen_again();
  void accept_all();
  void wake() noexcept;

  const std::uint16_t server_port_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int wake_ = -1; ///< an eventfd

  // Of the thread alone.
  fault fault_;
  std::vector<std::unique_ptr<proxy_link>> links_;
  std::uint64_t accepted_ = 0;

  std::mutex mutex_;
  std::condition_variable obeyed_;
  fault wanted_;
  std::uint64_t wanted_version_ = 0;
  std::uint64_t obeyed_version_ = 0;
  bool stop_ = false;

  std::thread thread_; ///< last: it uses all of the above
};

} // namespace tessera::test
