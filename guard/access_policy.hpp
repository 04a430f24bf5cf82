#pragma once

#include "cards/errors.hpp"
#include "cards/result.hpp"
#include "guard/key_ring.hpp"
#include "guard/scopes.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// Who may do what. Pure; any thread. A gateway asks per request:
///
///     auto verdict = ring.judge(read_authorization(request.authorization.values()), now);
///     bool local = counts_as_loopback(other_end, request.forwarded || has_proxy_header, trusted);
///     auto decision = decide_access({needed, verdict, local}, {open, ring.configured()});
namespace tessera {

/// What holds for all requests.
struct access_rules {
  scope_set open{};             ///< needs no key (--open)
  bool keys_configured = false; ///< of the key ring
};

/// What counts of one request.
struct access_request {
  std::optional<scope> needed{}; ///< by the route; nothing: anyone may
  key_verdict key{};
  bool is_local = false; ///< see `counts_as_loopback`
};

struct access_decision {
  enum class caller_kind : std::uint8_t {
    open,  ///< anyone
    local, ///< on this machine, while there are no keys
    key,
  };

  error_code refused = error_code::none; ///< or authentication (401), or authorization (403)
  caller_kind caller = caller_kind::open;
  key_id key{};       ///< of a caller with a key; not where the key was refused or ignored
  scope_set scopes{}; ///< all that the caller may do, also where the route needs nothing: verify shows names by it
  std::uint32_t limit_multiplier = 1; ///< of the caller's key

  bool operator==(const access_decision&) const = default;
};

/// Decides:
/// - A route that needs nothing is for anyone. A key that is not valid is ignored there.
/// - On all others a key that is presented must be valid, even where none is needed: who presents one relies on it, and
///   has to learn that it is refused.
/// - A valid key gives its scopes, beside those that are open.
/// - Without a key there are the open scopes; and, as long as no key is configured, all scopes for what comes from this
///   machine.
access_decision decide_access(const access_request& request, const access_rules& rules) noexcept;

/// Returns what to tell the client, a sentence that names the scope that is missing.
/// REQUIRES: `decision` refuses `request`.
std::string explain_refusal(const access_request& request, const access_decision& decision);

/// Returns who it is, for the audit log: "key:ID", "local" or "open".
std::string audit_name(const access_decision& decision);

/// Protected mode: returns a failure, in a sentence that says what to do, if the service would be open to a network
/// without anybody having said so.
/// @param address where to listen, for people
status check_exposure(const std::string& address, bool is_loopback, const access_rules& rules);

} // namespace tessera
