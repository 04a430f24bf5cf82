#pragma once

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>

namespace tessera::loadtest {

/// From where the connections of many clients come: the first `per_address` from `first` (host byte order), the next as
/// many from the address after it, and so on. All of 127.0.0.0/8 is this machine. Addresses that end in 0 or 255 are
/// left out, because some programs take them for a network or a broadcast. REQUIRES: `first` ends in neither.
struct source_addresses {
  std::uint32_t first = INADDR_LOOPBACK;
  std::uint32_t per_address = 1; ///< at least 1

  constexpr std::uint32_t of(std::size_t client) const noexcept {
    constexpr std::uint64_t per_block = 254;
    auto place = (first >> 8) * per_block + (first & 0xff) - 1 + client / per_address;
    return static_cast<std::uint32_t>(place / per_block << 8 | (place % per_block + 1));
  }
};

/// Returns whether an address (host byte order) is in 127.0.0.0/8.
constexpr bool is_loopback(std::uint32_t address) noexcept {
  return address >> 24 == 127;
}

} // namespace tessera::loadtest
