#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tessera {

/// Reads and makes parts of TrueType files (OpenType 1.9, "Font file" and "glyf"), all of whose integers are
/// big-endian. The files are the program's own: nothing is checked but by assertions.

std::uint32_t read_u16(std::string_view from, std::size_t at) noexcept;
std::uint32_t read_u32(std::string_view from, std::size_t at) noexcept;
void append_u16(std::string& out, std::uint32_t value);
void append_u32(std::string& out, std::uint32_t value);

/// Appends zeros up to a multiple of four bytes, on which tables begin.
void pad_table(std::string& out);

/// Returns the sum of a table's 32-bit words. REQUIRES: it is padded.
std::uint32_t table_checksum(std::string_view table) noexcept;

/// Returns a table of a font; empty if there is none.
std::string_view find_table(std::span<const unsigned char> font, std::string_view tag) noexcept;

/// Returns the description of a glyph, as the tables of `font` have it; empty if there is nothing to draw.
std::string_view glyph_description(std::span<const unsigned char> font, std::uint16_t glyph) noexcept;

/// Calls `use(at)` for each place in a composite glyph's description where the number of a component stands.
template <class Use>
void for_each_component(std::string_view description, Use&& use) {
  constexpr std::uint32_t words = 0x0001;
  constexpr std::uint32_t one_scale = 0x0008;
  constexpr std::uint32_t more = 0x0020;
  constexpr std::uint32_t two_scales = 0x0040;
  constexpr std::uint32_t matrix = 0x0080;
  constexpr std::size_t header = 10;
  if (description.empty() || read_u16(description, 0) < 0x8000) // a negative number of contours: composite
    return;
  std::uint32_t flags = more;
  for (auto at = header; (flags & more) != 0;) {
    flags = read_u16(description, at);
    use(at + 2);
    at += 4 + ((flags & words) != 0 ? 4U : 2U);
    at += (flags & one_scale) != 0 ? 2U : (flags & two_scales) != 0 ? 4U : (flags & matrix) != 0 ? 8U : 0U;
  }
}

} // namespace tessera
