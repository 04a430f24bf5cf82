#pragma once

#include "actors/stats_snapshot.hpp"
#include "cards/json_text.hpp"

#include <string>

/// The list of actors, as the operator plane shows it.
namespace tessera {

/// Puts an array "actors".
void put_actors(json_text& out, const stats_snapshot& from);

/// Returns the document of GET /stats/actors.
std::string actors_json(const stats_snapshot& from);

/// Returns the same as CSV (RFC 4180), a line of names first.
std::string actors_csv(const stats_snapshot& from);

} // namespace tessera
