#pragma once

#include "storage/bulk_loader.hpp"
#include "storage/sample/geography.hpp"
#include "storage/sample/id_numbers.hpp"
#include "storage/sample/random.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tessera {

/// A believable membership to try the service with: South African names, places and valid ID numbers, none of them
/// anybody's. The same seed, size and day give the same members on every machine. Pure; one owner.
///
/// Members come with ids 1 to `members`, in the order in which they joined during the ten years before `today`,
/// more of them lately. About 3 in 100 are not active; some lack an e-mail address, a cell number or a voting station.
class sample_membership {
public:
  /// REQUIRES: members <= sample_id_numbers::capacity.
  sample_membership(std::uint64_t seed, std::size_t members, std::chrono::sys_days today = sample_day);

  const sample_geography& geography() const noexcept {
    return geography_;
  }

  /// Writes the next member to `row` and returns true, or returns false if there are no more.
  bool next(member_row& row);

private:
  utc_time draw_joined() noexcept;

  sample_geography geography_;
  sample_id_numbers numbers_;
  sample_random random_;
  std::chrono::sys_days today_;
  std::uint64_t members_;
  std::uint64_t made_ = 0;
};

} // namespace tessera
