#include "loadtest/target.hpp"

#include "guard/ip_address.hpp"

#include <netdb.h>

#include <cstring>
#include <memory>

namespace tessera::loadtest {

namespace {

ip_address address_of(const addrinfo& found) {
  if (found.ai_family == AF_INET) {
    ip_address::v4_bytes bytes{};
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in*>(found.ai_addr)->sin_addr, bytes.size());
    return ip_address{bytes};
  }
  ip_address::v6_bytes bytes{};
  std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6*>(found.ai_addr)->sin6_addr, bytes.size());
  return ip_address{bytes};
}

failure wrong_url(std::string_view why) {
  return {error_code::validation, "--target must be a URL such as http://127.0.0.1:8080" + std::string{why}};
}

} // namespace

result<load_target> find_target(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (url.starts_with("https://"))
    return wrong_url(": https is not supported; put the load on a listener without TLS.");
  if (!url.starts_with(scheme))
    return wrong_url(".");
  auto authority = url.substr(scheme.size());
  if (authority.ends_with('/'))
    authority.remove_suffix(1);
  if (authority.find_first_of("/?#@") != authority.npos)
    return wrong_url(", without a path or a user.");
  auto colon = authority.rfind(':');
  bool has_port = colon != authority.npos && authority.find(']', colon) == authority.npos;
  std::string host{authority.substr(0, has_port ? colon : authority.npos)};
  std::string port{has_port ? authority.substr(colon + 1) : "80"};
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  if (host.empty() || !is_port(port) || port == "0")
    return wrong_url(".");
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (int fault = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found); fault != 0)
    return failure{error_code::validation, "The host of --target is not known: " + std::string{::gai_strerror(fault)}};
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned{found, &::freeaddrinfo};
  load_target result;
  result.url = std::string{scheme}.append(authority);
  result.host = authority;
  std::memcpy(&result.address.bytes, found->ai_addr, found->ai_addrlen);
  result.address.size = found->ai_addrlen;
  auto address = address_of(*found);
  result.loopback = address.is_loopback();
  result.ipv4 = address.is_v4() && found->ai_family == AF_INET;
  return result;
}

} // namespace tessera::loadtest
