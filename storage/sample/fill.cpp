#include "storage/sample/fill.hpp"

#include "storage/sample/sample_membership.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace tessera {

namespace {

// Bounds what is held in memory, a few hundred kilobytes; how many rows a statement takes is the loader's affair.
constexpr std::size_t rows_at_once = 2'000;

template <class Row>
status add_all(bulk_loader& loader, std::span<const Row> rows) {
  for (std::size_t first = 0; first < rows.size(); first += rows_at_once)
    if (auto added = loader.add(rows.subspan(first, std::min(rows_at_once, rows.size() - first))); !added)
      return added;
  return ok();
}

status add_geography(bulk_loader& loader, const sample_geography& geography) {
  if (auto added = add_all(loader, std::span{geography.provinces}); !added)
    return added;
  if (auto added = add_all(loader, std::span{geography.municipalities}); !added)
    return added;
  if (auto added = add_all(loader, std::span{geography.wards}); !added)
    return added;
  return add_all(loader, std::span{geography.stations});
}

bool is_active(const member_row& row) noexcept {
  return row.membership_status == "Active";
}

// An example shows all that a card can show.
bool is_complete(const member_row& row) noexcept {
  return row.email && row.cell_number && row.voting_station_id;
}

// Writes the members, and notes them in `report`.
status add_members(bulk_loader& loader, sample_membership& membership, fill_report& report,
                   const std::function<void(std::size_t)>& progress) {
  auto complete = false;
  std::vector<member_row> rows(rows_at_once);
  for (;;) {
    std::size_t count = 0;
    while (count < rows.size() && membership.next(rows[count])) {
      const auto& row = rows[count++];
      report.active += is_active(row);
      // The newest is best: its card has not expired for longest.
      if (is_active(row) && is_complete(row) >= complete) {
        complete = is_complete(row);
        report.example = row.number;
      }
    }
    if (count == 0)
      return ok();
    if (auto added = loader.add(std::span<const member_row>{rows}.first(count)); !added)
      return added;
    report.members += count;
    if (progress)
      progress(report.members);
  }
}

} // namespace

result<fill_report> fill_with_sample(member_store& store, std::size_t members, std::uint64_t seed,
                                     std::chrono::sys_days today, const std::function<void(std::size_t)>& progress) {
  if (members > sample_id_numbers::capacity)
    return failure{error_code::validation,
                   "a sample has at most " + std::to_string(sample_id_numbers::capacity) + " members"};
  auto start = std::chrono::steady_clock::now();
  auto loader = store.load();
  if (!loader)
    return loader.error();
  sample_membership membership{seed, members, today};
  const auto& geography = membership.geography();
  fill_report report;
  if (auto added = add_geography(**loader, geography); !added)
    return added.error();
  report.provinces = geography.provinces.size();
  report.municipalities = geography.municipalities.size();
  report.wards = geography.wards.size();
  report.voting_stations = geography.stations.size();
  if (auto added = add_members(**loader, membership, report, progress); !added)
    return added.error();
  if (auto finished = (*loader)->finish(); !finished)
    return finished.error();
  report.took = std::chrono::steady_clock::now() - start;
  return report;
}

} // namespace tessera
