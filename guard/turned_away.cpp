#include "guard/turned_away.hpp"

#include <array>

namespace tessera {

std::string_view to_string(turned_away why) noexcept {
  constexpr std::array<std::string_view, turned_away_count> names{
      "no",       "general_limit", "lookup_limit", "card_limit",  "bulk_limit", "no_key",
      "no_scope", "misses",        "distinct",     "birth_dates", "serials",    "busy"};
  return names[static_cast<std::size_t>(why)];
}

} // namespace tessera
