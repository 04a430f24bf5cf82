#include "guard/key_ring.hpp"

#include <algorithm>
#include <sodium.h>

namespace tessera {

key_ring::key_ring(std::span<const api_key_record> keys, bool was_configured)
    : configured_(was_configured || !keys.empty()) {
  entries_.reserve(keys.size());
  for (const auto& key : keys)
    if (auto id = key_id::parse(key.id))
      entries_.push_back({*id, key.hash, key.scopes, key.limit_multiplier, key.expires.value_or(utc_time::max()),
                          key.revoked.has_value()});
  std::ranges::sort(entries_, {}, &entry::id);
}

key_verdict key_ring::judge(const credentials& presented, utc_time now) const noexcept {
  if (presented.what == credentials::kind::none)
    return {};
  if (presented.what == credentials::kind::malformed)
    return {.state = key_state::malformed};
  static_assert(std::tuple_size_v<key_hash> == crypto_verify_32_BYTES);
  auto found = std::ranges::lower_bound(entries_, presented.id, {}, &entry::id);
  if (found == entries_.end() || found->id != presented.id
      || crypto_verify_32(found->hash.data(), presented.hash.data()) != 0)
    return {.state = key_state::unknown};
  if (found->revoked)
    return {.state = key_state::revoked, .id = found->id};
  if (now >= found->expires)
    return {.state = key_state::expired, .id = found->id};
  return {key_state::valid, found->id, found->scopes, found->limit_multiplier};
}

} // namespace tessera
