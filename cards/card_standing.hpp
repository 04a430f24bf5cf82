#pragma once

#include "cards/member.hpp"

#include <cstdint>

namespace tessera {

/// What the store knows of a member's cards beyond the member's record (decision 0016).
struct card_standing {
  /// A token has two bytes for an epoch.
  static constexpr std::uint32_t last_epoch = 65'535;

  member_id id;
  std::uint32_t epoch = 1;      ///< cards of earlier ones are superseded
  utc_time since{};             ///< when `epoch` began; for 1 it is not set: the member's joining counts
  std::uint32_t revoked_to = 0; ///< cards of this epoch and of earlier ones are revoked

  bool operator==(const card_standing&) const = default;
};

} // namespace tessera
