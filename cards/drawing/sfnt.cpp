#include "cards/drawing/sfnt.hpp"

namespace tessera {

namespace {

std::string_view bytes_of(std::span<const unsigned char> font) noexcept {
  return {reinterpret_cast<const char*>(font.data()), font.size()};
}

std::uint32_t read_big_endian(std::string_view from, std::size_t at, std::size_t size) noexcept {
  std::uint32_t value = 0;
  for (auto byte : from.substr(at, size))
    value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

} // namespace

std::uint32_t read_u16(std::string_view from, std::size_t at) noexcept {
  return read_big_endian(from, at, 2);
}

std::uint32_t read_u32(std::string_view from, std::size_t at) noexcept {
  return read_big_endian(from, at, 4);
}

void append_u16(std::string& out, std::uint32_t value) {
  out.push_back(static_cast<char>(value >> 8 & 0xff));
  out.push_back(static_cast<char>(value & 0xff));
}

void append_u32(std::string& out, std::uint32_t value) {
  append_u16(out, value >> 16);
  append_u16(out, value);
}

void pad_table(std::string& out) {
  out.resize((out.size() + 3) / 4 * 4, '\0');
}

std::uint32_t table_checksum(std::string_view table) noexcept {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < table.size(); at += 4)
    sum += read_u32(table, at);
  return sum;
}

std::string_view find_table(std::span<const unsigned char> font, std::string_view tag) noexcept {
  constexpr std::size_t header = 12;
  constexpr std::size_t entry = 16;
  auto file = bytes_of(font);
  auto count = read_u16(file, 4);
  for (auto at = header; at < header + count * entry; at += entry)
    if (file.substr(at, 4) == tag)
      return file.substr(read_u32(file, at + 8), read_u32(file, at + 12));
  return {};
}

std::string_view glyph_description(std::span<const unsigned char> font, std::uint16_t glyph) noexcept {
  constexpr std::size_t offset_format = 50; // in "head": 0 if offsets are 16 bits and halved
  auto offsets = find_table(font, "loca");
  auto offset = [&](std::size_t number) -> std::size_t {
    if (read_u16(find_table(font, "head"), offset_format) == 0)
      return 2 * std::size_t{read_u16(offsets, 2 * number)};
    return read_u32(offsets, 4 * number);
  };
  auto begin = offset(glyph);
  return find_table(font, "glyf").substr(begin, offset(glyph + std::size_t{1}) - begin);
}

} // namespace tessera
