#pragma once

#include "actors/stats_desk.hpp"
#include "cards/json_text.hpp"
#include "guard/event_log.hpp"

#include <string>
#include <vector>

namespace tessera {

/// Returns the document of GET /stats. Names with their units, limits and rates: docs/operations.md, "Statistics".
std::string stats_json(const stats_snapshot& from, const stats_desk& desk);

/// Puts an array "events".
void put_events(json_text& out, const std::vector<event>& events);

} // namespace tessera
