#include "guard/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace tessera {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t prefix_bytes_for_limits = 8; // of an IPv6 address

/// Returns the number that plain decimal digits without leading zeros spell.
std::optional<unsigned> parse_number(std::string_view text) noexcept {
  unsigned value = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || (text.size() > 1 && text.front() == '0'))
    return std::nullopt;
  return value;
}

/// Returns whether all bits of `bytes` from number `first` on are zero, the highest bit of the first byte being 0.
bool zero_from(const ip_address::v6_bytes& bytes, unsigned first) noexcept {
  auto at = first / 8;
  if (at < bytes.size() && (bytes[at] & (0xff >> first % 8)) != 0)
    return false;
  return std::all_of(bytes.begin() + std::min<std::ptrdiff_t>(at + 1, std::ssize(bytes)), bytes.end(),
                     [](auto byte) { return byte == 0; });
}

} // namespace

ip_address::ip_address(const v4_bytes& bytes) noexcept {
  std::copy(bytes.begin(), bytes.end(), std::copy(v4_prefix.begin(), v4_prefix.end(), bytes_.begin()));
}

bool ip_address::is_v4() const noexcept {
  return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes_.begin());
}

bool ip_address::is_loopback() const noexcept {
  constexpr v6_bytes v6_loopback = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return is_v4() ? bytes_[v4_prefix.size()] == 127 : bytes_ == v6_loopback;
}

std::optional<ip_address> parse_ip_address(std::string_view text) noexcept {
  // inet_pton reads up to a NUL, so there must be none before the end.
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos)
    return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());
  if (ip_address::v4_bytes v4; ::inet_pton(AF_INET, terminated.data(), v4.data()) == 1)
    return ip_address{v4};
  if (ip_address::v6_bytes v6; ::inet_pton(AF_INET6, terminated.data(), v6.data()) == 1)
    return ip_address{v6};
  return std::nullopt;
}

std::string to_string(const ip_address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  auto* bytes = address.bytes().data();
  if (address.is_v4())
    ::inet_ntop(AF_INET, bytes + v4_prefix.size(), text.data(), text.size());
  else
    ::inet_ntop(AF_INET6, bytes, text.data(), text.size());
  return text.data();
}

bool is_port(std::string_view text) noexcept {
  return parse_number(text).value_or(65'536) <= 65'535;
}

ip_address masked_for_limits(const ip_address& address) noexcept {
  if (address.is_v4())
    return address;
  auto bytes = address.bytes();
  std::fill(bytes.begin() + prefix_bytes_for_limits, bytes.end(), std::uint8_t{0});
  return ip_address{bytes};
}

std::optional<ip_network> ip_network::parse(std::string_view text) noexcept {
  auto slash = text.find('/');
  auto base = parse_ip_address(text.substr(0, slash));
  if (!base)
    return std::nullopt;
  if (slash == std::string_view::npos)
    return ip_network{*base};
  auto length = parse_number(text.substr(slash + 1));
  // "::ffff:10.0.0.0/104" counts from the front of the mapped form, "10.0.0.0/8" from its last 32 bits.
  auto dotted = text.find(':') == std::string_view::npos;
  auto offset = dotted ? v4_offset : 0;
  if (!length || *length > bits - offset || !zero_from(base->bytes(), *length + offset))
    return std::nullopt;
  return ip_network{*base, *length + offset};
}

bool ip_network::contains(const ip_address& address) const noexcept {
  if (address.is_v4() != base_.is_v4())
    return false;
  ip_address::v6_bytes difference;
  std::transform(address.bytes().begin(), address.bytes().end(), base_.bytes().begin(), difference.begin(),
                 [](auto left, auto right) { return static_cast<std::uint8_t>(left ^ right); });
  auto whole = length_ / 8;
  auto rest = length_ % 8;
  return std::all_of(difference.begin(), difference.begin() + whole, [](auto byte) { return byte == 0; })
         && (rest == 0 || difference[whole] >> (8 - rest) == 0);
}

std::string to_string(const ip_network& network) {
  auto length = network.base_.is_v4() ? network.length_ - ip_network::v4_offset : network.length_;
  return to_string(network.base_) + "/" + std::to_string(length);
}

} // namespace tessera
