#pragma once

#include <cstdint>
#include <string_view>

namespace tessera {

/// Everything that can go wrong with a request, in one place. One table each maps it to HTTP
/// (gateway/http_errors), from MySQL's codes (storage/mysql_errors) and from hiredis's (storage/redis_errors).
/// Values travel between nodes: append, never renumber.
enum class error_code : std::uint8_t {
  none = 0,                    ///< no error
  validation = 1,              ///< the request's content is wrong; the answer names the field
  authentication = 2,          ///< no key, or one that is unknown or revoked
  authorization = 3,           ///< a valid key that lacks the scope
  not_found = 4,               ///< no such member (or none that is active), or no such route
  method_not_allowed = 5,      ///< the route exists, but not for this method
  timed_out = 6,               ///< waited in a queue until the deadline passed
  conflict = 7,                ///< contradicts the state of what it addresses
  payload_too_large = 8,       ///< body over the limit
  uri_too_long = 9,            ///< request target over the limit
  unsupported_media_type = 10, ///< body is not JSON
  rate_limited = 11,           ///< over a limit per client
  headers_too_large = 12,      ///< request head over the limit
  internal = 13,               ///< a fault of ours
  queue_full = 14,             ///< refused at once, because what waits would not be served in time
  database_unavailable = 15,   ///< the store cannot be reached, or failed the statement
  shutting_down = 16,          ///< this node is draining
  cache_unavailable = 17,      ///< L2 failed; never shown to a client, who is served from the database
  interrupted = 18,            ///< whoever was at work on it has ended; nobody knows how far it came
};

inline constexpr std::uint8_t error_code_count = 19;

/// Returns the name of the enumerator, for logs and metrics ("database_unavailable").
std::string_view to_string(error_code code) noexcept;

} // namespace tessera
