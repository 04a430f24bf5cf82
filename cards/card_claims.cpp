#include "cards/card_claims.hpp"

namespace tessera {

namespace {

constexpr bool has_number(std::chrono::sys_days day) noexcept {
  return day >= std::chrono::sys_days{} && day <= last_card_day;
}

} // namespace

std::string_view to_string(card_template design) noexcept {
  switch (design) {
  case card_template::standard:
    return "standard";
  case card_template::premium:
    return "premium";
  }
  return "unknown"; // from other nodes, which may be newer
}

std::optional<card_template> parse_card_template(std::string_view text) noexcept {
  for (auto design : {card_template::standard, card_template::premium})
    if (text == to_string(design))
      return design;
  return std::nullopt;
}

bool can_be_signed(const card_claims& claims) noexcept {
  return claims.member.value >= 1 && claims.member.value <= max_card_member && claims.epoch >= first_card_epoch
         && (claims.design == card_template::standard || claims.design == card_template::premium)
         && has_number(claims.issued) && has_number(claims.expires);
}

} // namespace tessera
