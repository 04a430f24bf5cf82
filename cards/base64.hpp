#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// Appends `bytes` as base64 with padding (RFC 4648, section 4). For what is large: three bytes a step, by tables.
void append_base64(std::string& out, std::string_view bytes);

} // namespace tessera
