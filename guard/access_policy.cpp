#include "guard/access_policy.hpp"

#include <cassert>
#include <string_view>

namespace tessera {

namespace {

using caller_kind = access_decision::caller_kind;

access_decision caller_of(const access_request& request, const access_rules& rules) noexcept {
  access_decision who;
  who.scopes = rules.open;
  if (!rules.keys_configured && request.is_local) {
    who.caller = caller_kind::local;
    who.scopes = scope_set::all();
  }
  if (request.key.state == key_state::valid) {
    who.caller = caller_kind::key;
    who.key = request.key.id;
    who.scopes |= request.key.scopes;
    who.limit_multiplier = request.key.limit_multiplier;
  }
  return who;
}

/// What is wrong with a key, or that there is none.
std::string_view fault_of(key_state state) noexcept {
  switch (state) {
  case key_state::malformed:
    return "What the Authorization header holds is not an API key, or not a whole one";
  case key_state::unknown:
    return "The API key is not known";
  case key_state::revoked:
    return "The API key has been revoked";
  case key_state::expired:
    return "The API key has expired";
  case key_state::absent:
  case key_state::valid:
    break;
  }
  return "An API key is required, as Authorization: Bearer KEY";
}

} // namespace

access_decision decide_access(const access_request& request, const access_rules& rules) noexcept {
  auto decision = caller_of(request, rules);
  if (!request.needed)
    return decision;
  bool has_key = request.key.state == key_state::valid;
  bool has_bad_key = !has_key && request.key.state != key_state::absent;
  if (has_bad_key || (!has_key && !decision.scopes.has(*request.needed)))
    return {.refused = error_code::authentication};
  if (!decision.scopes.has(*request.needed))
    decision.refused = error_code::authorization;
  return decision;
}

std::string explain_refusal(const access_request& request, const access_decision& decision) {
  assert(decision.refused != error_code::none && request.needed);
  if (decision.refused == error_code::authentication)
    return std::string{fault_of(request.key.state)};
  return "The API key lacks the scope " + std::string{to_string(*request.needed)};
}

std::string audit_name(const access_decision& decision) {
  switch (decision.caller) {
  case caller_kind::key:
    return "key:" + std::string{decision.key.text()};
  case caller_kind::local:
    return "local";
  case caller_kind::open:
    break;
  }
  return "open";
}

status check_exposure(const std::string& address, bool is_loopback, const access_rules& rules) {
  if (is_loopback || rules.keys_configured || !rules.open.empty())
    return ok();
  return failure{error_code::validation,
                 "Refusing to listen on " + address
                     + " as long as there is no API key: whoever reaches it could do everything; make a key with "
                       "`tessera keys create`, or say with --open what needs none, or listen on loopback "
                       "(--listen 127.0.0.1:PORT)"};
}

} // namespace tessera
