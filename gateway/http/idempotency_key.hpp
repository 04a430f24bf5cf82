#pragma once

#include "gateway/http/json_input.hpp"
#include "gateway/http/request.hpp"

#include <string>

namespace tessera {

/// Returns the value of a request's Idempotency-Key header, as sent: 1 to 255 bytes of visible ASCII. Empty: there is
/// none. Two keys are the same if their bytes are: one in quotes, as the IETF's draft has them
/// (draft-ietf-httpapi-idempotency-key-header), is not the one without.
input<std::string> parse_idempotency_key(const http_request& request);

} // namespace tessera
