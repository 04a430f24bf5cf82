#include "cards/strict_json.hpp"

#include <algorithm>

namespace tessera {

namespace {

// Each is compared with each, and nothing of ours has over ten.
constexpr rapidjson::SizeType most_members = 32;

} // namespace

std::optional<strict_json_object> strict_json_object::parse(std::string_view text) {
  strict_json_object out;
  auto& parsed = out.document_;
  // Iterative, so that deep nesting cannot exhaust the stack.
  parsed.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  if (parsed.HasParseError() || !parsed.IsObject() || parsed.MemberCount() > most_members)
    return std::nullopt;
  for (auto one = parsed.MemberBegin(); one != parsed.MemberEnd(); ++one)
    for (auto other = parsed.MemberBegin(); other != one; ++other)
      if (one->name == other->name)
        return std::nullopt;
  return out;
}

const rapidjson::Value* strict_json_object::find(std::string_view name) const {
  rapidjson::Value key{rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))};
  auto found = document_.FindMember(key);
  return found == document_.MemberEnd() ? nullptr : &found->value;
}

bool strict_json_object::has(std::string_view name) const {
  return find(name) != nullptr;
}

std::optional<std::string_view> strict_json_object::text(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr || !value->IsString())
    return std::nullopt;
  return std::string_view{value->GetString(), value->GetStringLength()};
}

std::optional<bool> strict_json_object::boolean(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr || !value->IsBool())
    return std::nullopt;
  return value->GetBool();
}

std::optional<std::string_view> strict_json_object::stranger(std::span<const std::string_view> known) const {
  for (auto one = document_.MemberBegin(); one != document_.MemberEnd(); ++one) {
    std::string_view name{one->name.GetString(), one->name.GetStringLength()};
    if (std::ranges::find(known, name) == known.end())
      return name;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> strict_json_object::integer(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr || !value->IsUint64())
    return std::nullopt;
  return value->GetUint64();
}

} // namespace tessera
