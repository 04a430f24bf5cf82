#include "storage/store_url.hpp"

#include "config/url.hpp"
#include "config/value_text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace tessera {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view sqlite_scheme = "sqlite:";
constexpr std::string_view mysql_scheme = "mysql://";
constexpr std::string_view default_user = "root";

constexpr std::array<std::pair<std::string_view, tls_mode>, 4> tls_names{{
    {"off", tls_mode::off},
    {"prefer", tls_mode::prefer},
    {"require", tls_mode::require},
    {"verify", tls_mode::verify},
}};

failure wrong(std::string what) {
  return {error_code::validation, "store URL: " + std::move(what)};
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f')
    return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F')
    return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

/// Returns `text` with its %XX decoded; nothing if one is malformed or stands for NUL.
std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size())
      return std::nullopt;
    auto high = hex_digit(text[i + 1]);
    auto low = hex_digit(text[i + 2]);
    if (!high || !low || (*high == 0 && *low == 0))
      return std::nullopt;
    out.push_back(static_cast<char>(*high << 4 | *low));
    i += 2;
  }
  return out;
}

/// Returns `text` up to the first of `ends` and removes it from `text`, the end included.
std::string_view take_until(std::string_view& text, char end) {
  auto at = text.find(end);
  auto head = text.substr(0, at);
  text.remove_prefix(at == npos ? text.size() : at + 1);
  return head;
}

status parse_account(std::string_view text, mysql_address& into) {
  auto user = percent_decode(take_until(text, ':'));
  auto password = percent_decode(text);
  if (!user || !password)
    return wrong("a % in the user or the password is not followed by two hexadecimal digits");
  into.user = user->empty() ? std::string{default_user} : std::move(*user);
  into.password = std::move(*password);
  return ok();
}

status parse_host(std::string_view text, mysql_address& into) {
  auto bracket = text.rfind(']');
  bool has_port = text.find(':', bracket == npos ? 0 : bracket) != npos;
  auto where = parse_endpoint(has_port ? std::string{text} : std::string{text} + ":3306");
  if (!where || where->port == 0 || where->host.empty())
    return wrong("expected HOST or HOST:PORT with a port from 1 to 65535 before the database's name "
                 "(percent-encode '/', '@', '?' and '#' in a password)");
  into.host = std::move(where->host);
  into.port = where->port;
  return ok();
}

status parse_options(std::string_view text, mysql_address& into) {
  while (!text.empty()) {
    auto value = take_until(text, '&');
    auto name = take_until(value, '=');
    auto decoded = percent_decode(value);
    if (name == "tls") {
      const auto* found = std::ranges::find(tls_names, value, &decltype(tls_names)::value_type::first);
      if (found == tls_names.end())
        return wrong("tls must be off, prefer, require or verify");
      into.tls = found->second;
    } else if (name == "ca") {
      if (!decoded || decoded->empty())
        return wrong("ca must be the path of a file with certificates");
      into.ca_file = std::move(*decoded);
    } else {
      return wrong("the only options are tls and ca");
    }
  }
  if (!into.ca_file.empty() && into.tls != tls_mode::verify)
    return wrong("ca needs tls=verify, because nothing else checks certificates");
  return ok();
}

result<store_address> parse_mysql(std::string_view text) {
  mysql_address address;
  auto authority_end = text.find_first_of("/?#");
  if (authority_end == npos || text[authority_end] != '/')
    return wrong("the database's name is missing: mysql://USER:PASSWORD@HOST:PORT/NAME");
  auto authority = text.substr(0, authority_end);
  text.remove_prefix(authority_end + 1);
  auto at = authority.rfind('@');
  if (auto done = parse_account(at == npos ? "" : authority.substr(0, at), address); !done)
    return done.error();
  if (auto done = parse_host(at == npos ? authority : authority.substr(at + 1), address); !done)
    return done.error();
  auto name = percent_decode(take_until(text, '?'));
  if (!name || name->empty() || name->find_first_of("/#@") != std::string::npos)
    return wrong("the database's name is missing or malformed: mysql://USER:PASSWORD@HOST:PORT/NAME");
  address.database = std::move(*name);
  if (auto done = parse_options(text, address); !done)
    return done.error();
  return store_address{std::move(address)};
}

result<store_address> parse_sqlite(std::string_view path) {
  if (path.empty() || path.find('\0') != npos)
    return wrong("the file's path is missing: sqlite:PATH");
  if (path.starts_with(":memory:"))
    return wrong("SQLite in memory would give each connection a store of its own; name a file");
  return store_address{sqlite_address{std::filesystem::path{path}}};
}

std::string describe_mysql(const mysql_address& address) {
  auto text = std::string{mysql_scheme} + percent_encode(address.user) + '@'
              + endpoint_text({address.host, address.port}) + '/' + percent_encode(address.database);
  if (address.tls == tls_mode::prefer)
    return text;
  const auto* named = std::ranges::find(tls_names, address.tls, &decltype(tls_names)::value_type::second);
  text.append("?tls=").append(named->first);
  if (!address.ca_file.empty())
    text.append("&ca=").append(address.ca_file);
  return text;
}

} // namespace

result<store_address> parse_store_url(std::string_view url) {
  if (url.starts_with(sqlite_scheme))
    return parse_sqlite(url.substr(sqlite_scheme.size()));
  if (url.starts_with(mysql_scheme))
    return parse_mysql(url.substr(mysql_scheme.size()));
  return wrong("expected sqlite:PATH or mysql://USER:PASSWORD@HOST:PORT/NAME");
}

std::string describe(const store_address& address) {
  if (const auto* sqlite = std::get_if<sqlite_address>(&address))
    return std::string{sqlite_scheme} + sqlite->path.string();
  return describe_mysql(std::get<mysql_address>(address));
}

} // namespace tessera
