#include "storage/l2_value.hpp"

#include "cards/member_record.hpp"

#include <cstdint>

namespace tessera {

namespace {

constexpr char version = 1;
constexpr std::size_t number_bytes = 8;
constexpr std::size_t head_bytes = 1 + 3 * number_bytes;

void append_number(std::string& out, std::int64_t number) {
  auto bits = static_cast<std::uint64_t>(number);
  for (std::size_t i = 0; i < number_bytes; ++i)
    out.push_back(static_cast<char>(static_cast<unsigned char>(bits >> (8 * i))));
}

std::int64_t number_at(std::string_view bytes, std::size_t offset) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < number_bytes; ++i)
    bits |= std::uint64_t{static_cast<unsigned char>(bytes[offset + i])} << (8 * i);
  return static_cast<std::int64_t>(bits);
}

bool is_lifetime(std::chrono::milliseconds x) {
  return x.count() >= 0 && x <= max_l2_lifetime;
}

} // namespace

std::string encode(const l2_value& value) {
  std::string out{version};
  append_number(out, value.loaded_at.time_since_epoch().count());
  append_number(out, value.fresh_for.count());
  append_number(out, value.stale_for.count());
  return out += pack_member(value.subject);
}

std::optional<l2_value> decode_l2_value(std::string_view bytes) {
  if (bytes.size() < head_bytes || bytes.front() != version)
    return std::nullopt;
  auto subject = unpack_member(bytes.substr(head_bytes));
  if (!subject)
    return std::nullopt;
  l2_value out;
  out.loaded_at = utc_time{std::chrono::milliseconds{number_at(bytes, 1)}};
  out.fresh_for = std::chrono::milliseconds{number_at(bytes, 1 + number_bytes)};
  out.stale_for = std::chrono::milliseconds{number_at(bytes, 1 + 2 * number_bytes)};
  out.subject = std::move(*subject);
  if (out.loaded_at.time_since_epoch().count() < 0 || !is_lifetime(out.fresh_for) || !is_lifetime(out.stale_for))
    return std::nullopt;
  return out;
}

} // namespace tessera
