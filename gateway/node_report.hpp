#pragma once

#include "actors/metrics.hpp"
#include "gateway/node_status.hpp"

#include <chrono>
#include <string>
#include <string_view>

/// The `data` of the health and cache-stats routes (api.md, part 1), as JSON, from what the actors count. Any thread.
namespace tessera {

/// What of the node is out of order now.
struct node_health {
  bool database = true; ///< reachable, as far as the last attempt showed, and its circuit breaker closed
  bool l2 = true;       ///< connected, or none configured

  bool degraded() const noexcept {
    return !database || !l2;
  }
};

node_health health_of(const node_status& status, const node_metrics& metrics) noexcept;

std::string health_json(const node_status& status, std::string_view timestamp);
std::string health_detailed_json(const node_status& status, const node_metrics& metrics, std::string_view timestamp,
                                 std::chrono::microseconds response_time);
std::string health_database_json(const node_status& status, const node_metrics& metrics);

/// `ready`, and what is down although the node is ready; or why it is not ready.
std::string health_ready_json(const node_status& status, const node_metrics& metrics);

/// The same as `application/health+json` (draft-inadarei-api-health-check-06): a status of pass, warn or fail, and one
/// for each thing that the node needs.
std::string health_check_json(const node_status& status, const node_metrics& metrics, std::string_view timestamp);

std::string cache_stats_json(const node_metrics& metrics, bool has_l2, std::string_view timestamp);

} // namespace tessera
