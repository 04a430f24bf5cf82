#include "cards/batch_job_json.hpp"

#include "cards/iso_time.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <utility>

namespace tessera {

namespace {

using rapidjson::SizeType;
using rapidjson::Value;
using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

/// Of both texts.
constexpr unsigned version = 1;

void put(json_writer& to, std::string_view text) {
  to.String(text.data(), static_cast<SizeType>(text.size()));
}

void put(json_writer& to, std::string_view name, std::string_view text) {
  to.Key(name.data(), static_cast<SizeType>(name.size()));
  put(to, text);
}

void begin(json_writer& to) {
  to.StartObject();
  to.Key("version");
  to.Uint(version);
}

/// Returns the member of an object, or null.
const Value* member_of(const Value& object, const char* name) {
  auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::optional<std::string> text_of(const Value& object, const char* name) {
  const auto* value = member_of(object, name);
  if (value == nullptr || !value->IsString())
    return std::nullopt;
  return std::string{value->GetString(), value->GetStringLength()};
}

std::optional<std::uint32_t> number_of(const Value& object, const char* name) {
  const auto* value = member_of(object, name);
  if (value == nullptr || !value->IsUint())
    return std::nullopt;
  return value->GetUint();
}

const Value* array_of(const Value& object, const char* name) {
  const auto* value = member_of(object, name);
  return value != nullptr && value->IsArray() ? value : nullptr;
}

/// Returns whether `text` is an object of our version.
bool parse(std::string_view text, rapidjson::Document& to) {
  // Iterative, so that deep nesting cannot exhaust the stack.
  to.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  return !to.HasParseError() && to.IsObject() && number_of(to, "version") == version;
}

std::optional<error_code> parse_error_code(std::string_view text) {
  for (std::uint8_t i = 1; i < error_code_count; ++i)
    if (text == to_string(error_code{i}))
      return error_code{i};
  return std::nullopt;
}

bool read_card(const Value& entry, job_card& card) {
  auto number = text_of(entry, "number");
  auto error = text_of(entry, "error");
  if (number.has_value() == error.has_value())
    return false;
  card.finished = true;
  if (number) {
    card.card_number = std::move(*number);
    return entry.MemberCount() == 2;
  }
  auto code = parse_error_code(*error);
  auto why = text_of(entry, "why");
  if (!code || !why)
    return false;
  card.error = *code;
  card.why = std::move(*why);
  return entry.MemberCount() == 3;
}

} // namespace

std::string job_request_json(const batch_job& job) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  begin(out);
  put(out, "template", to_string(job.card.design));
  put(out, "issued_by", job.card.issued_by);
  if (job.card.custom_expiry)
    put(out, "custom_expiry", iso8601(*job.card.custom_expiry).substr(0, 10));
  out.Key("concurrency");
  out.Uint(job.concurrency);
  out.Key("member_ids");
  out.StartArray();
  for (const auto& card : job.cards)
    put(out, card.named);
  out.EndArray();
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string job_progress_json(const batch_job& job) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  begin(out);
  out.Key("finished");
  out.StartArray();
  for (std::size_t i = 0; i < job.cards.size(); ++i) {
    const auto& card = job.cards[i];
    if (!card.finished)
      continue;
    out.StartObject();
    out.Key("card");
    out.Uint(static_cast<unsigned>(i));
    if (card.error == error_code::none) {
      put(out, "number", card.card_number);
    } else {
      put(out, "error", to_string(card.error));
      put(out, "why", card.why);
    }
    out.EndObject();
  }
  out.EndArray();
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

bool read_job_request(std::string_view json, batch_job& job) {
  rapidjson::Document parsed;
  if (!parse(json, parsed))
    return false;
  auto design = parse_card_template(text_of(parsed, "template").value_or(""));
  auto issued_by = text_of(parsed, "issued_by");
  auto concurrency = number_of(parsed, "concurrency");
  const auto* members = array_of(parsed, "member_ids");
  if (!design || !issued_by || !concurrency || *concurrency == 0 || members == nullptr || members->Empty()
      || members->Size() > max_job_cards)
    return false;
  job.card = {*design, std::move(*issued_by), std::nullopt};
  job.concurrency = *concurrency;
  if (member_of(parsed, "custom_expiry") != nullptr) {
    auto expiry = parse_iso_time(text_of(parsed, "custom_expiry").value_or(""));
    if (expiry.fault != iso_time_fault::none)
      return false;
    job.card.custom_expiry = std::chrono::floor<std::chrono::days>(expiry.time);
  }
  job.cards.clear();
  for (const auto& each : members->GetArray()) {
    if (!each.IsString())
      return false;
    auto& card = job.cards.emplace_back();
    card.named.assign(each.GetString(), each.GetStringLength());
    card.member = parse_member_id(card.named).value_or(member_id{});
  }
  return true;
}

bool read_job_progress(std::string_view json, batch_job& job) {
  rapidjson::Document parsed;
  if (!parse(json, parsed))
    return false;
  const auto* finished = array_of(parsed, "finished");
  if (finished == nullptr)
    return false;
  for (const auto& entry : finished->GetArray()) {
    auto place = entry.IsObject() ? number_of(entry, "card") : std::nullopt;
    if (!place || *place >= job.cards.size() || job.cards[*place].finished || !read_card(entry, job.cards[*place]))
      return false;
  }
  return true;
}

} // namespace tessera
