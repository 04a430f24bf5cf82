#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// Decodes the chunked body of one request as it arrives, with Beast's parser. Trailers are read and dropped.
class chunked_body {
public:
  /// REQUIRES: `read_head` has found `head` complete and chunked.
  explicit chunked_body(std::string_view head);
  ~chunked_body();
  chunked_body(const chunked_body&) = delete;
  chunked_body& operator=(const chunked_body&) = delete;

  /// Takes what follows the head. Returns how many bytes were consumed (the others are to be given again, with more),
  /// or nothing if the encoding is broken.
  std::optional<std::size_t> feed(std::string_view bytes);

  bool complete() const noexcept;

  /// Returns what has arrived of the body, decoded.
  const std::string& text() const noexcept;

private:
  class decoder;
  std::unique_ptr<decoder> decoder_;
};

} // namespace tessera
