#include "gateway/proxy_intake.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace tessera {

namespace {

void report_from(int fd, std::size_t bytes) noexcept {
  int low_water_mark = static_cast<int>(bytes);
  ::setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &low_water_mark, sizeof low_water_mark);
}

} // namespace

proxy_header take_proxy_header(int fd, std::size_t& seen) noexcept {
  constexpr proxy_header broken{.what = proxy_header::state::malformed};
  std::array<char, most_proxy_header_bytes> bytes;
  auto size = ::recv(fd, bytes.data(), bytes.size(), MSG_PEEK);
  if (size < 0)
    return errno == EAGAIN || errno == EINTR ? proxy_header{} : broken;
  auto there = static_cast<std::size_t>(size);
  if (there <= seen)
    return broken;
  seen = there;
  auto header = parse_proxy_header({bytes.data(), there});
  if (header.what == proxy_header::state::incomplete) {
    report_from(fd, there + 1);
    return header;
  }
  if (header.what != proxy_header::state::complete)
    return broken;
  report_from(fd, 1);
  auto taken = ::recv(fd, bytes.data(), header.size, 0);
  return taken == static_cast<ssize_t>(header.size) ? header : broken;
}

} // namespace tessera
