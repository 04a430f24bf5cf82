#pragma once

#include "messages/actors.hpp"
#include "messages/inspect_types.hpp"

#include <cstdint>

/// What operators order, beside what goes through maintenance.
namespace tessera {

enum class breaker_order : std::uint8_t {
  automatic, ///< it goes by what comes of calls again
  open,
  closed
};

/// Keep the circuit breaker open, or closed, for some time. Answered by breaker_forced.
struct force_breaker {
  control_client_actor asker;
  breaker_order order = breaker_order::automatic;
  std::uint32_t for_ms = 0; ///< at least 1, unless automatic

  bool operator==(const force_breaker&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, force_breaker& x) {
  return f(caf::meta::type_name("tessera::force_breaker"), x.asker, x.order, x.for_ms);
}

struct breaker_forced {
  breaker_order order = breaker_order::automatic; ///< that was carried out

  bool operator==(const breaker_forced&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, breaker_forced& x) {
  return f(caf::meta::type_name("tessera::breaker_forced"), x.order);
}

/// Read the API keys now, not only when it is time to. Answered by keys_reread.
struct reread_keys {
  control_client_actor asker;

  bool operator==(const reread_keys&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, reread_keys& x) {
  return f(caf::meta::type_name("tessera::reread_keys"), x.asker);
}

struct keys_reread {
  error_code error = error_code::none; ///< else those known so far stay in force

  bool operator==(const keys_reread&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, keys_reread& x) {
  return f(caf::meta::type_name("tessera::keys_reread"), x.error);
}

} // namespace tessera
