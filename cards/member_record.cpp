// The packed form, all integers little-endian:
//
//   u32 checksum of everything behind it
//   u8  version
//   u64 member id
//   u64 ID number, read as a decimal number
//   i64 joined, milliseconds since 1970
//   8 x (length as LEB128, bytes): the texts in the order of struct member
//
// and nothing behind. Whoever changes it raises the version: nodes of both versions share L2 during an upgrade.

#include "cards/member_record.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <sodium.h>

#include <algorithm>

namespace tessera {

namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t checksum_size = 4;

// A length takes up to five bytes of seven bits, enough for 2^32 - 1; more is damage.
constexpr unsigned last_shift = 28;

constexpr std::string_view envelope = R"({"success":true,"message":"Member retrieved successfully","data":)";

static_assert(crypto_shorthash_BYTES == sizeof(std::uint64_t));
static_assert(crypto_shorthash_KEYBYTES == std::tuple_size_v<etag_key>);

// The one list of the texts, so that packing and unpacking cannot disagree.
template <class Member, class Function>
void for_each_text(Member& subject, Function&& apply) {
  apply(subject.first_name);
  apply(subject.last_name);
  apply(subject.email);
  apply(subject.phone_number);
  apply(subject.province_name);
  apply(subject.municipality_name);
  apply(subject.ward_number);
  apply(subject.voting_station_name);
}

std::uint64_t read_integer(const char* from, std::size_t size) noexcept {
  std::uint64_t value = 0;
  for (auto at = size; at-- > 0;)
    value = value << 8 | static_cast<unsigned char>(from[at]);
  return value;
}

void write_integer(std::string& out, std::uint64_t value, std::size_t size) {
  for (; size > 0; --size, value >>= 8)
    out.push_back(static_cast<char>(value & 0xff));
}

void write_text(std::string& out, std::string_view text) {
  auto length = text.size();
  for (; length >= 0x80; length >>= 7)
    out.push_back(static_cast<char>((length & 0x7f) | 0x80));
  out.push_back(static_cast<char>(length));
  out.append(text);
}

// Returns the keyed hash of `text`, the same number on every machine.
std::uint64_t sip_hash(std::string_view text, const etag_key& key) noexcept {
  std::array<unsigned char, crypto_shorthash_BYTES> hash;
  crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), key.data());
  return read_integer(reinterpret_cast<const char*>(hash.data()), hash.size());
}

// Against accidents only, hence a key that anyone knows; against malice L2's seal stands.
std::uint32_t checksum(std::string_view text) noexcept {
  return static_cast<std::uint32_t>(sip_hash(text, etag_key{}));
}

// Takes values off the front of a byte string. After the first one that is not there, `failed` stays true and every
// further value is empty.
class reader {
public:
  explicit reader(std::string_view rest) noexcept : rest_(rest) {
  }

  std::uint64_t integer(std::size_t size) noexcept {
    auto bytes = take(size);
    return read_integer(bytes.data(), bytes.size());
  }

  std::string_view text() noexcept {
    std::uint64_t length = 0;
    for (unsigned shift = 0;; shift += 7) {
      auto part = integer(1);
      length |= (part & 0x7f) << shift;
      if (part < 0x80)
        break;
      if (shift == last_shift) {
        failed_ = true;
        break;
      }
    }
    return take(length);
  }

  bool at_end() const noexcept {
    return !failed_ && rest_.empty();
  }

private:
  std::string_view take(std::uint64_t size) noexcept {
    if (failed_ || size > rest_.size()) {
      failed_ = true;
      return {};
    }
    auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  bool failed_ = false;
};

} // namespace

std::string member_json(const member& subject) {
  rapidjson::StringBuffer buffer{nullptr, 1024};
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
  auto key = [&](std::string_view name) { writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); };
  auto text = [&](std::string_view name, std::string_view value) {
    key(name);
    writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  auto number = subject.number.digits();
  std::string_view station = subject.voting_station_name;
  if (station.empty())
    station = "Not Available";
  auto expiry = std::min(subject.joined, utc_time::max() - membership_duration) + membership_duration;
  writer.StartObject();
  key("member_id");
  writer.Uint64(subject.id.value);
  text("membership_number", membership_number(subject.id));
  text("first_name", subject.first_name);
  text("last_name", subject.last_name);
  text("email", subject.email);
  text("phone_number", subject.phone_number);
  text("province_name", subject.province_name);
  text("municipality_name", subject.municipality_name);
  text("ward_number", subject.ward_number);
  text("voting_station_name", station);
  text("membership_type", "Standard");
  text("join_date", iso8601(subject.joined));
  text("expiry_date", iso8601(expiry));
  text("id_number", {number.data(), number.size()});
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

body_ptr make_member_body(const member& subject, const etag_key& key) {
  auto json = member_json(subject);
  auto etag = sip_hash(json, key);
  json.insert(0, envelope);
  return shared_body::make(json, pack_member(subject), etag);
}

std::string pack_member(const member& subject) {
  std::size_t texts = 0;
  for_each_text(subject, [&](const std::string& text) { texts += text.size() + 2; });
  std::string packed(checksum_size, '\0');
  packed.reserve(checksum_size + 1 + 3 * 8 + texts);
  packed.push_back(static_cast<char>(version));
  write_integer(packed, subject.id.value, 8);
  write_integer(packed, subject.number.packed(), 8);
  write_integer(packed, static_cast<std::uint64_t>(subject.joined.time_since_epoch().count()), 8);
  for_each_text(subject, [&](const std::string& text) { write_text(packed, text); });
  std::string sum;
  write_integer(sum, checksum(std::string_view{packed}.substr(checksum_size)), checksum_size);
  std::copy(sum.begin(), sum.end(), packed.begin());
  return packed;
}

std::optional<member> unpack_member(std::string_view packed) {
  reader in{packed};
  auto sum = in.integer(checksum_size);
  if (in.integer(1) != version || sum != checksum(packed.substr(checksum_size)))
    return std::nullopt;
  member subject;
  subject.id.value = in.integer(8);
  auto number = id_number::from_packed(in.integer(8));
  subject.joined = utc_time{std::chrono::milliseconds{static_cast<std::int64_t>(in.integer(8))}};
  for_each_text(subject, [&](std::string& text) { text = in.text(); });
  if (!number || !in.at_end())
    return std::nullopt;
  subject.number = *number;
  return subject;
}

} // namespace tessera
