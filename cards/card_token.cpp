#include "cards/card_token.hpp"

#include "cards/base32.hpp"

#include <sodium.h>

#include <algorithm>
#include <cassert>

namespace tessera {

namespace {

constexpr std::uint8_t version = 1;
constexpr std::string_view context = "tessera card v1"; // so that no other signature of these keys fits a card

static_assert(base32_length(card_token::size) == card_token::text_size);

using signed_bytes = std::array<std::uint8_t, card_token::signed_size>;
using hash_bytes = std::array<std::uint8_t, 32>;

struct field {
  std::size_t offset;
  std::size_t size;
};
constexpr field version_field{0, 1};
constexpr field key_field{1, 4};
constexpr field member_field{5, 6};
constexpr field epoch_field{11, 2};
constexpr field issued_field{13, 2};
constexpr field expires_field{15, 2};
constexpr field design_field{17, 1};

void put(signed_bytes& to, field where, std::uint64_t value) noexcept {
  for (auto at = where.offset + where.size; at-- > where.offset; value >>= 8)
    to[at] = static_cast<std::uint8_t>(value);
}

std::uint64_t get(const signed_bytes& from, field where) noexcept {
  std::uint64_t value = 0;
  for (auto at = where.offset; at < where.offset + where.size; ++at)
    value = value << 8 | from[at];
  return value;
}

std::uint64_t number_of(std::chrono::sys_days day) noexcept {
  return static_cast<std::uint64_t>(day.time_since_epoch().count());
}

std::chrono::sys_days day_of(std::uint64_t number) noexcept {
  return std::chrono::sys_days{std::chrono::days{static_cast<int>(number)}};
}

signed_bytes pack(const card_claims& claims, card_key_id key) noexcept {
  signed_bytes out;
  put(out, version_field, version);
  put(out, key_field, key.value);
  put(out, member_field, claims.member.value);
  put(out, epoch_field, claims.epoch);
  put(out, issued_field, number_of(claims.issued));
  put(out, expires_field, number_of(claims.expires));
  put(out, design_field, static_cast<std::uint8_t>(claims.design));
  return out;
}

card_claims unpack(const signed_bytes& bytes) noexcept {
  return {member_id{get(bytes, member_field)}, static_cast<card_epoch>(get(bytes, epoch_field)),
          static_cast<card_template>(get(bytes, design_field)), day_of(get(bytes, issued_field)),
          day_of(get(bytes, expires_field))};
}

std::array<std::uint8_t, context.size() + card_token::signed_size> message_of(const signed_bytes& bytes) noexcept {
  std::array<std::uint8_t, context.size() + card_token::signed_size> message;
  std::ranges::copy(bytes, std::ranges::copy(context, message.begin()).out);
  return message;
}

hash_bytes hash_of(std::span<const std::uint8_t> bytes) noexcept {
  hash_bytes hash;
  crypto_generichash(hash.data(), hash.size(), bytes.data(), bytes.size(), nullptr, 0);
  return hash;
}

std::string hex(std::span<const std::uint8_t> bytes) {
  std::string digits(2 * bytes.size() + 1, '\0');
  sodium_bin2hex(digits.data(), digits.size(), bytes.data(), bytes.size());
  digits.pop_back(); // the terminator
  return digits;
}

std::string id_of(const signed_bytes& bytes) {
  auto hash = hash_of(bytes);
  hash[6] = static_cast<std::uint8_t>((hash[6] & 0x0f) | 0x80); // version 8
  hash[8] = static_cast<std::uint8_t>((hash[8] & 0x3f) | 0x80); // the variant of RFC 9562
  auto text = hex(std::span{hash}.first<16>());
  for (std::size_t hyphen : {8, 13, 18, 23})
    text.insert(hyphen, 1, '-');
  return text;
}

signed_bytes head_of(const card_token& token) noexcept {
  signed_bytes head;
  std::copy_n(token.bytes.begin(), head.size(), head.begin());
  return head;
}

} // namespace

std::string card_token::text() const {
  return encode_base32(bytes);
}

card_token sign_card(const card_claims& claims, const card_keys& keys) noexcept {
  assert(can_be_signed(claims));
  auto head = pack(claims, keys.signing_id());
  card_token token;
  std::ranges::copy(keys.sign(message_of(head)), std::ranges::copy(head, token.bytes.begin()).out);
  return token;
}

checked_card verify_card_token(std::string_view text, const card_keys& keys) {
  constexpr checked_card malformed{card_fault::malformed};
  if (text.size() != card_token::text_size)
    return malformed;
  auto bytes = decode_base32(text);
  if (!bytes)
    return malformed;
  card_token token;
  std::ranges::copy(*bytes, token.bytes.begin());
  auto head = head_of(token);
  auto claims = unpack(head);
  if (get(head, version_field) != version || !can_be_signed(claims))
    return malformed;
  const auto* key = keys.find(card_key_id{static_cast<std::uint32_t>(get(head, key_field))});
  if (key == nullptr)
    return {card_fault::unknown_key};
  if (!is_signed_by(*key, message_of(head), token.signature()))
    return {card_fault::bad_signature};
  return {card_fault::none, claims};
}

std::string card_id_of(const card_token& token) {
  return id_of(head_of(token));
}

std::string card_id_of(const card_claims& claims, card_key_id key) {
  assert(can_be_signed(claims));
  return id_of(pack(claims, key));
}

std::string security_hash_of(const card_token& token) {
  return hex(hash_of(token.signature()));
}

} // namespace tessera
