#pragma once

#include <cstdint>

namespace tessera {

/// Names a client (an address or an API key) to everything that counts per client. A keyed hash (SipHash) under the
/// service's secret, the same on all nodes: its bits are uniformly distributed, nobody outside can choose two clients
/// that collide, and it tells nothing of the address.
struct client_key {
  std::uint64_t value = 0;

  bool operator==(const client_key&) const = default;
};

} // namespace tessera
