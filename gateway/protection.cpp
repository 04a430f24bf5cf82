#include "gateway/protection.hpp"

#include <algorithm>

namespace tessera {

namespace {

rate_rules rules_of(const limits_settings& all) noexcept {
  rate_rules rules; // with the predecessor's windows
  rules.general.requests = all.general;
  rules.lookup.requests = all.member_lookup;
  rules.card.requests = all.card_generation;
  rules.bulk.requests = all.bulk;
  return rules;
}

enumeration_guard_settings guessing_of(const settings& all, const enumeration_guard_settings::secret& key) noexcept {
  enumeration_guard_settings result;
  result.budgets = {all.guessing.misses, all.guessing.distinct, all.guessing.run};
  result.clients = all.limits.clients;
  result.key = key;
  return result;
}

} // namespace

protection::protection(const settings& all, const protection_secrets& secrets)
    : naming(secrets.naming), proxy_protocol(all.access.proxy_protocol), pages(all.gateway.cors_origins),
      rules(rules_of(all.limits)) {
  for (const auto& text : all.access.trusted)
    if (auto network = ip_network::parse(text)) // the settings are checked
      trusted.push_back(*network);
  if (auto scopes = parse_scopes(all.access.open))
    open = *scopes;
  if (all.no_limits)
    return;
  limiter = std::make_shared<rate_limiter>(rules, all.limits.clients, secrets.counts);
  guesses.emplace(guessing_of(all, secrets.guesses));
  if (all.limits.connections > 0)
    connections.emplace(all.limits.connections);
}

bool protection::trusts(const ip_address& address) const noexcept {
  return std::ranges::any_of(trusted, [&](const auto& network) { return network.contains(address); });
}

} // namespace tessera
