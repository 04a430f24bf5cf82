#include "actors/stats_snapshot.hpp"

#include <array>

namespace tessera {

std::string_view to_string(stage which) noexcept {
  constexpr std::array<std::string_view, stage_count> names{"gateway", "limiter",  "queue",   "l1",
                                                            "l2",      "database", "renderer"};
  return names[static_cast<std::size_t>(which)];
}

std::string_view to_string(route_class which) noexcept {
  constexpr std::array<std::string_view, route_class_count> names{"member", "card",    "batch",
                                                                  "verify", "operate", "other"};
  return names[static_cast<std::size_t>(which)];
}

std::string_view to_string(health_word which) noexcept {
  constexpr std::array<std::string_view, 3> names{"ok", "degraded", "down"};
  return names[static_cast<std::size_t>(which)];
}

std::string_view to_string(circuit_breaker::state which) noexcept {
  constexpr std::array<std::string_view, 3> names{"closed", "half_open", "open"};
  return names[static_cast<std::size_t>(which)];
}

} // namespace tessera
