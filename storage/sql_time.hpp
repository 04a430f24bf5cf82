#pragma once

#include "cards/member.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// Returns `time` as SQL writes it: "2026-01-31 08:05:09.007". Years 1000 to 9999; times outside are moved to the edge.
std::string sql_time(utc_time time);

/// Returns the time that `text` spells: a date, a date and time, or one with a fraction of a second; with a blank or a
/// 'T' between them. Nothing if it is none.
std::optional<utc_time> parse_sql_time(std::string_view text);

/// Returns the time of these parts, or the epoch if they are no date (MySQL's zero date).
utc_time make_time(unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute, unsigned second,
                   unsigned millisecond);

} // namespace tessera
