#include "cards/csv_reader.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <vector>

/// A CSV text, whole and in pieces: both must come to the same. The first byte is the length of the pieces.
namespace {

using namespace tessera;

std::vector<csv_record> read(std::string_view bytes, std::size_t piece) {
  csv_reader reader{','};
  std::vector<csv_record> records;
  std::uint64_t taken = 0;
  while (!bytes.empty()) {
    auto part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    taken += part.size();
    while (!part.empty())
      if (reader.next(part)) {
        records.push_back(reader.record());
        if (records.back().fault == csv_fault::too_long)
          return records;
      }
    fuzz::require(reader.position() == taken, "all bytes are taken");
  }
  if (reader.finish())
    records.push_back(reader.record());
  return records;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::reader input{fuzz::text_of(data, size)};
  auto piece = std::max<std::size_t>(input.byte(), 1);
  fuzz::require(read(input.rest(), input.rest().size()) == read(input.rest(), piece),
                "pieces change nothing about the records");
  return 0;
}
