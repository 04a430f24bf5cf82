#pragma once

#include "guard/api_key_record.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tessera {

enum class key_state : std::uint8_t {
  absent,    ///< no key was presented
  malformed, ///< what was presented is no key
  unknown,   ///< no such key, or a known id with another secret
  revoked,
  expired,
  valid,
};

/// What the ring says of credentials.
struct key_verdict {
  key_state state = key_state::absent;
  key_id id{};                        ///< of a key that is valid, revoked or expired
  scope_set scopes{};                 ///< of a valid key
  std::uint32_t limit_multiplier = 1; ///< of a valid key

  bool operator==(const key_verdict&) const = default;
};

/// All API keys as they were at one time. Immutable; any thread.
class key_ring {
public:
  /// No keys.
  key_ring() = default;

  /// `was_configured`: whether there have been keys before these. Once there were any, a store that has lost them all
  /// does not open the service again.
  explicit key_ring(std::span<const api_key_record> keys, bool was_configured = false);

  /// Returns whether keys decide who may do what: there is a key, be it revoked or expired, or there was one.
  /// Revoking the last key so refuses everyone rather than nobody.
  bool configured() const noexcept {
    return configured_;
  }

  std::size_t size() const noexcept {
    return entries_.size();
  }

  /// Judges what a request presents. A revoked or expired key is named so only to who holds it.
  key_verdict judge(const credentials& presented, utc_time now) const noexcept;

private:
  struct entry {
    key_id id;
    key_hash hash{};
    scope_set scopes;
    std::uint32_t limit_multiplier = 1;
    utc_time expires = utc_time::max();
    bool revoked = false;
  };

  std::vector<entry> entries_; ///< by id
  bool configured_ = false;
};

} // namespace tessera
