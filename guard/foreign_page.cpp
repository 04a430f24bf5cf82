#include "guard/foreign_page.hpp"

#include "guard/ip_address.hpp"

#include <algorithm>

namespace tessera {

namespace {

bool same_letters(std::string_view text, std::string_view lower) noexcept {
  return std::ranges::equal(text, lower, [](char left, char right) {
    return (left >= 'A' && left <= 'Z' ? static_cast<char>(left + ('a' - 'A')) : left) == right;
  });
}

/// Takes the port off an authority, and the brackets off an IPv6 address.
std::string_view host_of(std::string_view authority) noexcept {
  if (authority.starts_with('[')) {
    auto end = authority.find(']');
    return end == authority.npos ? authority : authority.substr(1, end - 1);
  }
  return authority.substr(0, authority.find(':'));
}

bool is_this_machine(std::string_view authority) noexcept {
  auto host = host_of(authority);
  if (same_letters(host, "localhost"))
    return true;
  auto address = parse_ip_address(host);
  return address && address->is_loopback();
}

} // namespace

bool may_be_a_foreign_page(std::string_view host, std::string_view origin,
                           std::span<const std::string> allowed) noexcept {
  if (!host.empty() && !is_this_machine(host))
    return true;
  if (origin.empty() || std::ranges::any_of(allowed, [&](const auto& each) { return each == "*" || each == origin; }))
    return false;
  auto scheme = origin.find("://");
  return scheme == origin.npos || !is_this_machine(origin.substr(scheme + 3));
}

} // namespace tessera
