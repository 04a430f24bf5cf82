#include "guard/forwarded.hpp"

#include "cards/trim_blanks.hpp"

#include <algorithm>

namespace tessera {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_in(std::span<const ip_network> networks, const ip_address& address) noexcept {
  return std::ranges::any_of(networks, [&](auto& network) { return network.contains(address); });
}

} // namespace

std::optional<ip_address> parse_forwarded_entry(std::string_view entry) noexcept {
  entry = trim_blanks(entry);
  if (entry.starts_with('[')) {
    auto closing = entry.find(']');
    if (closing == npos)
      return std::nullopt;
    auto behind = entry.substr(closing + 1);
    if (!behind.empty() && (behind.front() != ':' || !is_port(behind.substr(1))))
      return std::nullopt;
    auto inside = entry.substr(1, closing - 1);
    return inside.find(':') == npos ? std::nullopt : parse_ip_address(inside);
  }
  auto colon = entry.find(':');
  auto one_colon = colon != npos && entry.find(':', colon + 1) == npos; // no IPv6 address has just one
  if (one_colon && !is_port(entry.substr(colon + 1)))
    return std::nullopt;
  return parse_ip_address(one_colon ? entry.substr(0, colon) : entry);
}

ip_address client_address(const ip_address& peer, std::span<const std::string_view> x_forwarded_for,
                          std::span<const ip_network> trusted) noexcept {
  auto client = peer;
  auto entries_left = most_forwarded_entries;
  for (auto line = x_forwarded_for.rbegin(); line != x_forwarded_for.rend(); ++line) {
    auto comma = npos;
    auto rest = *line;
    do {
      if (entries_left-- == 0 || !is_in(trusted, client))
        return client;
      comma = rest.rfind(',');
      auto entry = parse_forwarded_entry(rest.substr(comma == npos ? 0 : comma + 1));
      if (!entry)
        return client;
      client = *entry;
      rest = rest.substr(0, comma);
    } while (comma != npos);
  }
  return client;
}

bool counts_as_loopback(const ip_address& other_end, bool forwarded, std::span<const ip_network> trusted) noexcept {
  return other_end.is_loopback() && (!forwarded || is_in(trusted, other_end));
}

} // namespace tessera
