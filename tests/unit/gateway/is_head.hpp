#pragma once

#include "gateway/http/request_head.hpp"

namespace tessera {

/// Returns whether `text` begins with a complete head, which `out` then holds.
inline bool is_head(std::string_view text, http_request& out) {
  return read_head(text, {}, out).what == head_verdict::state::complete;
}

} // namespace tessera
