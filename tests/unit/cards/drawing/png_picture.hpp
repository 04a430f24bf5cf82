#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tessera::test {

/// A PNG image taken apart. Throws std::runtime_error if a signature, length or checksum is wrong.
struct png_picture {
  explicit png_picture(std::string_view file);

  /// Returns one of the bytes that a pixel has (1-bit pixels: 0 or 255).
  std::uint8_t value(std::size_t x, std::size_t y, std::size_t byte = 0) const;

  std::size_t width = 0;
  std::size_t height = 0;
  int bit_depth = 0;
  int colour_type = 0;
  std::string rows; ///< without filters, each of `row_size` bytes
  std::size_t row_size = 0;
};

} // namespace tessera::test
