#pragma once

#include <spdlog/formatter.h>

#include <memory>
#include <string_view>

namespace tessera {

/// Returns what turns a log message into one line: `format` "json" gives an object with the members time (ISO 8601,
/// UTC), level, thread and message; anything else gives text. Every ID number is masked, whoever wrote it, and line
/// breaks and other control characters are escaped, so that no message can forge a line.
std::unique_ptr<spdlog::formatter> make_log_formatter(std::string_view format);

} // namespace tessera
