#include "cards/card_jwt.hpp"

#include "cards/base64url.hpp"
#include "cards/card_number.hpp"
#include "cards/card_token.hpp"
#include "cards/strict_json.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace tessera {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view algorithm = "EdDSA";
constexpr std::string_view type = "JWT";

std::span<const std::uint8_t> bytes_of(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view text_of(std::span<const std::uint8_t> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::int64_t seconds_of(std::chrono::sys_days day) noexcept {
  return std::chrono::sys_seconds{day}.time_since_epoch().count();
}

std::string header_json(card_key_id key) {
  return R"({"alg":"EdDSA","typ":"JWT","kid":")" + key.text() + R"("})";
}

std::string claims_json(const card_claims& claims, std::string_view issuer, card_key_id key) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
  auto text = [&](const char* name, std::string_view value) {
    writer.Key(name);
    writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  auto number = [&](const char* name, std::int64_t value) {
    writer.Key(name);
    writer.Int64(value);
  };
  writer.StartObject();
  text("iss", issuer);
  text("sub", membership_number(claims.member));
  text("jti", card_id_of(claims, key));
  number("iat", seconds_of(claims.issued));
  number("exp", seconds_of(claims.expires + std::chrono::days{1}));
  text("card_number", card_number_of(claims));
  number("epoch", claims.epoch);
  text("template", to_string(claims.design));
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

/// Returns the day that begins `seconds` after 1970 began, or nothing if that is not the beginning of one that a token
/// can name, or of the day after the last.
std::optional<std::chrono::sys_days> day_from(std::optional<std::uint64_t> seconds) noexcept {
  constexpr std::uint64_t seconds_per_day = 86'400;
  if (!seconds || *seconds % seconds_per_day != 0
      || *seconds > static_cast<std::uint64_t>(seconds_of(last_card_day)) + seconds_per_day)
    return std::nullopt;
  return std::chrono::sys_days{std::chrono::days{static_cast<int>(*seconds / seconds_per_day)}};
}

/// Returns what the second part of a JWT claims, or nothing if we would not have made it so.
std::optional<card_claims> parse_claims(std::string_view json, card_key_id key) {
  auto object = strict_json_object::parse(json);
  if (!object)
    return std::nullopt;
  auto number_text = object->text("card_number");
  auto issued = day_from(object->integer("iat"));
  auto ends = day_from(object->integer("exp"));
  if (!number_text || !issued || !ends || !object->text("iss"))
    return std::nullopt;
  auto number = parse_card_number(*number_text);
  if (!number)
    return std::nullopt;
  card_claims claims{number->member, number->epoch, number->design, *issued, *ends - std::chrono::days{1}};
  auto agrees = can_be_signed(claims) && object->is("sub", membership_number(claims.member))
                && object->is("jti", card_id_of(claims, key)) && object->integer("epoch") == claims.epoch
                && object->is("template", to_string(claims.design));
  return agrees ? std::optional{claims} : std::nullopt;
}

} // namespace

std::string make_card_jwt(const card_claims& claims, std::string_view issuer, const card_keys& keys) {
  assert(can_be_signed(claims));
  auto key = keys.signing_id();
  auto text =
      encode_base64url(bytes_of(header_json(key))) + "." + encode_base64url(bytes_of(claims_json(claims, issuer, key)));
  auto signature = keys.sign(bytes_of(text));
  return text.append(1, '.').append(encode_base64url(signature));
}

checked_card verify_card_jwt(std::string_view text, const card_keys& keys) {
  constexpr checked_card malformed{card_fault::malformed};
  if (text.size() > longest_card_jwt || std::ranges::count(text, '.') != 2)
    return malformed;
  auto header_end = text.find('.');
  auto claims_end = text.rfind('.');
  auto header_bytes = decode_base64url(text.substr(0, header_end));
  auto claims_bytes = decode_base64url(text.substr(header_end + 1, claims_end - header_end - 1));
  auto signature = decode_base64url(text.substr(claims_end + 1));
  if (!header_bytes || !claims_bytes || !signature || signature->size() != std::tuple_size_v<card_signature>)
    return malformed;
  auto header = strict_json_object::parse(text_of(*header_bytes));
  if (!header || !header->is("alg", algorithm) || !header->is("typ", type) || header->has("crit"))
    return malformed;
  auto kid = header->text("kid");
  if (!kid)
    return malformed;
  auto id = card_key_id::parse(*kid);
  const auto* key = id ? keys.find(*id) : nullptr;
  if (key == nullptr)
    return {card_fault::unknown_key};
  if (!is_signed_by(*key, bytes_of(text.substr(0, claims_end)), std::span{*signature}.first<64>()))
    return {card_fault::bad_signature};
  auto claims = parse_claims(text_of(*claims_bytes), key->id);
  return claims ? checked_card{card_fault::none, *claims} : malformed;
}

} // namespace tessera
