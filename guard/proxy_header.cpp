#include "guard/proxy_header.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace tessera {

namespace {

using state = proxy_header::state;
using origin = proxy_header::origin;
using namespace std::string_view_literals;

constexpr auto v1_signature = "PROXY "sv;
constexpr auto v2_signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t v1_most_bytes = 107; // with its line end (section 2.1)
constexpr std::size_t v2_fixed_bytes = 16; // signature, version and command, family and protocol, length

constexpr proxy_header incomplete{};
constexpr proxy_header malformed{.what = state::malformed};

proxy_header complete(std::size_t size, origin from, const ip_address& source = {}) noexcept {
  return {state::complete, size, from, source};
}

// -- version 1: one line of text -------------------------------------------------------------------------------------

/// Returns what stands before the next space, and removes both from `text`.
std::string_view next_word(std::string_view& text) noexcept {
  auto word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

/// Returns the address that `text` spells in the family that the line announces.
std::optional<ip_address> parse_address(std::string_view text, bool v4) noexcept {
  auto dotted = text.find(':') == std::string_view::npos;
  return dotted == v4 ? parse_ip_address(text) : std::nullopt;
}

proxy_header parse_v1(std::string_view received) noexcept {
  auto feed = received.substr(0, v1_most_bytes).find('\n');
  if (feed == std::string_view::npos)
    return received.size() < v1_most_bytes ? incomplete : malformed;
  if (received[feed - 1] != '\r')
    return malformed;
  auto rest = received.substr(v1_signature.size(), feed - 1 - v1_signature.size());
  auto family = next_word(rest);
  if (family == "UNKNOWN")
    return complete(feed + 1, origin::unknown); // whatever else the line holds
  auto v4 = family == "TCP4";
  if (!v4 && family != "TCP6")
    return malformed;
  auto source = parse_address(next_word(rest), v4);
  auto destination = parse_address(next_word(rest), v4);
  auto source_port = next_word(rest);
  auto ports = is_port(source_port) && is_port(rest);
  return source && destination && ports ? complete(feed + 1, origin::address, *source) : malformed;
}

// -- version 2: binary -----------------------------------------------------------------------------------------------

template <class Bytes>
ip_address address_at(std::string_view received, std::size_t at) noexcept {
  Bytes bytes;
  std::copy_n(received.begin() + static_cast<std::ptrdiff_t>(at), bytes.size(), bytes.begin());
  return ip_address{bytes};
}

proxy_header parse_v2(std::string_view received) noexcept {
  auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(received[at]); };
  constexpr unsigned local = 0x20; // version 2
  constexpr unsigned proxied = 0x21;
  constexpr unsigned v4 = 1;
  constexpr unsigned v6 = 2;
  constexpr unsigned local_socket = 3;
  constexpr unsigned stream = 1;
  constexpr unsigned datagram = 2;

  if (received.size() > v2_signature.size()) {
    auto command = byte(v2_signature.size());
    if (command != local && command != proxied)
      return malformed;
  }
  if (received.size() < v2_fixed_bytes)
    return incomplete;
  auto length = std::size_t{byte(14)} << 8 | byte(15);
  auto size = v2_fixed_bytes + length;
  if (size > most_proxy_header_bytes)
    return malformed;
  auto is_local = byte(12) == local;
  unsigned family = byte(13) >> 4;
  unsigned protocol = byte(13) & 0xf;
  constexpr std::array<std::size_t, 4> addresses = {0, 12, 36, 216}; // bytes, by family
  if (!is_local && (family > local_socket || protocol > datagram || length < addresses[family]))
    return malformed;
  if (received.size() < size)
    return incomplete;
  if (is_local)
    return complete(size, origin::proxy);
  if (protocol == stream && family == v4)
    return complete(size, origin::address, address_at<ip_address::v4_bytes>(received, v2_fixed_bytes));
  if (protocol == stream && family == v6)
    return complete(size, origin::address, address_at<ip_address::v6_bytes>(received, v2_fixed_bytes));
  return complete(size, origin::unknown);
}

bool begins(std::string_view received, std::string_view signature) noexcept {
  return received.substr(0, signature.size()) == signature.substr(0, received.size());
}

} // namespace

proxy_header parse_proxy_header(std::string_view received) noexcept {
  auto text = begins(received, v1_signature);
  if (!text && !begins(received, v2_signature))
    return {.what = state::absent};
  if (received.size() < (text ? v1_signature : v2_signature).size())
    return incomplete;
  return text ? parse_v1(received) : parse_v2(received);
}

} // namespace tessera
