#include "storage/api_key_rows.hpp"

#include "storage/sql_time.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <sodium.h>

namespace tessera {

namespace {

/// Columns of `list_api_keys_statement`.
enum column : std::size_t { id, hash, name, scopes, limit_multiplier, created, expires, revoked };

key_hash hash_of(const std::string& hex) {
  key_hash bytes;
  std::size_t size = 0;
  auto done = sodium_hex2bin(bytes.data(), bytes.size(), hex.data(), hex.size(), nullptr, &size, nullptr);
  return done == 0 && size == bytes.size() ? bytes : key_hash{};
}

std::uint32_t number_of(const std::string& text) {
  std::uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return std::max(number, std::uint32_t{1});
}

utc_time time_of(const std::string& text) {
  return parse_sql_time(text).value_or(utc_time{});
}

std::optional<utc_time> optional_time_of(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional{time_of(text)};
}

} // namespace

api_key_record api_key_of(const std::vector<std::string>& row) {
  api_key_record key;
  key.id = row[column::id];
  key.hash = hash_of(row[column::hash]);
  key.name = row[column::name];
  key.scopes = known_scopes(row[column::scopes]);
  key.limit_multiplier = number_of(row[column::limit_multiplier]);
  key.created = time_of(row[column::created]);
  key.expires = optional_time_of(row[column::expires]);
  key.revoked = optional_time_of(row[column::revoked]);
  return key;
}

std::string hex_of(const key_hash& hash) {
  std::array<char, 2 * std::tuple_size_v<key_hash> + 1> hex;
  return sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
}

} // namespace tessera
