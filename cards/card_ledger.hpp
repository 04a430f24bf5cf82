#pragma once

#include "cards/card_state.hpp"
#include "cards/member_id.hpp"

#include <memory>
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
  /// `entries` by ascending member id, one for each; what the store had at `as_of`.
  explicit card_ledger(std::vector<member_card_state> entries, utc_time as_of = {});

  /// Returns the state of the member's cards.
  card_state of(member_id member) const noexcept;

  /// Returns all entries, by ascending member id.
  std::span<const member_card_state> entries() const noexcept {
    return *entries_;
  }

  /// Returns when the store was last known to have just this; the epoch: that is not known.
  utc_time as_of() const noexcept {
    return as_of_;
  }

  /// Returns the same entries, still what the store has at `later`. Costs nothing per entry.
  card_ledger still_at(utc_time later) const {
    auto same = *this;
    same.as_of_ = later;
    return same;
  }

  /// Returns the ledger with this entry in place of what it has of that member.
  card_ledger with(const member_card_state& changed) const;

private:
  std::shared_ptr<const std::vector<member_card_state>> entries_;
  utc_time as_of_;
};

} // namespace tessera
