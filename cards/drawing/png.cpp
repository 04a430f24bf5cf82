#include "cards/drawing/png.hpp"

#include "cards/drawing/deflate.hpp"

namespace tessera {

namespace {

constexpr std::string_view signature{"\x89PNG\r\n\x1a\n", 8};

void append_u32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> shift & 0xff));
}

void append_chunk(std::string& out, std::string_view type, std::string_view content) {
  append_u32(out, static_cast<std::uint32_t>(content.size()));
  auto begin = out.size();
  out.append(type).append(content);
  append_u32(out, crc32(std::string_view{out}.substr(begin)));
}

} // namespace

std::string write_png(std::uint32_t width, std::uint32_t height, png_pixels pixels, std::string_view rows) {
  std::string header;
  append_u32(header, width);
  append_u32(header, height);
  // Bit depth, colour type (0 grey, 2 RGB), and the only compression, filtering and interlacing that we use: 0.
  header.append(pixels == png_pixels::rgb ? std::string_view{"\x08\x02\0\0\0", 5}
                                          : std::string_view{"\x01\0\0\0\0", 5});
  auto data = zlib_compress(rows, deflate_effort::quick);
  std::string out;
  out.reserve(signature.size() + header.size() + data.size() + 3 * 12);
  out.append(signature);
  append_chunk(out, "IHDR", header);
  append_chunk(out, "IDAT", data);
  append_chunk(out, "IEND", {});
  return out;
}

} // namespace tessera
