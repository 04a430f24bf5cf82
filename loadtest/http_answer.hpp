#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// What the load generators understand of HTTP: one answer at a time, whose body has a Content-Length, is chunked, or is
/// none at all. A body that ends with the connection is malformed: nobody could tell whether it is whole.
namespace tessera::loadtest {

/// Views into the text it was read from, or into `unchunked`.
struct http_answer {
  int status = 0;
  std::string_view head; ///< up to and with the last header's end of line
  std::string_view body;
  bool last = false;     ///< the server closes the connection after it
  std::string unchunked{}; ///< a body that came in chunks
};

enum class answer_progress : std::uint8_t { incomplete, complete, malformed };

/// Returns the value of the header `name`, the case of which does not matter; empty if it is not there.
std::string_view header_of(std::string_view head, std::string_view name) noexcept;

/// Reads the answer that `text` begins with; text behind it makes it malformed, because nobody asked for more.
answer_progress parse(std::string_view text, http_answer& result);

} // namespace tessera::loadtest
