#pragma once

#include "guard/ip_address.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace tessera {

/// More proxies in a row than this nobody has; what stands further left in the list is not read.
inline constexpr std::size_t most_forwarded_entries = 32;

/// Returns the address that a request from `peer` (the connection's other end, or what its PROXY header says) is
/// counted under. `x_forwarded_for` are the values of all its X-Forwarded-For lines in order: together they are one
/// list. They are believed only if the peer is in a trusted network. Each proxy appends the address that it was asked
/// from, so the list is read from the right for as long as the address just read is trusted itself; the first that is
/// not, is the client, and what stands left of it the client may have made up. An entry that is no address (empty,
/// "unknown") ends the reading at the one before, because nobody vouches for what is left of it. Pure.
///
/// A trusted proxy must append to the list or replace it: one that passes the client's on unchanged lets clients choose
/// their address. Forwarded (RFC 7239) is not read: proxies that don't write it pass on the client's.
ip_address client_address(const ip_address& peer, std::span<const std::string_view> x_forwarded_for,
                          std::span<const ip_network> trusted) noexcept;

/// Returns whether a request counts as coming from this machine in the rules on access. `other_end` is that of the
/// connection itself; `forwarded`: the request carries Forwarded or X-Forwarded-For, or the connection began with a
/// PROXY header. Such a request comes through a proxy on this machine, for anybody, unless the proxy is trusted.
bool counts_as_loopback(const ip_address& other_end, bool forwarded, std::span<const ip_network> trusted) noexcept;

/// Returns the address in an entry of X-Forwarded-For: "1.2.3.4", "1.2.3.4:567", "::1", "[::1]" or "[::1]:80", spaces
/// and tabs around it dropped; nothing if it is anything else.
std::optional<ip_address> parse_forwarded_entry(std::string_view entry) noexcept;

} // namespace tessera
