#pragma once

#include "cards/card_claims.hpp"
#include "cards/card_keys.hpp"
#include "cards/result.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What an offline verifier needs to know of cards that are no longer valid, signed (`/api/v1/revocations`):
///
///     {"version":1,"issued_at":SECONDS,"count":N,"list":B64URL,"kid":KID,"signature":B64URL}
///
/// The list is sorted by member id; each entry is three LEB128 numbers: the member id less the one before (the first
/// less 0), `revoked_up_to`, `epoch`. The signature is over the 22 bytes "tessera revocations v1", `issued_at` as eight
/// bytes big-endian, and the list's bytes.
namespace tessera {

/// What is no longer valid of one member's cards.
struct revocation {
  member_id member;
  card_epoch revoked_up_to = 0;        ///< cards up to this epoch are revoked; 0: none
  card_epoch epoch = first_card_epoch; ///< cards of earlier ones are superseded

  bool operator==(const revocation&) const = default;
};

struct revocation_list {
  std::chrono::sys_seconds issued_at;
  std::vector<revocation> entries; ///< by ascending member id
};

/// Returns the signed list of these entries. REQUIRES: `entries` by ascending member id, one for each, of members up to
/// `max_card_member`; a time after 1970.
std::string encode_revocations(std::span<const revocation> entries, std::chrono::sys_seconds issued_at,
                               const card_keys& keys);

/// Returns the list that `json` holds, or one sentence on why it is none that one of these keys has signed. For tests
/// and tools.
result<revocation_list> decode_revocations(std::string_view json, const card_keys& keys);

} // namespace tessera
