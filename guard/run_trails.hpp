#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tessera {

/// Tells whether somebody asks for values one after the other, in 32 bytes: follows the last four trails, longest
/// unused forgotten first. So a trail is seen as long as at least every fourth new value goes on with it, among decoys
/// or other trails; who mixes more goes unseen. Pure; one owner.
///
/// Values that may have come before (`is_new` is false) go along with a trail, but are not counted and begin none: what
/// is counted are different values, provided that nothing is called new twice.
class run_trails {
public:
  /// Follows the trail of the values that have `what` in common. Returns how many were counted.
  unsigned same(std::uint32_t what, bool is_new) noexcept;

  /// Follows the longest trail that was at a place no further than `reach` from this one and does not turn around: its
  /// second place gives its direction. Returns how many places were counted; 0 if there is no such trail, and this one
  /// lies just behind another, where that may have been.
  unsigned step(std::uint32_t place, std::uint32_t reach, bool is_new) noexcept;

  /// Returns the length of the longest trail followed.
  unsigned longest() const noexcept;

private:
  struct trail {
    std::uint32_t at = 0;
    std::uint16_t length = 0; ///< values counted; 0: no trail
    std::int8_t direction = 0;
  };

  unsigned follow(std::size_t which, std::uint32_t at, std::int8_t direction, bool is_new) noexcept;
  unsigned begin(std::uint32_t at, bool is_new) noexcept;

  std::array<trail, 4> trails_{}; ///< the one used last first
};

} // namespace tessera
