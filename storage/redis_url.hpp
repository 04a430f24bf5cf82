#pragma once

#include "cards/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tessera {

/// Where a Redis is and who we are there.
struct redis_address {
  std::string host;
  std::uint16_t port = 6379;
  std::string user;     ///< empty: Redis's default user
  std::string password; ///< empty: none is asked for
  unsigned database = 0;

  bool operator==(const redis_address&) const = default;
};

/// Parses `redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]` (user and password percent-decoded, an IPv6 address in
/// brackets). The error names what is wrong and never repeats any part of the URL.
result<redis_address> parse_redis_url(std::string_view url);

} // namespace tessera
