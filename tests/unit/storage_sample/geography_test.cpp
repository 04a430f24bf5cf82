#include "storage/sample/geography.hpp"

#include "storage/sample/municipalities.hpp"
#include "storage/sample/names.hpp"
#include "utf8.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

using namespace tessera;

namespace {

const sample_geography& geography() {
  static const sample_geography instance;
  return instance;
}

} // namespace

BOOST_AUTO_TEST_SUITE(geography_test)

BOOST_AUTO_TEST_CASE(there_are_nine_provinces_and_213_municipalities_eight_of_them_metropolitan) {
  std::set<std::string> codes;
  for (const auto& province : geography().provinces)
    codes.insert(province.code);
  BOOST_TEST((codes == std::set<std::string>{"EC", "FS", "GP", "KZN", "LP", "MP", "NC", "NW", "WC"}));
  BOOST_TEST(geography().municipalities.size() == 213u);
  BOOST_TEST(std::ranges::count_if(sample_municipalities(), is_metro) == 8);
}

BOOST_AUTO_TEST_CASE(municipalities_are_in_the_province_that_their_code_says) {
  std::map<std::string, std::string> metros = {{"BUF", "EC"}, {"NMA", "EC"}, {"MAN", "FS"},  {"EKU", "GP"},
                                               {"JHB", "GP"}, {"TSH", "GP"}, {"ETH", "KZN"}, {"CPT", "WC"}};
  // How many local municipalities each province has, by the Municipal Demarcation Board.
  std::map<std::string, int> local = {{"EC", 31}, {"FS", 18}, {"GP", 6},  {"KZN", 43}, {"LP", 22},
                                      {"MP", 17}, {"NC", 26}, {"NW", 18}, {"WC", 24}};
  std::set<std::string> codes;
  for (const auto& municipality : geography().municipalities) {
    BOOST_TEST(codes.insert(municipality.code).second, municipality.code);
    BOOST_TEST(is_clean_utf8(municipality.name));
    auto letters = municipality.code.substr(0, municipality.code.find_first_of("0123456789"));
    if (letters == municipality.code) {
      BOOST_TEST(metros[municipality.code] == municipality.province_code, municipality.code);
    } else {
      if (letters == "GT")
        letters = "GP";
      else if (letters == "LIM")
        letters = "LP";
      BOOST_TEST(letters == municipality.province_code, municipality.code);
      BOOST_TEST(municipality.code.size() == municipality.code.find_first_of("0123456789") + 3);
      --local[letters];
    }
  }
  for (const auto& [province, missing] : local)
    BOOST_TEST(missing == 0, province);
}

BOOST_AUTO_TEST_CASE(wards_have_codes_of_their_own_and_count_from_one_in_each_municipality) {
  std::set<std::string> codes;
  std::map<std::string, unsigned> last;
  for (const auto& ward : geography().wards) {
    BOOST_REQUIRE(ward.code.size() == 8u);
    BOOST_REQUIRE(ward.code.find_first_not_of("0123456789") == std::string::npos);
    BOOST_REQUIRE(codes.insert(ward.code).second);
    BOOST_REQUIRE_EQUAL(ward.number, std::to_string(++last[ward.municipality_code]));
    BOOST_REQUIRE_EQUAL(std::stoul(ward.code.substr(5)), last[ward.municipality_code]);
  }
  BOOST_TEST(last.size() == 213u);
  BOOST_TEST(last["JHB"] == 135u);
  // The real codes of some first wards.
  for (auto known : {"79800001", "79900001", "19100001", "59500001", "29300001", "52205001", "10204001", "74201001",
                     "93504001", "21507001", "30901001"})
    BOOST_TEST(codes.contains(known), known);
}

BOOST_AUTO_TEST_CASE(every_ward_has_some_voting_stations_with_different_names) {
  std::map<std::string, std::set<std::string>> names;
  std::set<std::string> wards;
  for (const auto& ward : geography().wards)
    wards.insert(ward.code);
  std::uint64_t expected = 0;
  for (const auto& station : geography().stations) {
    BOOST_REQUIRE_EQUAL(station.id, ++expected);
    BOOST_REQUIRE(wards.contains(station.ward_code));
    BOOST_REQUIRE(is_clean_utf8(station.name));
    BOOST_REQUIRE(!station.name.starts_with(' '));
    BOOST_REQUIRE(names[station.ward_code].insert(station.name).second);
  }
  BOOST_TEST(names.size() == wards.size());
  for (const auto& [ward, of_ward] : names)
    BOOST_REQUIRE((of_ward.size() >= 2 && of_ward.size() <= 4));
}

BOOST_AUTO_TEST_CASE(picked_places_fit_together_and_cover_the_country) {
  sample_random random{5};
  std::map<std::string, int> municipalities;
  for (int round = 0; round < 200'000; ++round) {
    auto place = geography().pick(random);
    const auto& municipality = geography().municipalities.at(place.municipality);
    const auto& ward = geography().wards.at(place.ward);
    BOOST_REQUIRE_EQUAL(ward.municipality_code, municipality.code);
    for (auto station = place.first_station; station < place.first_station + place.stations; ++station)
      BOOST_REQUIRE_EQUAL(geography().stations.at(station).ward_code, ward.code);
    ++municipalities[municipality.code];
  }
  BOOST_TEST(municipalities.size() == 213u);
  BOOST_TEST(municipalities["JHB"] > 5 * municipalities["MP326"]);
}

BOOST_AUTO_TEST_CASE(names_of_all_languages_are_clean_and_used_somewhere) {
  std::set<sample_language> used;
  for (const auto& province : sample_provinces()) {
    unsigned sum = 0;
    for (const auto& share : languages_of(province.code)) {
      used.insert(share.language);
      sum += share.percent;
    }
    BOOST_TEST(sum == 100u, province.code);
  }
  BOOST_TEST(used.size() == sample_language_count);
  for (std::size_t language = 0; language < sample_language_count; ++language) {
    const auto& names = names_of(static_cast<sample_language>(language));
    for (auto list : {names.women, names.men, names.surnames, names.places}) {
      BOOST_TEST(list.size() >= 12u);
      std::set<std::string_view> distinct(list.begin(), list.end());
      BOOST_TEST(distinct.size() == list.size());
      for (auto name : list)
        BOOST_TEST((!name.empty() && name.size() < 60 && is_clean_utf8(name)), name);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
