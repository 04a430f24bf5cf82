#include "cards/card_maker.hpp"

#include "cards/base64.hpp"
#include "cards/card_jwt.hpp"
#include "cards/card_number.hpp"
#include "cards/drawing/qr_code.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace tessera {

namespace {

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

constexpr std::string_view bundle_envelope =
    R"({"success":true,"message":"Digital membership card generated successfully","data":{"card_data":)";
constexpr std::string_view details_envelope =
    R"({"success":true,"message":"Digital membership card retrieved successfully","data":{"card_data":)";

/// A code of 45 modules then has 212 pixels, as the predecessor's 200 or so.
constexpr unsigned bundle_pixels_per_module = 4;
constexpr unsigned pixels_per_module = 8;

/// Letters, digits and what else alphanumeric mode has are capital in a QR code: host names do not care, and one letter
/// costs 5.5 bits instead of 8.
std::string verify_address_of(std::string_view public_url) {
  std::string address{public_url};
  std::ranges::transform(address, address.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; });
  return address + "/V";
}

void put(json_writer& to, std::string_view name, std::string_view value) {
  to.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  to.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

std::string json_of(const card& shown) {
  rapidjson::StringBuffer buffer;
  json_writer data{buffer};
  data.StartObject();
  put(data, "card_id", shown.card_id);
  data.Key("member_id");
  data.Uint64(shown.member.value);
  put(data, "card_number", shown.card_number);
  put(data, "issue_date", iso8601(shown.issue_date));
  put(data, "expiry_date", iso8601(shown.expiry_date));
  put(data, "status", to_string(shown.status));
  put(data, "security_hash", shown.security_hash);
  put(data, "card_design_template", to_string(shown.design));
  put(data, "issued_by", shown.issued_by);
  put(data, "last_updated", iso8601(shown.last_updated));
  data.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string date_of(utc_time time) {
  return iso8601(time).substr(0, 10);
}

} // namespace

struct card_maker::made_card {
  card shown;
  card_claims claims;
  std::string token;
  card_face face;
  std::shared_ptr<const card_keys> keys;
};

card_maker::card_maker(card_maker_settings settings, key_source keys)
    : settings_(std::move(settings)), verify_address_(verify_address_of(settings_.public_url)), keys_(std::move(keys)),
      artist_(card_branding{settings_.organisation, verify_address_, settings_.logo}) {
}

result<card_maker::made_card> card_maker::sign(const card_order& order) const {
  auto claims = claim_card(order.subject, order.state, order.request);
  if (!claims)
    return claims.error();
  made_card made;
  made.keys = keys_();
  made.claims = *claims;
  auto token = sign_card(*claims, *made.keys);
  made.token = token.text();
  made.shown = make_card(*claims, token, order.request.issued_by, epoch_began(order.subject, order.state),
                         std::chrono::floor<std::chrono::days>(order.now));
  auto& face = made.face;
  face.design = to_string(claims->design);
  face.name = full_name(order.subject);
  face.membership_number = membership_number(order.subject.id);
  face.province = order.subject.province_name;
  face.municipality = order.subject.municipality_name;
  face.ward = order.subject.ward_number;
  face.voting_station = order.subject.voting_station_name;
  face.issue_date = date_of(made.shown.issue_date);
  face.expiry_date = date_of(made.shown.expiry_date);
  face.card_number = made.shown.card_number;
  face.token = made.token;
  return made;
}

result<card_face> card_maker::face(const card_order& order) const {
  auto made = sign(order);
  if (!made)
    return made.error();
  return std::move(made->face);
}

result<body_ptr> card_maker::make(card_product what, const card_order& order) const {
  auto made = sign(order);
  if (!made)
    return made.error();
  auto text = text_of(what, *made, order);
  std::uint64_t etag = 0;
  crypto_shorthash(reinterpret_cast<unsigned char*>(&etag), reinterpret_cast<const unsigned char*>(text.data()),
                   text.size(), settings_.etags.data());
  return shared_body::make(text, made->shown.card_number, etag);
}

std::string card_maker::text_of(card_product what, const made_card& made, const card_order& order) const {
  switch (what) {
  case card_product::bundle: {
    auto code = artist_.code(made.token);
    auto pdf = artist_.pdf(made.face, code);
    std::string text{bundle_envelope};
    text.reserve(text.size() + pdf.size() / 3 * 4 + 4'096);
    text.append(json_of(made.shown)).append(R"(,"qr_code_url":"data:image/png;base64,)");
    append_base64(text, qr_png(code, bundle_pixels_per_module));
    text.append(R"(","pdf_base64":")");
    append_base64(text, pdf);
    text.append(R"(","pdf_size":)").append(std::to_string(pdf.size()));
    return text.append(R"(,"generated_at":")").append(iso8601(order.now)).append(R"(","cache_hit":)");
  }
  case card_product::details: {
    std::string text{details_envelope};
    text.append(json_of(made.shown)).append(R"(,"token":")").append(made.token);
    text.append(R"(","jwt":")").append(make_card_jwt(made.claims, settings_.public_url, *made.keys));
    rapidjson::StringBuffer buffer;
    json_writer address{buffer};
    auto url = verify_address_ + '#' + made.token;
    address.String(url.data(), static_cast<rapidjson::SizeType>(url.size()));
    return text.append(R"(","verify_url":)").append(buffer.GetString(), buffer.GetSize()).append("}");
  }
  case card_product::pdf:
    return artist_.pdf(made.face);
  case card_product::svg:
    return artist_.svg(made.face, card_view::both);
  case card_product::png:
    return artist_.png(made.face, card_view::both);
  case card_product::qr_svg:
    return qr_svg(artist_.code(made.token));
  case card_product::qr_png:
  case card_product::verification:
  case card_product::holder:
    break;
  }
  return qr_png(artist_.code(made.token), pixels_per_module);
}

card_key_id card_maker::signing_key() const {
  return keys_()->signing_id();
}

checked_card card_maker::check(std::string_view presented) const {
  return verify_presented(presented, *keys_());
}

} // namespace tessera
