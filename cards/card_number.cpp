#include "cards/card_number.hpp"

#include <charconv>

namespace tessera {

namespace {

constexpr std::size_t fewest_member_digits = 6;
constexpr std::size_t fewest_epoch_digits = 2;
constexpr char standard_letter = 'S';
constexpr char premium_letter = 'P';

constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr unsigned modulus = 36;

constexpr unsigned value_of(char character) noexcept {
  return character <= '9' ? static_cast<unsigned>(character - '0') : static_cast<unsigned>(character - 'A') + 10;
}

std::string padded(std::uint64_t number, std::size_t fewest_digits) {
  auto digits = std::to_string(number);
  return digits.size() < fewest_digits ? digits.insert(0, fewest_digits - digits.size(), '0') : digits;
}

/// Returns the number that `text` spells in digits, or 0, which neither an epoch nor a member has, if it spells none up
/// to `most`.
std::uint64_t number_in(std::string_view text, std::uint64_t most) noexcept {
  std::uint64_t value = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc{} && end == text.data() + text.size() && value <= most ? value : 0;
}

failure wrong(std::string sentence) {
  return {error_code::validation, std::move(sentence)};
}

} // namespace

char check_character(std::string_view text) noexcept {
  auto product = modulus;
  for (auto character : text) {
    if (character == '-')
      continue;
    auto sum = (product + value_of(character)) % modulus;
    product = 2 * (sum == 0 ? modulus : sum) % (modulus + 1);
  }
  return alphabet[(modulus + 1 - product) % modulus];
}

std::string to_string(const card_number& number) {
  auto text = padded(number.member.value, fewest_member_digits) + "-" + padded(number.epoch, fewest_epoch_digits)
              + (number.design == card_template::premium ? premium_letter : standard_letter);
  auto check = check_character(text);
  return text.append(1, '-').append(1, check);
}

std::string card_number_of(const card_claims& claims) {
  return to_string(card_number{claims.member, claims.epoch, claims.design});
}

result<card_number> parse_card_number(std::string_view text) {
  auto no_form = wrong("a card number has the form 000123-01S-X: member, epoch and template, check character");
  constexpr std::size_t end_size = 3; // template, hyphen, check character
  auto hyphen = text.find('-');
  if (hyphen == text.npos || text.size() < hyphen + 1 + end_size)
    return no_form;
  auto member = number_in(text.substr(0, hyphen), max_card_member);
  auto epoch = number_in(text.substr(hyphen + 1, text.size() - end_size - hyphen - 1), last_card_epoch);
  auto letter = text[text.size() - end_size];
  if (member == 0 || epoch == 0 || (letter != standard_letter && letter != premium_letter))
    return no_form;
  card_number number{member_id{member}, static_cast<card_epoch>(epoch),
                     letter == premium_letter ? card_template::premium : card_template::standard};
  auto spelled = to_string(number);
  if (text.substr(0, text.size() - 1) != std::string_view{spelled}.substr(0, spelled.size() - 1))
    return no_form;
  if (text.back() != spelled.back())
    return wrong("the card number does not match its last character, the check character: a character may be mistyped "
                 "or swapped");
  return number;
}

} // namespace tessera
