#pragma once

#include "actors/stats_snapshot.hpp"

#include <string>

namespace tessera {

/// Returns GET /metrics: Prometheus's text format 0.0.4, names and units by its conventions. Labels have values out of
/// fixed sets, never from a request; API keys are the one exception, and their ids are no secrets.
std::string prometheus_text(const stats_snapshot& from);

inline constexpr const char* prometheus_content_type = "text/plain; version=0.0.4; charset=utf-8";

} // namespace tessera
