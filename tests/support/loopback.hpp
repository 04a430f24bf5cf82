#pragma once

#include <cstdint>

namespace tessera::test {

/// Returns a TCP socket that neither blocks nor delays what is sent, connected to a port of 127.0.0.1 or about to be;
/// -1 if nobody listens there. Throws std::system_error if there is no socket.
int connect_to_loopback(std::uint16_t port);

} // namespace tessera::test
