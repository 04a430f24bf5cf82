#pragma once

#include "cards/member.hpp"
#include "guard/api_key.hpp"
#include "guard/scopes.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace tessera {

/// An API key as the store keeps it: everything but the key.
struct api_key_record {
  std::string id; ///< a `key_id`, unless somebody else wrote the row: then no key has it
  key_hash hash{};
  std::string name; ///< for people
  scope_set scopes;
  std::uint32_t limit_multiplier = 1; ///< how many times the limits of an address it may use
  utc_time created;
  std::optional<utc_time> expires; ///< from then on it is refused
  std::optional<utc_time> revoked; ///< since when it is refused

  bool operator==(const api_key_record&) const = default;
};

} // namespace tessera
