#include "config/url.hpp"

#include "config/value_text.hpp"

#include <algorithm>

namespace tessera {

namespace {

constexpr auto npos = std::string_view::npos;

/// Removes `prefix` from the front of `text`; returns whether it was there.
bool skip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_plain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
}

/// HOST[:PORT], with an IPv6 address in brackets.
bool is_host_and_port(std::string_view text) {
  auto bracket = text.rfind(']');
  auto has_port = text.find(':', bracket == npos ? 0 : bracket) != npos;
  auto where = parse_endpoint(std::string{text} + (has_port ? "" : ":1"));
  return where && where->port != 0;
}

/// Returns what stands before the path: [USER[:PASSWORD]@]HOST[:PORT].
std::string_view authority_of(std::string_view text) {
  return text.substr(0, text.find_first_of("/?#"));
}

std::string_view host_and_port_of(std::string_view authority) {
  auto at = authority.rfind('@');
  return at == npos ? authority : authority.substr(at + 1);
}

} // namespace

std::string mask_url_password(std::string_view text) {
  auto scheme = text.find("://");
  auto at = text.rfind('@');
  if (scheme == npos || at == npos || at < scheme + 3)
    return std::string{text};
  auto start = scheme + 3;
  auto colon = text.find(':', start);
  bool redis = text.substr(0, scheme).starts_with("redis");
  if (colon == npos || colon > at) {
    if (!redis)
      return std::string{text};
    return std::string{text.substr(0, start)}.append("***").append(text.substr(at));
  }
  return std::string{text.substr(0, colon + 1)}.append("***").append(text.substr(at));
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (char c : text) {
    if (unreserved.find(c) != npos) {
      out.push_back(c);
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out.append({'%', hex[byte >> 4], hex[byte & 0xf]});
  }
  return out;
}

bool is_store_url(std::string_view text) {
  if (skip(text, "sqlite:"))
    return !text.empty() && text.find('\0') == npos;
  if (!is_plain(text) || !skip(text, "mysql://"))
    return false;
  auto authority = authority_of(text);
  if (!is_host_and_port(host_and_port_of(authority)) || !skip(text, authority) || !skip(text, "/"))
    return false;
  auto name = text.substr(0, text.find('?'));
  return !name.empty() && name.find_first_of("/#@") == npos;
}

bool is_redis_url(std::string_view text) {
  if (!is_plain(text) || !skip(text, "redis://"))
    return false;
  auto authority = authority_of(text);
  if (!is_host_and_port(host_and_port_of(authority)))
    return false;
  skip(text, authority);
  return text.empty() || text == "/" || (skip(text, "/") && parse_number(text).value_or(65'536) <= 65'535);
}

} // namespace tessera
