#include "gateway/http/json_input.hpp"

#include "cards/custom_expiry.hpp"
#include "cards/presented_card.hpp"

#include <rapidjson/document.h>

#include <algorithm>

namespace tessera {

namespace {

/// Parses an object. Iterative, so that deep nesting cannot exhaust the stack.
std::optional<problem> parse_object(std::string_view body, rapidjson::Document& out) {
  out.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
  if (out.HasParseError())
    return invalid_input("", "The body is not valid JSON (at byte " + std::to_string(out.GetErrorOffset()) + ")");
  if (!out.IsObject())
    return invalid_input("", "The body must be a JSON object");
  return std::nullopt;
}

input<id_number> parse_id_member(const rapidjson::Document& object, bool full_check) {
  auto found = object.FindMember("id_number");
  if (found == object.MemberEnd())
    return invalid_input("/id_number", "id_number is required");
  if (!found->value.IsString())
    return invalid_input("/id_number", "id_number must be a string of 13 digits");
  std::string_view text{found->value.GetString(), found->value.GetStringLength()};
  auto parsed = parse_id_number(text);
  if (parsed.fault == id_number_fault::none || (!full_check && parsed.fault != id_number_fault::not_13_digits))
    return parsed.number;
  auto what = invalid_input("/id_number", std::string{to_string(parsed.fault)} + ": " + parsed.message);
  what.message = parsed.message;
  return what;
}

std::string_view text_of(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

/// Returns the member `name`, a text of 1 to `most` bytes.
input<std::string> parse_text_member(const rapidjson::Document& object, std::string_view name, std::size_t most) {
  auto pointer = "/" + std::string{name};
  auto found = object.FindMember(rapidjson::Value{rapidjson::StringRef(name.data(), name.size())});
  if (found == object.MemberEnd())
    return invalid_input(pointer, std::string{name} + " is required");
  if (!found->value.IsString() || found->value.GetStringLength() == 0)
    return invalid_input(pointer, std::string{name} + " must be a string that is not empty");
  if (found->value.GetStringLength() > most)
    return invalid_input(pointer, std::string{name} + " is longer than " + std::to_string(most) + " bytes");
  return std::string{text_of(found->value)};
}

constexpr std::size_t most_name_bytes = 255;

/// Returns what a card is to be like: `template`, `issued_by`, `custom_expiry`.
input<card_request> parse_card_members(const rapidjson::Document& object, std::chrono::sys_days today) {
  card_request request;
  auto issuer = parse_text_member(object, "issued_by", most_name_bytes);
  if (auto* fault = std::get_if<problem>(&issuer))
    return *fault;
  request.issued_by = std::move(std::get<std::string>(issuer));
  if (auto found = object.FindMember("template"); found != object.MemberEnd()) {
    auto design = found->value.IsString() ? parse_card_template(text_of(found->value)) : std::nullopt;
    if (!design)
      return invalid_input("/template", "template must be standard or premium");
    request.design = *design;
  }
  if (auto found = object.FindMember("custom_expiry"); found != object.MemberEnd() && !found->value.IsNull()) {
    if (!found->value.IsString())
      return invalid_input("/custom_expiry", "custom_expiry must be a date such as 2027-01-31");
    auto expiry = parse_custom_expiry(text_of(found->value), today);
    if (!expiry)
      return invalid_input("/custom_expiry", expiry.error().detail);
    request.custom_expiry = *expiry;
  }
  return request;
}

} // namespace

std::optional<problem> check_content_type(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t'))
    type.remove_suffix(1);
  constexpr std::string_view expected = "application/json";
  bool same = std::equal(type.begin(), type.end(), expected.begin(), expected.end(),
                         [](char left, char right) { return (left | 0x20) == (right | 0x20); });
  if (same || type.empty())
    return std::nullopt;
  return problem{error_code::unsupported_media_type, {}, {}, 0};
}

input<id_number> parse_lookup_body(std::string_view body) {
  rapidjson::Document object;
  if (auto fault = parse_object(body, object))
    return *fault;
  return parse_id_member(object, true);
}

input<std::uint32_t> parse_warm_body(std::string_view body) {
  constexpr std::uint32_t least = 100;
  constexpr std::uint32_t most = 10'000;
  constexpr std::uint32_t otherwise = 1'000;
  if (body.empty())
    return otherwise;
  rapidjson::Document object;
  if (auto fault = parse_object(body, object))
    return *fault;
  auto found = object.FindMember("member_limit");
  if (found == object.MemberEnd())
    return otherwise;
  if (!found->value.IsUint() || found->value.GetUint() < least || found->value.GetUint() > most)
    return invalid_input("/member_limit", "member_limit must be a whole number from 100 to 10000");
  return found->value.GetUint();
}

input<card_request> parse_card_body(std::string_view body, std::chrono::sys_days today) {
  rapidjson::Document object;
  if (auto fault = parse_object(body, object))
    return *fault;
  return parse_card_members(object, today);
}

input<batch_input> parse_batch_body(std::string_view body, std::chrono::sys_days today) {
  constexpr std::size_t most_members = 100;
  constexpr std::uint32_t most_at_once = 20;
  rapidjson::Document object;
  if (auto fault = parse_object(body, object))
    return *fault;
  batch_input batch;
  auto ids = object.FindMember("member_ids");
  if (ids == object.MemberEnd())
    return invalid_input("/member_ids", "member_ids is required");
  if (!ids->value.IsArray() || ids->value.Empty() || ids->value.Size() > most_members)
    return invalid_input("/member_ids", "member_ids must be an array of 1 to 100 strings");
  for (rapidjson::SizeType i = 0; i < ids->value.Size(); ++i) {
    const auto& id = ids->value[i];
    if (!id.IsString() || id.GetStringLength() > most_name_bytes)
      return invalid_input("/member_ids/" + std::to_string(i), "Each of member_ids must be a string");
    batch.member_ids.emplace_back(text_of(id));
  }
  if (auto found = object.FindMember("concurrency"); found != object.MemberEnd()) {
    if (!found->value.IsUint() || found->value.GetUint() < 1 || found->value.GetUint() > most_at_once)
      return invalid_input("/concurrency", "concurrency must be a whole number from 1 to 20");
    batch.concurrency = found->value.GetUint();
  }
  auto card = parse_card_members(object, today);
  if (auto* fault = std::get_if<problem>(&card))
    return *fault;
  batch.card = std::move(std::get<card_request>(card));
  return batch;
}

input<std::string> parse_verify_body(std::string_view body) {
  rapidjson::Document object;
  if (auto fault = parse_object(body, object))
    return *fault;
  return parse_text_member(object, "card_data", longest_presented_card);
}

input<std::string> parse_revoke_body(std::string_view body) {
  rapidjson::Document object;
  if (auto fault = parse_object(body, object))
    return *fault;
  return parse_text_member(object, "reason", most_name_bytes);
}

input<std::optional<id_number>> parse_clear_body(std::string_view body) {
  if (body.empty())
    return std::optional<id_number>{};
  rapidjson::Document object;
  if (auto fault = parse_object(body, object))
    return *fault;
  if (object.FindMember("id_number") == object.MemberEnd())
    return std::optional<id_number>{};
  auto parsed = parse_id_member(object, false);
  if (auto* fault = std::get_if<problem>(&parsed))
    return *fault;
  return std::optional{std::get<id_number>(parsed)};
}

} // namespace tessera
