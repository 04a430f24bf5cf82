#pragma once

#include "cards/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

namespace tessera {

enum class tls_mode : std::uint8_t { off, prefer, require, verify };

struct mysql_address {
  std::string host;
  std::uint16_t port = 3306;
  std::string user;
  std::string password;
  std::string database;
  tls_mode tls = tls_mode::prefer;
  std::string ca_file;

  bool operator==(const mysql_address&) const = default;
};

struct sqlite_address {
  std::filesystem::path path;

  bool operator==(const sqlite_address&) const = default;
};

using store_address = std::variant<sqlite_address, mysql_address>;

/// Parses `sqlite:PATH` or `mysql://USER:PASSWORD@HOST[:PORT]/NAME[?tls=off|prefer|require|verify&ca=FILE]` (user,
/// password and name percent-decoded). The error names what is wrong and never repeats the password.
result<store_address> parse_store_url(std::string_view url);

/// Returns the address for people: without the password.
std::string describe(const store_address& address);

} // namespace tessera
