#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera::test {

/// A full HTTP/1.1 response as it came over the wire.
struct raw_response {
  int status = 0;
  std::string reason;
  std::vector<std::pair<std::string, std::string>> headers; ///< in order, names as sent
  std::string body;

  /// Returns the value of the first header of that name, upper or lower case, or nothing.
  std::optional<std::string> header(std::string_view name) const;

  /// Returns the value of Content-Length, or nothing if there is none. Throws std::runtime_error if it is no number.
  std::optional<std::size_t> content_length() const;
};

/// Returns what a head, given without its empty last line, says. Throws std::runtime_error if it is none.
raw_response parse_response_head(std::string_view head);

/// Removes the response at the beginning of `received`, once it is there as a whole, and returns it. It must have a
/// Content-Length and a body, so that it is none to HEAD. Throws std::runtime_error if it is no response.
std::optional<raw_response> take_response(std::string& received);

} // namespace tessera::test
