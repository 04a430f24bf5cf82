#pragma once

#include "gateway/http/request.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tessera {

/// Why a request head is refused before anything else looks at it.
enum class head_fault : std::uint8_t {
  none,
  request_line,      ///< not METHOD SP target SP HTTP/1.x
  version,           ///< neither HTTP/1.0 nor HTTP/1.1
  line_ending,       ///< a line feed without carriage return, or the reverse
  control_character, ///< NUL or another control character
  folded_header,     ///< a line that continues the one before (obs-fold)
  header_name,       ///< empty, or a character that is no token character (a space before the colon, say)
  host,              ///< none in HTTP/1.1, or more than one
  connection,        ///< no list of tokens
  content_length,    ///< repeated, a list, signed, or not a number
  transfer_encoding, ///< other than exactly "chunked" once
  both_lengths,      ///< Content-Length and Transfer-Encoding
  head_too_large,
  target_too_long,
};

/// Returns one sentence for the client.
std::string_view explain(head_fault fault) noexcept;

struct head_limits {
  std::size_t head_bytes = 16 * 1024;
  std::size_t target_bytes = 8 * 1024;
};

struct head_verdict {
  enum class state : std::uint8_t { incomplete, complete, refused };

  state what = state::incomplete;
  head_fault fault = head_fault::none;
  std::size_t size = 0; ///< of the head with its empty line, if complete
};

/// Reads the head that `received` begins with into `out`, strictly: whatever two servers could read in two ways is
/// refused (RFC 9112, sections 2.2, 5.1, 5.2, 6.1 and 11.2), such as repeated or listed Content-Lengths, folded headers,
/// several Hosts and "Transfer-Encoding: xchunked". What `out` holds counts only if the head is complete; its views
/// point into `received`, and its body is not set. Pure.
///
/// One pass: the end of a line is the first control character that is no tab, so looking for it checks the line, too.
head_verdict read_head(std::string_view received, const head_limits& limits, http_request& out) noexcept;

} // namespace tessera
