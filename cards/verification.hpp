#pragma once

#include "cards/card_state.hpp"
#include "cards/member.hpp"

#include <string>
#include <string_view>

namespace tessera {

/// Returns the fixed beginning of the answer to a verification, up to and without the comma before `timestamp`
/// (api.md, "verify"). A fault's answer says no more of the card than its holder can read on it.
std::string valid_card_answer(const card_claims& claims, const member& holder, bool full_name_shown, utc_time now);
std::string invalid_card_answer(const checked_card& checked, utc_time now);

/// Returns the first letter of each name, as "T. M."; "" for no name.
std::string initials_of(const member& whom);

} // namespace tessera
