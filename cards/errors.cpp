#include "cards/errors.hpp"

namespace tessera {

std::string_view to_string(error_code code) noexcept {
  switch (code) {
  case error_code::none:
    return "none";
  case error_code::validation:
    return "validation";
  case error_code::authentication:
    return "authentication";
  case error_code::authorization:
    return "authorization";
  case error_code::not_found:
    return "not_found";
  case error_code::method_not_allowed:
    return "method_not_allowed";
  case error_code::timed_out:
    return "timed_out";
  case error_code::conflict:
    return "conflict";
  case error_code::payload_too_large:
    return "payload_too_large";
  case error_code::uri_too_long:
    return "uri_too_long";
  case error_code::unsupported_media_type:
    return "unsupported_media_type";
  case error_code::rate_limited:
    return "rate_limited";
  case error_code::headers_too_large:
    return "headers_too_large";
  case error_code::internal:
    return "internal";
  case error_code::queue_full:
    return "queue_full";
  case error_code::database_unavailable:
    return "database_unavailable";
  case error_code::shutting_down:
    return "shutting_down";
  case error_code::cache_unavailable:
    return "cache_unavailable";
  case error_code::interrupted:
    return "interrupted";
  }
  return "unknown"; // codes come from other nodes too, which may be newer
}

} // namespace tessera
