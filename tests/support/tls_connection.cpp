#include "tests/support/tls_connection.hpp"

#include <cerrno>
#include <poll.h>

namespace tessera::test {

tls_connection::tls_connection(std::uint16_t port, options how, const tls_client::options& tls)
    : raw_connection(port, std::move(how)), tls_(fd(), tls) {
  const auto until = deadline();
  while (tls_.shake_hands() != 1) {
    if (errno != EAGAIN)
      throw std::runtime_error("no handshake: " + tls_.failure());
    if (!wait_for(POLLIN, until))
      throw timed_out("no handshake in time");
  }
}

bool tls_connection::ends_orderly() {
  read_until_closed();
  return tls_.failure().empty();
}

} // namespace tessera::test
