#pragma once

#include <cstdint>

namespace tessera::test {

/// Returns a TCP port of 127.0.0.1 that nothing is bound to. Nothing reserves it until the caller binds it, so whoever
/// starts a server on it tries again with another when binding fails.
///
/// The port lies below the range that the system gives to outgoing connections where there is room: a test may stop a
/// server and start it on the same port again, and until then no connection may take the port, nor connect to itself
/// through it (which a client that keeps trying to reach a local port of that range does sooner or later).
std::uint16_t free_port();

} // namespace tessera::test
