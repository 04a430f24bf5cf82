#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tessera {

/// What a pixel is made of: one bit (1 is white), or eight bits each of red, green and blue.
enum class png_pixels : std::uint8_t { one_bit_grey, rgb };

/// How a row is predicted, in the byte before it (PNG, section 9.2).
inline constexpr char png_filter_none = 0;
inline constexpr char png_filter_up = 2; ///< each byte less the one above it: a repeated row is all zeros

/// Returns a PNG image (ISO/IEC 15948). `rows` holds the rows from the top, each a filter byte and its pixels.
std::string write_png(std::uint32_t width, std::uint32_t height, png_pixels pixels, std::string_view rows);

} // namespace tessera
