#pragma once

#include <string>
#include <string_view>

namespace tessera {

struct http_request;

/// Reads a head that `read_head` has found complete with another parser, Beast's, which is more lenient. Returns what
/// it finds there that `ours` does not, as one line; nothing if both read the same.
std::string difference_to_beast(std::string_view head, const http_request& ours);

} // namespace tessera
