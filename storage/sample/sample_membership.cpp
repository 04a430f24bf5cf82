#include "storage/sample/sample_membership.hpp"

#include "storage/sample/contacts.hpp"
#include "storage/sample/names.hpp"

#include <chrono>
#include <iterator>
#include <span>
#include <string_view>

namespace tessera {

namespace {

using namespace std::chrono_literals;

// All shares in percent.
constexpr std::uint32_t women = 52;
constexpr std::uint32_t with_second_name = 18;
constexpr std::uint32_t with_email = 68;
constexpr std::uint32_t with_cell_number = 94;
constexpr std::uint32_t with_station = 95;
constexpr std::uint32_t not_active = 3;

constexpr std::string_view other_statuses[] = {"Inactive", "Suspended", "Deceased", "Resigned", "Expired"};

constexpr auto joining_period = std::chrono::seconds{std::chrono::days{3'652}};

sample_language draw_language(std::string_view province_code, sample_random& random) noexcept {
  auto shares = languages_of(province_code);
  auto percent = random.below(100);
  for (const auto& share : shares) {
    if (percent < share.percent)
      return share.language;
    percent -= share.percent;
  }
  return shares.front().language;
}

std::string_view draw_name(std::span<const std::string_view> names, sample_random& random) noexcept {
  return names[random.early_below(static_cast<std::uint32_t>(names.size()))];
}

} // namespace

sample_membership::sample_membership(std::uint64_t seed, std::size_t members, std::chrono::sys_days today)
    : numbers_(today), random_(seed), today_(today), members_(members) {
}

bool sample_membership::next(member_row& row) {
  if (made_ == members_)
    return false;
  row.created = draw_joined();
  row.id.value = ++made_;

  auto place = geography_.pick(random_);
  const auto& municipality = geography_.municipalities[place.municipality];
  row.province_code = municipality.province_code;
  row.municipality_code = municipality.code;
  row.ward_code = geography_.wards[place.ward].code;
  row.voting_station_id.reset();
  if (random_.chance(with_station))
    row.voting_station_id = geography_.stations[place.first_station + random_.below(place.stations)].id;

  auto woman = random_.chance(women);
  row.number = numbers_.next(random_, woman, std::chrono::floor<std::chrono::days>(row.created));
  const auto& names = names_of(draw_language(municipality.province_code, random_));
  auto first_names = woman ? names.women : names.men;
  auto first = draw_name(first_names, random_);
  row.firstname = first;
  if (auto second = draw_name(first_names, random_); second != first && random_.chance(with_second_name))
    row.firstname.append(" ").append(second);
  row.surname = draw_name(names.surnames, random_);

  row.email.reset();
  if (random_.chance(with_email))
    row.email = sample_email(first, row.surname, random_);
  row.cell_number.reset();
  if (random_.chance(with_cell_number))
    row.cell_number = sample_cell_number(random_);
  row.membership_status =
      random_.chance(not_active) ? other_statuses[random_.below(std::size(other_statuses))] : "Active";
  return true;
}

// The way back from today, as a share of the period, is the square of what remains to be made: the last half
// of the members joined in the last quarter of the time. All in integers, for the same times everywhere.
utc_time sample_membership::draw_joined() noexcept {
  auto remaining = (((members_ - 1 - made_) << 32) + (random_.next() >> 32)) / members_; // as a share of 2^32
  auto share = remaining * remaining >> 32;
  std::chrono::seconds back{share * static_cast<std::uint64_t>(joining_period.count()) >> 32};
  auto joined = today_ - back;
  auto day = std::chrono::floor<std::chrono::days>(joined);
  auto awake = 6h + (joined - day) / 2; // offices open at 8 in South Africa, two hours ahead of UTC
  return day + awake + std::chrono::milliseconds{random_.below(1'000)};
}

} // namespace tessera
