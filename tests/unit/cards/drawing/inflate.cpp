#include "tests/unit/cards/drawing/inflate.hpp"

#include <zlib.h>

#include <stdexcept>

namespace tessera::test {

std::string inflate(std::string_view stream) {
  z_stream state{};
  if (inflateInit(&state) != Z_OK)
    throw std::runtime_error{"no memory"};
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stream.data()));
  state.avail_in = static_cast<uInt>(stream.size());
  std::string out;
  int status = Z_OK;
  while (status == Z_OK) {
    char part[4096];
    state.next_out = reinterpret_cast<Bytef*>(part);
    state.avail_out = sizeof part;
    status = ::inflate(&state, Z_NO_FLUSH);
    out.append(part, sizeof part - state.avail_out);
  }
  auto rest = state.avail_in;
  inflateEnd(&state);
  if (status != Z_STREAM_END || rest != 0)
    throw std::runtime_error{"a damaged zlib stream"};
  return out;
}

} // namespace tessera::test
