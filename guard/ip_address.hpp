#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// An IPv4 or IPv6 address. IPv4 is kept as the v4-mapped IPv6 address that stands for it (RFC 4291, section 2.5.5.2),
/// so both spellings of one are equal: a socket that serves both families shows IPv4 clients in the mapped form.
class ip_address {
public:
  using v4_bytes = std::array<std::uint8_t, 4>;
  using v6_bytes = std::array<std::uint8_t, 16>;

  /// The unspecified address, "::".
  constexpr ip_address() noexcept = default;

  /// The bytes as on the wire.
  explicit ip_address(const v4_bytes& bytes) noexcept;
  constexpr explicit ip_address(const v6_bytes& bytes) noexcept : bytes_(bytes) {
  }

  constexpr const v6_bytes& bytes() const noexcept {
    return bytes_;
  }

  bool is_v4() const noexcept;

  /// Returns whether it is ::1 or in 127.0.0.0/8.
  bool is_loopback() const noexcept;

  constexpr auto operator<=>(const ip_address&) const noexcept = default;

private:
  v6_bytes bytes_{};
};

/// Returns the address that `text` spells: dotted decimal with four parts and no leading zeros, or IPv6 as in RFC 4291,
/// section 2.2. Nothing if it is anything else, also with a zone, a port, brackets or spaces.
std::optional<ip_address> parse_ip_address(std::string_view text) noexcept;

/// Returns the usual text: dotted decimal for IPv4, RFC 5952 for IPv6.
std::string to_string(const ip_address& address);

/// Returns whether `text` is a port as it stands behind an address: 0 to 65535 in plain decimal digits, no leading
/// zeros.
bool is_port(std::string_view text) noexcept;

/// Returns what stands for one client where clients are counted: an IPv4 address whole, an IPv6 address with all behind
/// its first 64 bits cleared, because whoever has one address has the rest of its /64.
ip_address masked_for_limits(const ip_address& address) noexcept;

/// All addresses that begin with the same bits. A network of IPv4 addresses holds no IPv6 addresses, and the reverse:
/// "::/0" holds no IPv4 address.
class ip_network {
public:
  /// The network of `address` alone.
  explicit ip_network(const ip_address& address) noexcept : base_(address) {
  }

  /// Returns the network that `text` spells: "10.0.0.0/8", "2001:db8::/32", or one address. Nothing if it is no such
  /// text, or if the address has bits behind the prefix ("10.0.0.1/8"), where two readers could mean two things.
  static std::optional<ip_network> parse(std::string_view text) noexcept;

  bool contains(const ip_address& address) const noexcept;

  bool operator==(const ip_network&) const noexcept = default;

  /// Returns the text that `parse` takes, always with the length of the prefix.
  friend std::string to_string(const ip_network& network);

private:
  static constexpr unsigned bits = 128;
  static constexpr unsigned v4_offset = 96; ///< bits before an IPv4 address in its mapped form

  ip_network(const ip_address& base, unsigned length) noexcept : base_(base), length_(length) {
  }

  ip_address base_;
  unsigned length_ = bits; ///< of the prefix, counted in the mapped form
};

} // namespace tessera
