#include "cards/drawing/deflate.hpp"

#include <libdeflate.h>
#include <zlib.h>

#include <cassert>
#include <memory>
#include <new>

namespace tessera {

namespace {

struct release {
  void operator()(libdeflate_compressor* compressor) const noexcept {
    libdeflate_free_compressor(compressor);
  }
};

using compressor_ptr = std::unique_ptr<libdeflate_compressor, release>;

compressor_ptr make_compressor(deflate_effort effort) {
  compressor_ptr out{libdeflate_alloc_compressor(static_cast<int>(effort))};
  if (!out)
    throw std::bad_alloc{};
  return out;
}

} // namespace

std::string zlib_compress(std::string_view data, deflate_effort effort) {
  auto compressor = make_compressor(effort);
  std::string out(libdeflate_zlib_compress_bound(compressor.get(), data.size()), '\0');
  out.resize(libdeflate_zlib_compress(compressor.get(), data.data(), data.size(), out.data(), out.size()));
  return out;
}

// By zlib: libdeflate makes whole streams only.
std::string deflate_blocks(std::string_view data) {
  z_stream stream{};
  constexpr int no_header = -15;
  constexpr int most_memory = 9;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, no_header, most_memory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc{};
  constexpr std::size_t flush_bound = 16; // what a flush adds at most, generously
  std::string out(deflateBound(&stream, static_cast<uLong>(data.size())) + flush_bound, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data())); // zlib's API knows no const
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  [[maybe_unused]] auto status = deflate(&stream, Z_FULL_FLUSH);
  assert(status == Z_OK && stream.avail_in == 0 && stream.avail_out > 0);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zlib_join(std::string_view front, std::string_view middle, std::string_view packed_middle,
                      std::string_view rest) {
  auto compressor = make_compressor(deflate_effort::quick);
  std::string out{"\x78\x01"}; // DEFLATE with a window of 32 KiB, quickly made
  out.push_back('\0');         // a stored block, not the last; its length, and that inverted
  for (auto size : {front.size(), ~front.size()}) {
    out.push_back(static_cast<char>(size & 0xff));
    out.push_back(static_cast<char>(size >> 8 & 0xff));
  }
  out.append(front).append(packed_middle);
  auto begin = out.size();
  out.resize(begin + libdeflate_deflate_compress_bound(compressor.get(), rest.size()));
  out.resize(begin
             + libdeflate_deflate_compress(compressor.get(), rest.data(), rest.size(), out.data() + begin,
                                           out.size() - begin));
  std::uint32_t sum = 1;
  for (auto part : {front, middle, rest})
    sum = libdeflate_adler32(sum, part.data(), part.size());
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(sum >> shift & 0xff));
  return out;
}

std::uint32_t crc32(std::string_view data) noexcept {
  return libdeflate_crc32(0, data.data(), data.size());
}

} // namespace tessera
