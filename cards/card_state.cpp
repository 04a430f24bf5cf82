#include "cards/card_state.hpp"

namespace tessera {

namespace {

// South Africa's clocks are two hours ahead of UTC, and nobody's more than 14.
constexpr std::chrono::days most_ahead{1};

} // namespace

std::string_view to_string(card_fault fault) noexcept {
  switch (fault) {
  case card_fault::none:
    return "none";
  case card_fault::malformed:
    return "malformed";
  case card_fault::unknown_key:
    return "unknown_key";
  case card_fault::bad_signature:
    return "bad_signature";
  case card_fault::expired:
    return "expired";
  case card_fault::revoked:
    return "revoked";
  case card_fault::superseded:
    return "superseded";
  case card_fault::not_active:
    return "not_active";
  case card_fault::unsigned_data:
    return "unsigned_data";
  case card_fault::not_yet_valid:
    return "not_yet_valid";
  }
  return "unknown"; // from other nodes, which may be newer
}

std::string_view explain(card_fault fault) noexcept {
  switch (fault) {
  case card_fault::none:
    return "The card is valid";
  case card_fault::malformed:
    return "This is not a card: neither its token, nor the address in its QR code, nor its JWT";
  case card_fault::unknown_key:
    return "The card is signed with a key that is not one of this organisation";
  case card_fault::bad_signature:
    return "The signature does not fit: the card is forged or damaged";
  case card_fault::expired:
    return "The card has expired";
  case card_fault::revoked:
    return "The card has been revoked";
  case card_fault::superseded:
    return "The card has been replaced by a newer one";
  case card_fault::not_active:
    return "The member is no longer active";
  case card_fault::unsigned_data:
    return "This card data is not signed, so anybody could have written it; the card must be made anew";
  case card_fault::not_yet_valid:
    return "The card is not yet valid";
  }
  return "The card is not valid";
}

card_fault judge_days(const card_claims& claims, std::chrono::sys_days today) noexcept {
  if (today > claims.expires)
    return card_fault::expired;
  if (claims.issued > today + most_ahead)
    return card_fault::not_yet_valid;
  return card_fault::none;
}

card_fault judge_card(const card_claims& claims, std::chrono::sys_days today, const card_state& state,
                      bool member_is_active) noexcept {
  if (claims.epoch <= state.revoked_up_to)
    return card_fault::revoked;
  if (claims.epoch < state.epoch)
    return card_fault::superseded;
  if (!member_is_active)
    return card_fault::not_active;
  return judge_days(claims, today);
}

} // namespace tessera
