#pragma once

#include "guard/client_key.hpp"
#include "guard/ip_address.hpp"

#include <cstddef>

struct sockaddr_storage;

namespace tessera {

/// Who is at the other end of a connection.
struct peer {
  ip_address other_end;        ///< of the socket itself
  ip_address client;           ///< what its PROXY header says, else the other end
  client_key name;             ///< of `client`
  bool trusted = false;        ///< `client` is in a trusted network: a proxy, which speaks for many
  bool awaits_header = false;  ///< a PROXY header has to come first
  bool proxied = false;        ///< it came behind a PROXY header
  bool counted = false;        ///< in the connection counter, under `name`
  std::size_t header_seen = 0; ///< bytes of its PROXY header so far
};

/// Returns the address in what the system tells of a socket; "::" for families other than IPv4 and IPv6.
ip_address address_of(const sockaddr_storage& from) noexcept;

} // namespace tessera
