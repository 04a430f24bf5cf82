#pragma once

#include "cards/member_id.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

/// What a card claims: all that its token signs, and so all that the same card always has in common.
namespace tessera {

/// What a card looks like. The values are those in tokens.
enum class card_template : std::uint8_t { standard = 0, premium = 1 };

/// Returns "standard" or "premium".
std::string_view to_string(card_template design) noexcept;

/// Returns the template of that name, or nothing if there is none.
std::optional<card_template> parse_card_template(std::string_view text) noexcept;

/// The largest member id that a card can be of: a token has six bytes for it, and 13 digits in a card's number could be
/// taken for an ID number.
inline constexpr std::uint64_t max_card_member = 999'999'999'999;

/// The last day that a token can name (65,535 days after 1970-01-01, in the year 2149).
inline constexpr std::chrono::sys_days last_card_day{std::chrono::days{65'535}};

/// Counts the cards of a member that replace each other: 1 and up.
using card_epoch = std::uint16_t;

inline constexpr card_epoch first_card_epoch = 1;
inline constexpr card_epoch last_card_epoch = 65'535; // a token has two bytes for it

struct card_claims {
  member_id member;
  card_epoch epoch = first_card_epoch;
  card_template design = card_template::standard;
  std::chrono::sys_days issued;  ///< the day on which the epoch began, UTC
  std::chrono::sys_days expires; ///< the last day on which the card is valid, UTC

  bool operator==(const card_claims&) const = default;
};

/// Returns whether a token can say this: the member is one of 1 to `max_card_member`, the epoch is not 0, the template
/// is known, and the days lie between 1970-01-01 and `last_card_day`.
bool can_be_signed(const card_claims& claims) noexcept;

} // namespace tessera
