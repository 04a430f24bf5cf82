#pragma once

#include "guard/proxy_header.hpp"

#include <cstddef>

namespace tessera {

/// Takes the PROXY header from the non-blocking socket `fd`, and not a byte beyond it: what follows, TLS perhaps, is
/// somebody else's. While the header is incomplete its bytes stay with the system, which is told to report the socket
/// as readable only when more have come (SO_RCVLOWAT), so that a level-triggered loop does not spin.
/// @param seen bytes that the last call found; 0 before the first. A call without more than those means that the other
/// end has finished.
/// @returns complete, incomplete (call again when readable), or malformed (also for a connection without a header, one
/// that has ended, and an error)
proxy_header take_proxy_header(int fd, std::size_t& seen) noexcept;

} // namespace tessera
