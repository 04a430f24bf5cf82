#include "gateway/http/chunked_body.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <string>

/// A chunked body, whole and in pieces: both must come to the same. The first byte is the length of the pieces.
namespace {

using namespace tessera;

constexpr std::string_view head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

struct outcome {
  bool broken = false;
  bool complete = false;
  std::string text;
};

outcome decode(std::string_view bytes, std::size_t piece) {
  chunked_body body{head};
  std::string pending;
  while (!bytes.empty() && !body.complete()) {
    auto part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    pending += part;
    for (;;) {
      auto consumed = body.feed(pending);
      if (!consumed)
        return {true, false, body.text()};
      fuzz::require(*consumed <= pending.size(), "no more is consumed than was given");
      pending.erase(0, *consumed);
      if (*consumed == 0 || pending.empty() || body.complete())
        break;
    }
  }
  return {false, body.complete(), body.text()};
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::reader input{fuzz::text_of(data, size)};
  auto piece = std::max<std::size_t>(input.byte(), 1);
  auto whole = decode(input.rest(), input.rest().size());
  auto pieces = decode(input.rest(), piece);
  // A tail too short to be fed may hide what is broken, but never the end.
  fuzz::require(whole.complete == pieces.complete, "pieces change nothing about what is complete");
  if (whole.complete)
    fuzz::require(whole.text == pieces.text, "pieces change nothing about the text");
  return 0;
}
