#pragma once

#include "cards/result.hpp"
#include "guard/api_key_record.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// The rows of api_keys, as both kinds of store read them.
namespace tessera {

inline constexpr std::string_view list_api_keys_statement =
    "SELECT key_id, HEX(key_hash), name, scopes, limit_multiplier, created_at, expires_at, revoked_at FROM api_keys "
    "ORDER BY created_at, key_id";

inline constexpr std::size_t api_key_column_count = 8;

inline constexpr std::string_view api_key_columns =
    "key_id, key_hash, name, scopes, limit_multiplier, created_at, expires_at, revoked_at";

/// Returns the key of a row of `list_api_keys_statement`, with all its columns, in which NULL is "". Never fails: a row
/// that another program has written wrongly must neither hide the others nor be taken for no row. A hash that cannot be
/// read is that of no key, a time of expiry or revocation that cannot be read has passed, an unknown scope grants
/// nothing.
api_key_record api_key_of(const std::vector<std::string>& row);

/// Returns the failure of a call that names a key which is not there.
inline failure no_such_key() {
  return {error_code::not_found, "there is no such key"};
}

/// Returns the hash as hex digits, as they stand in a literal X''.
std::string hex_of(const key_hash& hash);

} // namespace tessera
