#include "cards/revocation_list.hpp"

#include "cards/base64url.hpp"
#include "cards/strict_json.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <optional>

namespace tessera {

namespace {

constexpr std::uint64_t version = 1;
constexpr std::string_view context = "tessera revocations v1"; // so that no other signature of these keys fits a list

using bytes = std::vector<std::uint8_t>;

void put_leb128(bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

/// Takes a number up to `most` off the front of `in`. Nothing if there is none, or one with more bytes than it takes.
std::optional<std::uint64_t> take_leb128(std::span<const std::uint8_t>& in, std::uint64_t most) {
  constexpr unsigned last_shift = 42; // six bytes and one more hold every member id
  std::uint64_t value = 0;
  for (unsigned shift = 0; !in.empty() && shift <= last_shift; shift += 7) {
    auto part = in.front();
    in = in.subspan(1);
    value |= static_cast<std::uint64_t>(part & 0x7f) << shift;
    if (part < 0x80)
      return value <= most && (part != 0 || shift == 0) ? std::optional{value} : std::nullopt;
  }
  return std::nullopt;
}

bytes pack(std::span<const revocation> entries) {
  bytes out;
  std::uint64_t before = 0;
  for (const auto& each : entries) {
    assert(each.member.value > before && each.member.value <= max_card_member && each.epoch > 0);
    put_leb128(out, each.member.value - before);
    put_leb128(out, each.revoked_up_to);
    put_leb128(out, each.epoch);
    before = each.member.value;
  }
  return out;
}

std::optional<std::vector<revocation>> unpack(std::span<const std::uint8_t> in) {
  std::vector<revocation> entries;
  std::uint64_t before = 0;
  while (!in.empty()) {
    auto step = take_leb128(in, max_card_member - before);
    auto revoked_up_to = take_leb128(in, last_card_epoch);
    auto epoch = take_leb128(in, last_card_epoch);
    if (!step || !revoked_up_to || !epoch || *step == 0 || *epoch == 0)
      return std::nullopt;
    before += *step;
    entries.push_back({member_id{before}, static_cast<card_epoch>(*revoked_up_to), static_cast<card_epoch>(*epoch)});
  }
  return entries;
}

bytes message_of(std::uint64_t issued_at, std::span<const std::uint8_t> list) {
  bytes message(context.begin(), context.end());
  for (int shift = 56; shift >= 0; shift -= 8)
    message.push_back(static_cast<std::uint8_t>(issued_at >> shift));
  message.insert(message.end(), list.begin(), list.end());
  return message;
}

} // namespace

std::string encode_revocations(std::span<const revocation> entries, std::chrono::sys_seconds issued_at,
                               const card_keys& keys) {
  auto packed = pack(entries);
  auto seconds = static_cast<std::uint64_t>(issued_at.time_since_epoch().count());
  auto signature = keys.sign(message_of(seconds, packed));
  return R"({"version":)" + std::to_string(version) + R"(,"issued_at":)" + std::to_string(seconds) + R"(,"count":)"
         + std::to_string(entries.size()) + R"(,"list":")" + encode_base64url(packed) + R"(","kid":")"
         + keys.signing_id().text() + R"(","signature":")" + encode_base64url(signature) + R"("})";
}

result<revocation_list> decode_revocations(std::string_view json, const card_keys& keys) {
  auto wrong = [](const char* what) { return failure{error_code::validation, what}; };
  constexpr auto no_list = "this is no list of revocations";
  auto object = strict_json_object::parse(json);
  if (!object)
    return wrong(no_list);
  auto issued_at = object->integer("issued_at");
  auto count = object->integer("count");
  auto list = object->text("list");
  auto kid = object->text("kid");
  auto signature_text = object->text("signature");
  if (object->integer("version") != version || !issued_at || *issued_at > INT64_MAX / 1'000'000'000 || !count || !list
      || !kid || !signature_text)
    return wrong(no_list);
  auto packed = decode_base64url(*list);
  auto signature = decode_base64url(*signature_text);
  if (!packed || !signature || signature->size() != std::tuple_size_v<card_signature>)
    return wrong(no_list);
  auto id = card_key_id::parse(*kid);
  const auto* key = id ? keys.find(*id) : nullptr;
  if (key == nullptr)
    return wrong("the list of revocations is signed with an unknown key");
  if (!is_signed_by(*key, message_of(*issued_at, *packed), std::span{*signature}.first<64>()))
    return wrong("the signature does not fit the list of revocations");
  auto entries = unpack(*packed);
  if (!entries || entries->size() != *count)
    return wrong(no_list);
  auto seconds = std::chrono::seconds{static_cast<std::int64_t>(*issued_at)};
  return revocation_list{std::chrono::sys_seconds{seconds}, std::move(*entries)};
}

} // namespace tessera
