#pragma once

#include "cards/card_claims.hpp"
#include "cards/result.hpp"

#include <string>
#include <string_view>

/// The number on a card: "000123-01S-X" is the first standard card of member 123. Member id, at least six digits;
/// epoch, at least two; template (S standard, P premium); check character by ISO/IEC 7064, MOD 37,36, over all before
/// it but the hyphens. The check character finds every slip in one character, and swaps of two neighbours but for one
/// in 36 of those that differ by one.
namespace tessera {

/// What a card's number says.
struct card_number {
  member_id member;
  card_epoch epoch = first_card_epoch;
  card_template design = card_template::standard;

  bool operator==(const card_number&) const = default;
};

/// Returns the number as it is on the card.
std::string to_string(const card_number& number);

/// Returns the number of the card that claims this.
std::string card_number_of(const card_claims& claims);

/// Returns what a card's number says, or one sentence on why it is none. There is one text for each number: zeros or
/// hyphens more or less and small letters are refused.
result<card_number> parse_card_number(std::string_view text);

/// Returns the character that ISO/IEC 7064, MOD 37,36, appends to `text`, whose hyphens do not count.
/// REQUIRES: `text` has digits, capital letters and hyphens only.
char check_character(std::string_view text) noexcept;

} // namespace tessera
