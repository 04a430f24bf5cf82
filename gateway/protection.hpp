#pragma once

#include "config/settings.hpp"
#include "guard/client_naming.hpp"
#include "guard/connection_counter.hpp"
#include "guard/enumeration_guard.hpp"
#include "guard/ip_address.hpp"
#include "guard/rate_limiter.hpp"
#include "guard/scopes.hpp"
#include "guard/suspect_list.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace tessera {

struct protection_secrets {
  client_naming::secret naming{};               ///< the same on all nodes
  enumeration_guard_settings::secret guesses{}; ///< random
  std::uint64_t counts = 0;                     ///< random; names this process's counts
};

/// What protects a process from its clients, shared by all its loops: made before them, ends after them. Any thread.
struct protection {
  /// Sets up what the settings ask for: with `no_limits` nothing that limits clients.
  protection(const settings& all, const protection_secrets& secrets);

  bool trusts(const ip_address& address) const noexcept;

  client_naming naming;
  std::vector<ip_network> trusted; ///< proxies that are believed about their clients
  bool proxy_protocol;             ///< their connections begin with a PROXY header
  scope_set open;                  ///< needs no key
  rate_rules rules;
  std::shared_ptr<rate_limiter> limiter;         ///< null: requests are not limited
  std::optional<enumeration_guard> guesses;      ///< nothing: nobody watches who asks for whom
  std::shared_ptr<suspect_list> suspects = std::make_shared<suspect_list>(); ///< whom `guesses` refuses
  std::optional<connection_counter> connections; ///< nothing: connections are not limited
};

} // namespace tessera
