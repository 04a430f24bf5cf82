#include "gateway/peer.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

namespace tessera {

ip_address address_of(const sockaddr_storage& from) noexcept {
  if (from.ss_family == AF_INET) {
    ip_address::v4_bytes bytes;
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in&>(from).sin_addr, bytes.size());
    return ip_address{bytes};
  }
  if (from.ss_family == AF_INET6) {
    ip_address::v6_bytes bytes;
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, bytes.size());
    return ip_address{bytes};
  }
  return {};
}

} // namespace tessera
