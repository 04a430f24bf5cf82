#include "storage/mysql_connect.hpp"

#include <algorithm>
#include <condition_variable>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

// The library's non-blocking calls run on a stack of their own and come back where they would wait (MariaDB Knowledge
// Base, "Non-blocking API Reference"): at least once, for TCP to connect. Once connected, the ordinary calls can be
// used. Where they wait all the same, which is during the TLS handshake, another thread watches over them.

namespace tessera {

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// The library takes 60 KiB, which resolving a name and checking certificates could outgrow.
constexpr std::size_t stack_bytes = 256 * 1024;

/// Shuts a socket down at a deadline, unless this object has gone before.
class socket_watch {
public:
  socket_watch(int socket, clock::time_point deadline)
      : socket_(socket), own_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)),
        thread_([this, deadline](const std::stop_token& stop) { watch(stop, deadline); }) {
  }
  ~socket_watch() {
    thread_.request_stop();
    thread_.join();
    ::close(own_);
  }
  socket_watch(const socket_watch&) = delete;
  socket_watch& operator=(const socket_watch&) = delete;

  bool watches(int socket) const noexcept {
    return socket == socket_;
  }

private:
  void watch(const std::stop_token& stop, clock::time_point deadline) {
    std::unique_lock lock{mutex_};
    over_.wait_until(lock, stop, deadline, [] { return false; });
    if (!stop.stop_requested())
      ::shutdown(own_, SHUT_RDWR);
  }

  int socket_;
  int own_; ///< the same connection: the library may close `socket_`, and another file then has its number
  std::mutex mutex_;
  std::condition_variable_any over_;
  std::jthread thread_; ///< last: it uses all of the above
};

/// Waits for what the library waits for; returns what has happened, in its terms.
int wait_for(int events, int socket, clock::time_point deadline) {
  pollfd what{socket, 0, 0};
  what.events = static_cast<short>((events & MYSQL_WAIT_READ ? POLLIN : 0) | (events & MYSQL_WAIT_WRITE ? POLLOUT : 0)
                                   | (events & MYSQL_WAIT_EXCEPT ? POLLPRI : 0));
  auto left = std::chrono::ceil<milliseconds>(deadline - clock::now()).count();
  auto ready = left > 0 ? ::poll(&what, 1, static_cast<int>(std::min<std::int64_t>(left, 1'000'000))) : 0;
  if (ready < 0 || (ready == 0 && clock::now() < deadline))
    return 0; // interrupted by a signal: it waits again
  if (ready == 0)
    return events | MYSQL_WAIT_TIMEOUT;
  constexpr short failed = POLLERR | POLLHUP;
  return (what.revents & (POLLIN | failed) ? events & MYSQL_WAIT_READ : 0)
         | (what.revents & (POLLOUT | failed) ? events & MYSQL_WAIT_WRITE : 0)
         | (what.revents & (POLLPRI | failed) ? events & MYSQL_WAIT_EXCEPT : 0);
}

} // namespace

void prepare_mysql_connect(MYSQL* mysql) {
  mysql_options(mysql, MYSQL_OPT_NONBLOCK, &stack_bytes);
}

bool mysql_connect(MYSQL* mysql, const mysql_address& address, clock::time_point deadline) {
  MYSQL* connected = nullptr;
  auto awaited = mysql_real_connect_start(&connected, mysql, address.host.c_str(), address.user.c_str(),
                                          address.password.c_str(), address.database.c_str(), address.port, nullptr, 0);
  std::optional<socket_watch> watch;
  while (awaited != 0) {
    auto socket = static_cast<int>(mysql_get_socket(mysql));
    if (address.tls != tls_mode::off && !(watch && watch->watches(socket)))
      watch.emplace(socket, deadline);
    auto happened = wait_for(awaited, socket, deadline);
    if (happened != 0)
      awaited = mysql_real_connect_cont(&connected, mysql, happened);
  }
  // It takes a connection that broke behind the first answer to its initial command for a good one.
  return connected != nullptr && mysql_errno(mysql) == 0 && mysql_get_socket(mysql) != MARIADB_INVALID_SOCKET;
}

} // namespace tessera
