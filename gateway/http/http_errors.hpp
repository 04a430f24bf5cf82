#pragma once

#include "cards/errors.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// How clients see an error_code: the one table that maps it to HTTP (api.md, "Codes").
struct http_error {
  std::uint16_t status;
  std::string_view code;        ///< "NOT_FOUND"
  std::string_view title;       ///< short, the same for all occurrences (RFC 9457)
  std::string_view message;     ///< where the occurrence has no better one
  std::string_view explanation; ///< what a client may do, shown at the problem's type URL
};

const http_error& http_error_of(error_code code) noexcept;

/// Returns the URL that explains a code, on this server: "/docs/errors/not-found".
std::string problem_type_of(error_code code);

/// Returns the error whose type URL ends in `slug` ("not-found"), or null.
const http_error* find_http_error(std::string_view slug) noexcept;

/// One input that is wrong.
struct input_error {
  std::string pointer; ///< JSON pointer (RFC 6901) into the body, or "#/path/idNumber" for a path segment
  std::string detail;
};

/// What went wrong with one request.
struct problem {
  error_code code = error_code::internal;
  std::string message;             ///< empty: the table's
  std::vector<input_error> errors; ///< for bad input
  std::uint32_t retry_after_s = 0; ///< 0: none
};

/// Returns the problem of one input that is wrong, told by `detail`.
problem invalid_input(std::string pointer, std::string detail);

/// Returns the body of an error response: the predecessor's envelope that is an RFC 9457 problem, too. `path` must be
/// masked already; `instance` is the request id; `timestamp` is ISO 8601.
std::string problem_body(const problem& what, std::string_view path, std::string_view method, std::string_view instance,
                         std::string_view timestamp);

} // namespace tessera
