#include "cards/card.hpp"

#include "cards/card_number.hpp"

#include <algorithm>

namespace tessera {

namespace {

/// Returns the day of `time`, or the nearest that a token can name.
std::chrono::sys_days day_of(utc_time time) noexcept {
  return std::clamp(std::chrono::floor<std::chrono::days>(time), std::chrono::sys_days{}, last_card_day);
}

} // namespace

result<card_claims> claim_card(const member& subject, const card_state& state, const card_request& request) {
  constexpr std::chrono::sys_days first_card_day{};
  auto expires = request.custom_expiry.value_or(day_of(subject.joined) + membership_duration);
  card_claims claims{subject.id, state.epoch, request.design, day_of(epoch_began(subject, state)),
                     std::clamp(expires, first_card_day, last_card_day)};
  if (!can_be_signed(claims))
    return failure{error_code::validation,
                   "this member's id is too large for a card: ids go up to " + std::to_string(max_card_member)};
  return claims;
}

utc_time epoch_began(const member& subject, const card_state& state) noexcept {
  return state.since.value_or(subject.joined);
}

std::string_view to_string(card_status status) noexcept {
  switch (status) {
  case card_status::active:
    return "active";
  case card_status::expired:
    return "expired";
  }
  return "unknown";
}

card_status status_on(std::chrono::sys_days expires, std::chrono::sys_days today) noexcept {
  return today > expires ? card_status::expired : card_status::active;
}

card make_card(const card_claims& claims, const card_token& token, std::string issued_by, utc_time last_updated,
               std::chrono::sys_days today) {
  return {card_id_of(token),       claims.member,
          card_number_of(claims),  claims.issued,
          claims.expires,          status_on(claims.expires, today),
          security_hash_of(token), claims.design,
          std::move(issued_by),    last_updated};
}

} // namespace tessera
