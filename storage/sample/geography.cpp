#include "storage/sample/geography.hpp"

#include "storage/sample/municipalities.hpp"
#include "storage/sample/names.hpp"

#include <iterator>
#include <string>
#include <string_view>

namespace tessera {

namespace {

// Wards within a municipality have about equally many voters, but those of a metropolitan one have about three times as
// many as others (municipal elections of 2021: 26 million voters, 10 million of them in 742 metropolitan wards).
constexpr unsigned metro_weight = 3;

constexpr std::uint32_t fewest_stations = 2;
constexpr std::uint32_t most_stations = 4;

constexpr std::string_view kinds[] = {
    "Primary School", "Secondary School", "Community Hall", "Combined School", "Methodist Church",
    "Crèche",         "Sports Centre",    "Library",        "Civic Centre",    "Tent (open ground)"};

// Metropolitan municipalities have a number of their own in the codes of wards.
struct metro_code {
  std::string_view code;
  std::string_view digits;
};
constexpr metro_code metro_codes[] = {{"BUF", "29200"}, {"NMA", "29300"}, {"MAN", "49400"}, {"EKU", "79700"},
                                      {"JHB", "79800"}, {"TSH", "79900"}, {"ETH", "59500"}, {"CPT", "19100"}};

// Returns the first five digits of the codes of the municipality's wards: the province's digit, then two digits for the
// district and two for the municipality ("WC024": 1 02 04).
std::string ward_prefix(const sample_municipality& municipality, char province_digit) {
  for (const auto& metro : metro_codes)
    if (metro.code == municipality.code)
      return std::string{metro.digits};
  auto digits = municipality.code.substr(municipality.code.size() - 3);
  return {province_digit, digits[0], digits[1], '0', digits[2]};
}

std::string three_digits(unsigned number) {
  auto text = std::to_string(number);
  return text.insert(0, 3 - text.size(), '0');
}

std::string_view place_name(std::string_view province_code, sample_random& random) noexcept {
  auto percent = random.below(100);
  for (const auto& share : languages_of(province_code)) {
    if (percent < share.percent) {
      auto places = names_of(share.language).places;
      return places[random.below(static_cast<std::uint32_t>(places.size()))];
    }
    percent -= share.percent;
  }
  return {};
}

} // namespace

sample_geography::sample_geography() {
  sample_random random{2021};
  for (const auto& province : sample_provinces())
    provinces.push_back({std::string{province.code}, std::string{province.name}});
  for (const auto& municipality : sample_municipalities()) {
    char province_digit = '0';
    for (const auto& province : sample_provinces())
      if (province.code == municipality.province_code)
        province_digit = province.ward_digit;
    auto prefix = ward_prefix(municipality, province_digit);
    auto index = static_cast<std::uint32_t>(municipalities.size());
    municipalities.push_back(
        {std::string{municipality.code}, std::string{municipality.name}, std::string{municipality.province_code}});
    for (unsigned number = 1; number <= municipality.wards; ++number) {
      auto ward = static_cast<std::uint32_t>(wards.size());
      wards.push_back({prefix + three_digits(number), std::to_string(number), std::string{municipality.code}});
      auto count = fewest_stations + random.below(most_stations - fewest_stations + 1);
      ranges_.push_back({index, static_cast<std::uint32_t>(stations.size()), count});
      auto kind = random.below(std::size(kinds));
      for (std::uint32_t station = 0; station < count; ++station) { // neighbours of another kind each
        auto name = std::string{place_name(municipality.province_code, random)} + ' ';
        name += kinds[(kind + station) % std::size(kinds)];
        stations.push_back({stations.size() + 1, std::move(name), wards.back().code});
      }
      lottery_.insert(lottery_.end(), is_metro(municipality) ? metro_weight : 1, ward);
    }
  }
}

sample_geography::place sample_geography::pick(sample_random& random) const noexcept {
  auto ward = lottery_[random.below(static_cast<std::uint32_t>(lottery_.size()))];
  const auto& range = ranges_[ward];
  return {range.municipality, ward, range.first_station, range.stations};
}

} // namespace tessera
