#pragma once

#include "cards/result.hpp"

#include <chrono>
#include <string_view>

namespace tessera {

/// A card that someone asks to be valid longer than its membership is so for this many years at most.
inline constexpr std::chrono::years longest_custom_expiry{5};

/// Returns the expiry day (UTC) that `custom_expiry` asks for: a date of ISO 8601 ("2027-01-31"), or a date and time
/// with Z or an offset, whose day in UTC it is. The error is one sentence for the client that names what is wrong: no
/// such form, no such day or time, past, or more than `longest_custom_expiry` ahead.
result<std::chrono::sys_days> parse_custom_expiry(std::string_view text, std::chrono::sys_days today);

} // namespace tessera
