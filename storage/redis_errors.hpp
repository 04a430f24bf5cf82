#pragma once

#include "cards/result.hpp"

#include <string_view>

namespace tessera {

/// Why Redis, or the way to it, failed. All of it is `cache_unavailable` to the caller, who goes on without L2; the
/// detail is for the operator. It is made of fixed sentences and the system's texts alone: what the server wrote may
/// quote keys or values and is never repeated.

/// Returns the failure for one of hiredis's error codes (REDIS_ERR_…); `system_error` is the errno beside
/// REDIS_ERR_IO, else ignored.
failure redis_failure(int hiredis_error, int system_error);

/// Returns the failure for an error reply, by its first word ("WRONGPASS …").
failure redis_failure(std::string_view error_reply);

/// Returns the failure for a reply of a kind that the command cannot have.
failure redis_unexpected_reply();

} // namespace tessera
