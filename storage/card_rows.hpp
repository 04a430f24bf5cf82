#pragma once

#include "cards/card_ledger.hpp"
#include "cards/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What both kinds of store say to card_state and revocations.
namespace tessera {

inline constexpr std::string_view list_card_states_statement =
    "SELECT member_id, MAX(epoch), MAX(began), MAX(revoked) FROM ("
    "SELECT member_id, epoch, updated_at AS began, 0 AS revoked FROM card_state UNION ALL "
    "SELECT member_id, 1, NULL, epoch FROM revocations) AS states GROUP BY member_id ORDER BY member_id";

/// The same of one member, whose id is still to be appended.
inline constexpr std::string_view card_state_statement =
    "SELECT m.member_id, COALESCE(c.epoch, 1), c.updated_at, "
    "(SELECT MAX(r.epoch) FROM revocations r WHERE r.member_id = m.member_id) "
    "FROM members m LEFT JOIN card_state c ON c.member_id = m.member_id WHERE m.member_id = ";

inline constexpr std::size_t card_state_column_count = 4;

/// Answered from the ends of two indexes. A reissue is not seen by it if its time is not later than that of all others:
/// in the same millisecond, or of a node whose clock is behind or whose statement took longer.
inline constexpr std::string_view card_states_mark_statement =
    "SELECT (SELECT MAX(updated_at) FROM card_state), (SELECT MAX(revocation_id) FROM revocations)";

/// Returns the state in a row of these statements, in which NULL is "". Fails if it is none: to leave it out would make
/// a card valid that is not.
result<member_card_state> card_state_of(const std::vector<std::string>& row);

/// Conditions of a change: the member `m` can have cards; the epoch in the state `c` of their cards is one; that in a
/// row of card_state has a next one. Without them there could be rows that `card_state_of` refuses, and then nobody
/// could read the others.
inline constexpr std::string_view can_have_cards = "m.member_id <= 999999999999";
inline constexpr std::string_view has_known_epoch = "COALESCE(c.epoch, 1) BETWEEN 1 AND 65535";
inline constexpr std::string_view has_next_epoch = "card_state.epoch BETWEEN 1 AND 65534";
static_assert(max_card_member == 999'999'999'999 && first_card_epoch == 1 && last_card_epoch == 65'535);

/// Returns the failure of a call that names a member who is not there.
inline failure no_such_member() {
  return {error_code::not_found, "there is no such member"};
}

/// Returns the failure of a call that names a member who is there, but of whose cards no more can be written.
inline failure no_further_card() {
  return {error_code::conflict, "there can be no further card of this member"};
}

} // namespace tessera
