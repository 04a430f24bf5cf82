#include "tests/faults/fault_proxy.hpp"

#include "tests/faults/proxy_link.hpp"
#include "tests/support/free_port.hpp"

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace tessera::test {

namespace {

using std::chrono::steady_clock;

constexpr int bind_attempts = 10;
constexpr int backlog = 1024;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Returns a socket that is bound to a port and does not listen yet. The port is named, not chosen by the system: only
/// then does Linux leave it to the socket when that stops listening.
int bind_somewhere(std::uint16_t& port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    fail("cannot open a socket");
  const int on = 1; // else connections that have ended, but not for TCP, would keep it from listening again
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  for (int attempt = 1;; ++attempt) {
    port = free_port();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      return fd;
    if (attempt == bind_attempts) {
      ::close(fd);
      fail("cannot bind a port");
    }
  }
}

} // namespace

fault_proxy::fault_proxy(std::uint16_t server_port) : server_port_(server_port), listener_(bind_somewhere(port_)) {
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_ < 0)
    fail("cannot make an eventfd");
  listen_again();
  thread_ = std::thread{[this] { serve(); }};
}

fault_proxy::~fault_proxy() {
  {
    std::lock_guard guard{mutex_};
    stop_ = true;
  }
  wake();
  thread_.join();
  ::close(listener_);
  ::close(wake_);
}

void fault_proxy::inject(const fault& what) {
  std::unique_lock lock{mutex_};
  wanted_ = what;
  auto version = ++wanted_version_;
  wake();
  obeyed_.wait(lock, [&] { return obeyed_version_ >= version; });
}

void fault_proxy::wake() noexcept {
  const std::uint64_t one = 1;
  (void)!::write(wake_, &one, sizeof one); // fails only if it is set already
}

void fault_proxy::serve() {
  while (obey())
    wait();
  links_.clear();
}

/// Does what the other threads want; returns whether to go on.
bool fault_proxy::obey() {
  std::lock_guard guard{mutex_};
  if (stop_)
    return false;
  if (obeyed_version_ == wanted_version_)
    return true;
  using enum fault::kinds;
  const bool refused = fault_.kind == refuse;
  fault_ = wanted_;
  for (auto& each : links_)
    each->inject(fault_, steady_clock::now());
  if (fault_.kind == refuse && !refused)
    ::shutdown(listener_, SHUT_RDWR); // stops listening and keeps the port; what waits to be accepted is reset
  else if (fault_.kind != refuse && refused)
    listen_again();
  obeyed_version_ = wanted_version_;
  obeyed_.notify_all();
  return true;
}

void fault_proxy::listen_again() {
  if (::listen(listener_, backlog) != 0)
    fail("cannot listen");
}

/// Waits for something to do and does it.
void fault_proxy::wait() {
  const auto asleep = steady_clock::now();
  std::vector<pollfd> wanted{{wake_, POLLIN, 0}, {fault_.kind == fault::kinds::refuse ? -1 : listener_, POLLIN, 0}};
  auto due = time_point::max();
  for (const auto& each : links_) {
    wanted.push_back(each->wanted_of_client(asleep));
    wanted.push_back(each->wanted_of_server());
    if (auto at = each->next_due(); at > asleep) // what is due already waits for its socket
      due = std::min(due, at);
  }
  auto timeout = due == time_point::max() ? -1 : std::chrono::ceil<std::chrono::milliseconds>(due - asleep).count();
  if (::poll(wanted.data(), wanted.size(), static_cast<int>(timeout)) < 0 && errno != EINTR)
    fail("cannot wait for sockets");
  const auto now = steady_clock::now();
  for (std::size_t i = 0; i < links_.size(); ++i)
    links_[i]->run(wanted[2 + 2 * i].revents, wanted[3 + 2 * i].revents, now);
  std::erase_if(links_, [](const auto& each) { return each->over(); });
  if (wanted[0].revents != 0) {
    std::uint64_t count = 0;
    (void)!::read(wake_, &count, sizeof count);
  }
  if (wanted[1].revents != 0)
    accept_all();
}

void fault_proxy::accept_all() {
  for (;;) {
    int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) {
      if (errno == EAGAIN)
        return;
      if (errno == EINTR || errno == ECONNABORTED)
        continue;
      fail("cannot accept");
    }
    auto link = std::make_unique<proxy_link>(client, server_port_, ++accepted_);
    link->inject(fault_, steady_clock::now());
    if (!link->over())
      links_.push_back(std::move(link));
  }
}

} // namespace tessera::test
