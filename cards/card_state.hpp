#pragma once

#include "cards/card_claims.hpp"
#include "cards/member.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tessera {

/// What the store keeps of a member's cards: only what cannot be derived. As it begins, it is of a member whose card
/// was never made anew nor revoked, of whom the store has nothing.
struct card_state {
  card_epoch epoch = first_card_epoch; ///< cards of earlier ones are superseded
  std::optional<utc_time> since;       ///< when the epoch began; nothing for the first, which began with joining
  card_epoch revoked_up_to = 0;        ///< cards up to this epoch are revoked; 0: none

  bool operator==(const card_state&) const = default;
};

/// Why what is presented as a card is not valid; what clients see are the names of `to_string`. Values travel between
/// nodes: append, never renumber.
enum class card_fault : std::uint8_t {
  none = 0,          ///< it is valid
  malformed = 1,     ///< nothing that we would have made
  unknown_key = 2,   ///< signed with a key that is not ours, or no longer
  bad_signature = 3, ///< forged or damaged
  expired = 4,       ///< its last day is over
  revoked = 5,       ///< withdrawn
  superseded = 6,    ///< the member has a newer card
  not_active = 7,    ///< the member is no longer active
  unsigned_data = 8, ///< card data of the predecessor, which anybody could write
  not_yet_valid = 9, ///< issued on a day that is yet to come
};

inline constexpr std::uint8_t card_fault_count = 10;

/// Returns the name of the enumerator ("bad_signature").
std::string_view to_string(card_fault fault) noexcept;

/// Returns one sentence for people, without a full stop.
std::string_view explain(card_fault fault) noexcept;

/// What a verification found. The claims are those of the card if its signature is good; otherwise none that could be
/// signed.
struct checked_card {
  card_fault fault = card_fault::none;
  card_claims claims{};

  bool operator==(const checked_card&) const = default;
};

/// Returns whether a card whose signature is good is valid on `today` (UTC), as far as the days on it go: none, expired
/// or not_yet_valid. A card may be issued tomorrow, as the store's clock may be ahead of UTC.
card_fault judge_days(const card_claims& claims, std::chrono::sys_days today) noexcept;

/// Returns the gravest of what makes a card invalid whose signature is good: revoked, superseded, not_active, then what
/// `judge_days` says. A card of a later epoch than `state` knows of is valid, as that may come from a cache.
card_fault judge_card(const card_claims& claims, std::chrono::sys_days today, const card_state& state,
                      bool member_is_active) noexcept;

} // namespace tessera
