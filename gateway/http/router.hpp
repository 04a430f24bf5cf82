#pragma once

#include "gateway/http/request.hpp"
#include "guard/rate_rules.hpp"
#include "guard/scopes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

enum class route : std::uint8_t {
  none,
  member,
  members_lookup,
  cache_stats,
  warm_cache,
  clear_cache,
  health,
  health_detailed,
  health_database,
  health_ready,
  health_live,
  generate_data,
  generate,
  batch_generate,
  verify,
  card, ///< a card in some format, by the end of its path
  card_qr_svg,
  card_qr_png,
  card_reissue,
  card_revoke,
  jwks,
  revocations,
  verify_page,
  openapi,
  docs,
  error_docs,
  batches,
  batch,
  batch_events,
  batch_zip,
  batch_pdf,
};

/// Returns the route's name, as the access log shows it: "member".
std::string_view to_string(route which) noexcept;

/// A set of methods, one bit each.
using method_set = std::uint8_t;

constexpr method_set bit(http_method method) noexcept {
  return static_cast<method_set>(1u << static_cast<unsigned>(method));
}

struct route_match {
  route to = route::none;
  method_set methods = 0;          ///< that the route answers, OPTIONS included
  std::string_view parameter;      ///< the last segment of a route that has one, as sent (percent-encoded)
  std::optional<scope> needs;      ///< nothing: anyone may
  bool limited = true;             ///< counts in the general limit
  std::optional<limit_kind> limit; ///< and in this one
};

/// Returns the route of a path. Like the predecessor's router it ignores case in the fixed segments and one slash at
/// the end. Pure.
route_match find_route(std::string_view path) noexcept;

/// Returns the paths of all routes, as find_route takes them, with "{}" for a parameter and in small letters.
std::vector<std::string> route_paths();

/// Returns `methods` as an Allow header's value: "GET, HEAD, OPTIONS".
std::string allow_text(method_set methods);

/// Returns `text` with its percent-encoding undone; what is not a valid escape stays as it is.
std::string percent_decode(std::string_view text);

} // namespace tessera
