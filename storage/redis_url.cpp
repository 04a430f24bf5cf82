#include "storage/redis_url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace tessera {

namespace {

constexpr auto npos = std::string_view::npos;

// The most databases that config/setting_table accepts; Redis itself has 16 unless told otherwise.
constexpr unsigned max_database = 65'535;

failure wrong(std::string_view what) {
  return {error_code::validation, "the Redis URL " + std::string{what}};
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.front() != '%') {
      out.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    if (text.size() < 3)
      return std::nullopt;
    unsigned byte = 0;
    auto [end, fault] = std::from_chars(text.data() + 1, text.data() + 3, byte, 16);
    if (fault != std::errc{} || end != text.data() + 3)
      return std::nullopt;
    out.push_back(static_cast<char>(static_cast<unsigned char>(byte)));
    text.remove_prefix(3);
  }
  return out;
}

std::optional<unsigned> parse_decimal(std::string_view text, unsigned most) {
  unsigned value = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || fault != std::errc{} || end != text.data() + text.size() || value > most)
    return std::nullopt;
  return value;
}

status parse_credentials(std::string_view text, redis_address& to) {
  auto colon = text.find(':');
  if (colon == npos)
    return wrong("has a user without a password before the '@'; write redis://:PASSWORD@HOST for a password alone");
  auto user = percent_decode(text.substr(0, colon));
  auto password = percent_decode(text.substr(colon + 1));
  if (!user || !password)
    return wrong("has a '%' in the user or password that is not followed by two hexadecimal digits; write it as %25");
  if (password->empty())
    return wrong("has an empty password before the '@'; leave that part out if there is none");
  to.user = std::move(*user);
  to.password = std::move(*password);
  return ok();
}

status parse_host_and_port(std::string_view text, redis_address& to) {
  std::string_view rest;
  if (text.starts_with('[')) {
    auto end = text.find(']');
    if (end == npos)
      return wrong("has a '[' before the host without its ']'");
    to.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else {
    auto colon = text.find(':');
    to.host = text.substr(0, colon);
    rest = colon == npos ? std::string_view{} : text.substr(colon);
  }
  if (to.host.empty())
    return wrong("has no host; a '/', '?' or '#' in the password must be percent-encoded");
  if (rest.empty())
    return ok();
  auto port = rest.starts_with(':') ? parse_decimal(rest.substr(1), 65'535) : std::nullopt;
  if (!port || *port == 0)
    return wrong("needs a port from 1 to 65535 after the host; an IPv6 address stands in brackets, and a '/', '?' or "
                 "'#' in the password must be percent-encoded");
  to.port = static_cast<std::uint16_t>(*port);
  return ok();
}

} // namespace

result<redis_address> parse_redis_url(std::string_view url) {
  constexpr std::string_view scheme = "redis://";
  if (url.starts_with("rediss://"))
    return wrong("asks for TLS, which is not built in; use redis:// through a TLS proxy such as stunnel");
  if (!url.starts_with(scheme))
    return wrong("must begin with redis://");
  if (std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }))
    return wrong("holds a space or control character; percent-encode it");
  url.remove_prefix(scheme.size());
  auto authority = url.substr(0, url.find_first_of("/?#"));
  auto path = url.substr(authority.size());

  redis_address out;
  if (auto at = authority.rfind('@'); at != npos) {
    if (auto done = parse_credentials(authority.substr(0, at), out); !done)
      return done.error();
    authority.remove_prefix(at + 1);
  }
  if (auto done = parse_host_and_port(authority, out); !done)
    return done.error();
  if (path.empty() || path == "/")
    return out;
  auto database = path.starts_with('/') ? parse_decimal(path.substr(1), max_database) : std::nullopt;
  if (!database)
    return wrong("may end with the number of a database and nothing else, such as /0");
  out.database = *database;
  return out;
}

} // namespace tessera
