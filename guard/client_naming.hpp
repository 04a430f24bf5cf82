#pragma once

#include "guard/client_key.hpp"
#include "guard/ip_address.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tessera {

/// Names clients for tables that count them: SipHash-2-4 (Aumasson, Bernstein 2012) under a secret, over the kind of
/// name and the name. Nodes with the same secret give the same names. Two of a million clients share one with a
/// probability of 3 in 10^8. Immutable; any thread.
class client_naming {
public:
  static constexpr std::size_t secret_size = 16;
  using secret = std::array<std::uint8_t, secret_size>;

  explicit client_naming(const secret& key) noexcept : key_(key) {
  }

  /// Returns the key of whoever has `address`: all of an IPv6 /64 are one client (see `masked_for_limits`).
  client_key of_address(const ip_address& address) const noexcept;

  /// Returns the key of whoever holds the API key with this id. Never that of an address.
  client_key of_api_key(std::string_view id) const;

private:
  secret key_;
};

} // namespace tessera
