#include "tests/unit/cards/drawing/png_picture.hpp"

#include "tests/unit/cards/drawing/inflate.hpp"

#include <zlib.h>

#include <stdexcept>

namespace tessera::test {

namespace {

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (auto byte : bytes.substr(0, 4))
    value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

void require(bool condition, const char* what) {
  if (!condition)
    throw std::runtime_error{what};
}

} // namespace

png_picture::png_picture(std::string_view file) {
  require(file.starts_with("\x89PNG\r\n\x1a\n"), "no PNG signature");
  file.remove_prefix(8);
  std::string header;
  std::string data;
  std::string_view type;
  while (!file.empty()) {
    require(file.size() >= 12, "a chunk is cut");
    auto size = big_endian(file);
    require(file.size() >= 12 + size, "a chunk is longer than the file");
    type = file.substr(4, 4);
    auto content = file.substr(8, size);
    auto sum = ::crc32(0, reinterpret_cast<const Bytef*>(file.data() + 4), 4 + size);
    require(sum == big_endian(file.substr(8 + size)), "a chunk's checksum is wrong");
    if (type == "IHDR")
      header = content;
    if (type == "IDAT")
      data += content;
    file.remove_prefix(12 + size);
  }
  require(type == "IEND" && header.size() == 13, "a chunk is missing");
  width = big_endian(header);
  height = big_endian(std::string_view{header}.substr(4));
  bit_depth = header[8];
  colour_type = header[9];
  auto bits = width * static_cast<std::size_t>(bit_depth) * (colour_type == 2 ? 3 : 1);
  row_size = (bits + 7) / 8;
  auto filtered = inflate(data);
  require(filtered.size() == (row_size + 1) * height, "the number of rows is wrong");
  for (std::size_t y = 0; y < height; ++y) {
    auto filter = filtered[y * (row_size + 1)];
    require(filter == 0 || (filter == 2 && y > 0), "a filter that we do not use");
    for (std::size_t at = 0; at < row_size; ++at) {
      auto byte = filtered[y * (row_size + 1) + 1 + at];
      rows.push_back(filter == 0 ? byte : static_cast<char>(byte + rows[rows.size() - row_size]));
    }
  }
}

std::uint8_t png_picture::value(std::size_t x, std::size_t y, std::size_t byte) const {
  auto row = y * row_size;
  if (bit_depth == 1)
    return (rows.at(row + x / 8) & (0x80 >> x % 8)) != 0 ? 255 : 0;
  return static_cast<std::uint8_t>(rows.at(row + 3 * x + byte));
}

} // namespace tessera::test
