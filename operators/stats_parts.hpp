#pragma once

#include "actors/stats_snapshot.hpp"
#include "cards/json_text.hpp"

/// The larger members of GET /stats, each of which puts one of its name. Only for operators/stats_json.cpp.
namespace tessera {

// what is on the way of a request (stats_flow.cpp)
void put_tiles(json_text& out, const stats_snapshot& from);
void put_stages(json_text& out, const stats_snapshot& from);
void put_routes(json_text& out, const stats_snapshot& from);

// what is there (stats_parts.cpp)
void put_gateway(json_text& out, const stats_snapshot& from);
void put_queue(json_text& out, const stats_snapshot& from);
void put_pool(json_text& out, const stats_snapshot& from);
void put_caches(json_text& out, const stats_snapshot& from);

} // namespace tessera
