#pragma once

#include <cstdint>
#include <filesystem>

namespace tessera::test {

/// How badly a picture was taken.
struct bad_photo {
  double tilt = 0;        ///< how much smaller the far side is than the near one, as a share
  double turn = 0;        ///< radians
  double blur = 0;        ///< radius in pixels
  double shadow = 0;      ///< how much darker one corner is than the opposite, as a share
  double noise = 0;       ///< standard deviation, of 255
  std::uint64_t seed = 1; ///< of the noise
};

/// Takes a picture (PGM) of the picture `from` (PGM) as a phone would: on a grey table, tilted, turned, out of focus,
/// in uneven light and with noise.
void take_photo(const std::filesystem::path& from, const std::filesystem::path& to, const bad_photo& how);

} // namespace tessera::test
