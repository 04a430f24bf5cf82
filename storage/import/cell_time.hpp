#pragma once

#include "cards/member.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// The time in a cell of a file.
struct cell_time {
  std::optional<utc_time> time;
  std::string reason{}; ///< why there is none
};

/// Reads a date (its beginning), or a date and time, as in 2026-01-31, 2026/01/31, "2026-01-31 18:30", or as
/// `parse_iso_time` takes it; UTC if it does not say otherwise. Not 31/01/2026: nobody can tell 1/2 from 2/1.
cell_time read_time(std::string_view text);

} // namespace tessera
