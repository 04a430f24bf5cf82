#pragma once

#include "cards/drawing/deflate.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// A PDF file (ISO 32000-1, PDF 1.7) being written: objects go in in any order, the cross-reference comes last. A copy
/// goes on from where the original stood, so what is the same in many files is written once.
class pdf_file {
public:
  pdf_file();

  /// Returns the number of a new object. REQUIRES: it is written before the end.
  int reserve();

  /// Writes an object as it is.
  void add(int number, std::string_view object);

  /// Writes a stream. `dictionary` holds its entries but /Length and /Filter; it is compressed if `effort` is there.
  void add_stream(int number, std::string_view dictionary, std::string_view data, std::optional<deflate_effort> effort);

  struct object {
    int number = 0;
    std::string content;
  };

  /// Writes many small objects, none of them a stream, compressed together.
  void add_packed(const std::vector<object>& objects, deflate_effort effort);

  /// Writes the cross-reference and returns the file, at most 4 GiB.
  std::string finish(int catalog, int information) &&;

private:
  /// Where an object is: by its offset in the file, or by the number of the stream that holds it and its place there.
  struct location {
    std::uint8_t kind = 0;
    std::uint32_t position = 0;
    std::uint16_t index = 0;
  };
  void begin(int number);

  std::string bytes_;
  std::vector<location> locations_; ///< by object number; 0 is none
};

/// Returns "N 0 R".
std::string pdf_reference(int number);

/// Returns UTF-8 as a text string, for titles and the like.
std::string pdf_text_string(std::string_view text);

} // namespace tessera
