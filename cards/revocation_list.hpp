#pragma once

#include "cards/card_keys.hpp"
#include "cards/card_standing.hpp"
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
/// less 0), `revoked_to`, `epoch`. The signature is over the 22 bytes "tessera revocations v1", `issued_at` as eight
/// bytes big-endian, and the list's bytes.
namespace tessera {

struct revocation_list {
  std::chrono::sys_seconds issued_at;
  std::vector<card_standing> standings; ///< by ascending id; `since` is not in the list
};

/// Returns the signed list of these standings. REQUIRES: `standings` by ascending id, of members that have cards; a
/// time after 1970.
std::string encode_revocations(std::span<const card_standing> standings, std::chrono::sys_seconds issued_at,
                               const card_keys& keys);

/// Returns the list that `json` holds, or one sentence on why it is none that one of these keys has signed. For tests
/// and tools.
result<revocation_list> decode_revocations(std::string_view json, const card_keys& keys);

} // namespace tessera
