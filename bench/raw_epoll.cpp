// The least work with which a server can answer HTTP over epoll: one thread that looks for the end of a request's head
// and writes a constant answer. It understands nothing. What a server costs above this is what its own work costs.
//
//   bench_raw_epoll PORT BODY_BYTES HEAD_BYTES      port 0: chosen by the system
//
// It answers once per read, which is right for clients that do not pipeline.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr int backlog = 4096;
constexpr int on = 1;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(EXIT_FAILURE);
}

/// Returns an answer with a body of that size and a head filled up to that size; a smaller one if it needs no filling.
std::string constant_answer(std::size_t body_bytes, std::size_t head_bytes) {
  auto head = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: "
              + std::to_string(body_bytes) + "\r\n";
  constexpr std::string_view filler = "X-Filler: ";
  constexpr std::size_t line_ends = 4;
  if (head_bytes > head.size() + filler.size() + line_ends)
    head.append(filler).append(head_bytes - head.size() - line_ends, 'x').append("\r\n");
  return head + "\r\n" + std::string(body_bytes, 'x');
}

int listen_on(std::uint16_t port) {
  int acceptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (acceptor < 0)
    fail("socket");
  ::setsockopt(acceptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(acceptor, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(acceptor, backlog) != 0
      || ::getsockname(acceptor, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    fail("listen");
  std::printf("Serving on 127.0.0.1:%u\n", static_cast<unsigned>(ntohs(address.sin_port)));
  std::fflush(stdout);
  return acceptor;
}

void accept_all(int poll, int acceptor) {
  for (int client = 0; (client = ::accept4(acceptor, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{EPOLLIN, {.fd = client}};
    if (::epoll_ctl(poll, EPOLL_CTL_ADD, client, &event) != 0)
      fail("epoll_ctl");
  }
}

void serve(int acceptor, const std::string& answer) {
  int poll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{EPOLLIN, {.fd = acceptor}};
  if (poll < 0 || ::epoll_ctl(poll, EPOLL_CTL_ADD, acceptor, &event) != 0)
    fail("epoll");
  std::array<epoll_event, 512> ready;
  std::array<char, 4096> buffer;
  for (;;) {
    int count = ::epoll_wait(poll, ready.data(), static_cast<int>(ready.size()), -1);
    for (int i = 0; i < count; ++i) {
      int fd = ready[static_cast<std::size_t>(i)].data.fd;
      if (fd == acceptor) {
        accept_all(poll, acceptor);
        continue;
      }
      auto size = ::read(fd, buffer.data(), buffer.size());
      bool asked = size > 0 && std::string_view{buffer.data(), static_cast<std::size_t>(size)}.ends_with("\r\n\r\n");
      if (!asked || ::write(fd, answer.data(), answer.size()) != static_cast<ssize_t>(answer.size()))
        ::close(fd);
    }
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "Usage: bench_raw_epoll PORT BODY_BYTES HEAD_BYTES\n");
    return 2;
  }
  auto port = static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10));
  auto answer = constant_answer(std::strtoul(argv[2], nullptr, 10), std::strtoul(argv[3], nullptr, 10));
  serve(listen_on(port), answer);
}
