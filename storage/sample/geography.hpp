#pragma once

#include "storage/bulk_loader.hpp"
#include "storage/sample/random.hpp"

#include <cstdint>
#include <vector>

namespace tessera {

/// South Africa's provinces and municipalities with wards and voting stations in them. Provinces, municipalities and
/// the codes of wards are the real ones; the names of voting stations are invented. The same for every seed, so that
/// filling a store twice leaves no wards behind that nobody lives in.
class sample_geography {
public:
  sample_geography();

  /// Where a member lives: indexes into the rows below.
  struct place {
    std::uint32_t municipality;
    std::uint32_t ward;
    std::uint32_t first_station; ///< the ward's voting stations follow each other
    std::uint32_t stations;
  };

  /// Returns a place; populous municipalities come up more often.
  place pick(sample_random& random) const noexcept;

  std::vector<province_row> provinces;
  std::vector<municipality_row> municipalities;
  std::vector<ward_row> wards;
  std::vector<voting_station_row> stations;

private:
  struct ward_range {
    std::uint32_t municipality;
    std::uint32_t first_station;
    std::uint32_t stations;
  };

  std::vector<ward_range> ranges_;     // one per ward
  std::vector<std::uint32_t> lottery_; // wards, those of metropolitan municipalities several times
};

} // namespace tessera
