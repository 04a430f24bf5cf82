#pragma once

#include "cards/card.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Texts that are equal if and only if what was put into them is: in memory only, never sent or kept.
namespace tessera {

inline void append_part(std::string& to, std::uint64_t number) {
  to.append(reinterpret_cast<const char*>(&number), sizeof number);
}

inline void append_part(std::string& to, std::string_view text) {
  append_part(to, text.size());
  to.append(text);
}

inline void append_part(std::string& to, const card_request& card) {
  append_part(to, static_cast<std::uint64_t>(card.design));
  append_part(to,
              card.custom_expiry ? static_cast<std::uint64_t>(card.custom_expiry->time_since_epoch().count()) : ~0ULL);
  append_part(to, std::string_view{card.issued_by});
}

} // namespace tessera
