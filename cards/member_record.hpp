#pragma once

#include "cards/member.hpp"
#include "cards/shared_body.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// The key of the hash that makes ETags (SipHash-2-4): the same on all nodes that share a secret, so that a client may
/// move between them; secret, so that an ETag tells nothing about a member.
using etag_key = std::array<std::uint8_t, 16>;

/// Returns the member as the JSON object of api.md, part 1 ("Member").
std::string member_json(const member& subject);

/// Returns the finished body of a member lookup: `{"success":true,"message":"Member retrieved
/// successfully","data":{…}` with the packed member behind it.
body_ptr make_member_body(const member& subject, const etag_key& key);

/// Returns `subject` as a compact, versioned byte string.
std::string pack_member(const member& subject);

/// Returns the member that `packed` holds, or nothing if it is damaged or of another version.
std::optional<member> unpack_member(std::string_view packed);

} // namespace tessera
