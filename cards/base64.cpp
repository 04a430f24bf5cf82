#include "cards/base64.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace tessera {

namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The two letters of each twelve bits.
constexpr auto pairs = [] {
  std::array<std::array<char, 2>, 4096> table{};
  for (std::size_t i = 0; i < table.size(); ++i)
    table[i] = {letters[i >> 6], letters[i & 63]};
  return table;
}();

std::uint32_t byte_at(std::string_view bytes, std::size_t i) noexcept {
  return static_cast<unsigned char>(bytes[i]);
}

} // namespace

void append_base64(std::string& out, std::string_view bytes) {
  auto begin = out.size();
  out.resize(begin + (bytes.size() + 2) / 3 * 4);
  auto* to = out.data() + begin;
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3, to += 4) {
    auto three = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    std::memcpy(to, pairs[three >> 12].data(), 2);
    std::memcpy(to + 2, pairs[three & 0xfff].data(), 2);
  }
  if (i == bytes.size())
    return;
  bool two = i + 2 == bytes.size();
  auto three = byte_at(bytes, i) << 16 | (two ? byte_at(bytes, i + 1) << 8 : 0);
  std::memcpy(to, pairs[three >> 12].data(), 2);
  to[2] = two ? pairs[three & 0xfff][0] : '=';
  to[3] = '=';
}

} // namespace tessera
