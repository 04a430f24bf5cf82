#include "cards/verification.hpp"

#include "cards/card_number.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

namespace tessera {

namespace {

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

constexpr std::string_view envelope = R"({"success":true,"message":"Card verification completed","data":)";

void put(json_writer& to, std::string_view name, std::string_view value) {
  to.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  to.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

std::string finish(const rapidjson::StringBuffer& data) {
  return std::string{envelope}.append(data.GetString(), data.GetSize());
}

/// Returns the bytes of the first character (UTF-8); a byte alone where it is none.
std::string_view first_character(std::string_view text) noexcept {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
    ++size;
  return text.substr(0, size);
}

} // namespace

std::string initials_of(const member& whom) {
  std::string initials;
  for (std::string_view name : {std::string_view{whom.first_name}, std::string_view{whom.last_name}}) {
    name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
    if (name.empty())
      continue;
    if (!initials.empty())
      initials.push_back(' ');
    initials.append(first_character(name)).push_back('.');
  }
  return initials;
}

std::string valid_card_answer(const card_claims& claims, const member& holder, bool full_name_shown, utc_time now) {
  rapidjson::StringBuffer buffer;
  json_writer data{buffer};
  data.StartObject();
  data.Key("valid");
  data.Bool(true);
  data.Key("member_info");
  data.StartObject();
  put(data, "name", full_name_shown ? full_name(holder) : initials_of(holder));
  put(data, "membership_number", membership_number(holder.id));
  put(data, "province", holder.province_name);
  put(data, "municipality", holder.municipality_name);
  data.EndObject();
  data.Key("verification_details");
  data.StartObject();
  put(data, "verified_at", iso8601(now));
  put(data, "expiry_date", iso8601(claims.expires));
  put(data, "card_number", card_number_of(claims));
  data.EndObject();
  data.EndObject();
  return finish(buffer);
}

std::string invalid_card_answer(const checked_card& checked, utc_time now) {
  rapidjson::StringBuffer buffer;
  json_writer data{buffer};
  data.StartObject();
  data.Key("valid");
  data.Bool(false);
  data.Key("verification_details");
  data.StartObject();
  put(data, "error", explain(checked.fault));
  put(data, "reason", to_string(checked.fault));
  put(data, "verified_at", iso8601(now));
  // Only what is signed is true of a card.
  if (can_be_signed(checked.claims)) {
    put(data, "expiry_date", iso8601(checked.claims.expires));
    put(data, "card_number", card_number_of(checked.claims));
  }
  data.EndObject();
  data.EndObject();
  return finish(buffer);
}

} // namespace tessera
