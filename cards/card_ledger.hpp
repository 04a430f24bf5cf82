#pragma once

#include "cards/card_state.hpp"
#include "cards/member_id.hpp"

#include <span>
#include <vector>

namespace tessera {

/// What the store keeps of one member's cards.
struct member_card_state {
  member_id member;
  card_state cards;

  bool operator==(const member_card_state&) const = default;
};

/// What the store keeps of all members' cards, at one time: those of members who are not in it are of the first epoch
/// and not revoked. Immutable; any thread.
class card_ledger {
public:
  /// `entries` by ascending member id, one for each.
  explicit card_ledger(std::vector<member_card_state> entries) noexcept;

  /// Returns the state of the member's cards.
  card_state of(member_id member) const noexcept;

  /// Returns all entries, by ascending member id.
  std::span<const member_card_state> entries() const noexcept {
    return entries_;
  }

  /// Returns the ledger with this entry in place of what it has of that member.
  card_ledger with(const member_card_state& changed) const;

private:
  std::vector<member_card_state> entries_;
};

} // namespace tessera
