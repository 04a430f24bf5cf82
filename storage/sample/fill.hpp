#pragma once

#include "cards/id_number.hpp"
#include "cards/result.hpp"
#include "storage/member_store.hpp"
#include "storage/sample/id_numbers.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace tessera {

/// What `fill_with_sample` wrote.
struct fill_report {
  std::size_t provinces = 0;
  std::size_t municipalities = 0;
  std::size_t wards = 0;
  std::size_t voting_stations = 0;
  std::size_t members = 0;
  std::size_t active = 0;               ///< how many of the members are active
  std::optional<id_number> example;     ///< an active member's, to try the service with; nothing if there is none
  std::chrono::duration<double> took{}; ///< seconds, making and writing
};

/// Writes the `sample_membership` of `members`, `seed` and `today`, and all of its geography, to a migrated store. A
/// membership lasts a year: as time goes by, those of a fixed day have all expired. Blocks. Fails with
/// `validation` if `members` is more than ID numbers can be made for, else with what the store failed with; then
/// nothing of it counts. `progress`, where given, is told now and then how many members are written.
result<fill_report> fill_with_sample(member_store& store, std::size_t members, std::uint64_t seed,
                                     std::chrono::sys_days today = sample_day,
                                     const std::function<void(std::size_t)>& progress = {});

} // namespace tessera
