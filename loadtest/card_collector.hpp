#pragma once

#include "cards/member.hpp"
#include "cards/result.hpp"
#include "loadtest/load_plan.hpp"
#include "loadtest/members.hpp"
#include "loadtest/requests.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace tessera::loadtest {

/// How many cards a load verifies, each again and again.
inline constexpr std::size_t cards_to_verify = 400;

/// Has the server make cards that can be verified, before the load begins: one each of up to `wanted` members, which
/// are valid until `valid_until`. Asks from addresses behind those of the users, and no more from each than a limit per
/// client lets pass. Returns those that it got; the error, one sentence, says why it got none.
result<std::vector<issued_card>> collect_cards(const load_plan& plan, std::span<const load_member> members,
                                               std::size_t wanted, utc_time valid_until);

} // namespace tessera::loadtest
