#pragma once

#include "cards/card_claims.hpp"
#include "cards/card_state.hpp"
#include "cards/card_token.hpp"
#include "cards/member.hpp"
#include "cards/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// A card follows from its member, what the store keeps of their cards, and what was asked for: the same request gives
/// the same card on every node. It is made in three steps: `claim_card`, `sign_card`, `make_card`.
namespace tessera {

/// What whoever asks for a card may choose.
struct card_request {
  card_template design = card_template::standard;
  std::string issued_by;
  std::optional<std::chrono::sys_days> custom_expiry; ///< nothing: as long as the membership lasts

  bool operator==(const card_request&) const = default;
};

/// Returns what the card of `subject` claims. Days that a token cannot name are moved to the nearest that it can. Fails
/// for a member id over `max_card_member`.
result<card_claims> claim_card(const member& subject, const card_state& state, const card_request& request);

/// Returns when the epoch of the member's card began: with joining, or with the last reissue.
utc_time epoch_began(const member& subject, const card_state& state) noexcept;

/// Whether a card's days are over; no word on whether it is revoked.
enum class card_status : std::uint8_t { active, expired };

/// Returns "active" or "expired".
std::string_view to_string(card_status status) noexcept;

/// Returns the status on `today` (UTC) of a card that is valid up to the end of the day `expires`.
card_status status_on(std::chrono::sys_days expires, std::chrono::sys_days today) noexcept;

/// A card's data, as clients see it (`card_data`).
struct card {
  std::string card_id; ///< UUID
  member_id member;
  std::string card_number;
  utc_time issue_date;  ///< the beginning of the day, UTC
  utc_time expiry_date; ///< the beginning of the last day on which it is valid, UTC
  card_status status = card_status::active;
  std::string security_hash; ///< 64 hexadecimal digits
  card_template design = card_template::standard;
  std::string issued_by;
  utc_time last_updated; ///< when the epoch began: what else is in a card never changes

  bool operator==(const card&) const = default;
};

/// Returns the data, as of `today` (UTC), of the card that claims this and has this token; `last_updated` is what
/// `epoch_began` says.
card make_card(const card_claims& claims, const card_token& token, std::string issued_by, utc_time last_updated,
               std::chrono::sys_days today);

} // namespace tessera
