#include "storage/sample/id_numbers.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <unordered_set>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(id_numbers_test)

BOOST_AUTO_TEST_CASE(numbers_say_the_sex_that_was_asked_for) {
  sample_id_numbers sut;
  sample_random random{6};
  for (int round = 0; round < 10'000; ++round) {
    auto woman = round % 2 == 0;
    auto digits = sut.next(random, woman, sample_day).digits();
    BOOST_REQUIRE((digits[6] < '5') == woman);
  }
}

BOOST_AUTO_TEST_CASE(who_joins_is_of_age) {
  sample_id_numbers sut;
  sample_random random{7};
  auto joined = std::chrono::sys_days{std::chrono::year{2016} / 2 / 29};
  for (int round = 0; round < 10'000; ++round) {
    auto text = sut.next(random, true, joined).str();
    // Nobody born from 1998-03-01 on, hence no year of this century either.
    BOOST_REQUIRE((text.substr(0, 2) >= "30" && text.substr(0, 6) <= "980301"));
  }
}

// More people than the few thousand numbers of some days: the days before must take them, and still none comes twice.
BOOST_AUTO_TEST_CASE(full_days_pass_people_on) {
  // Without randomness every birthday is the same day.
  sample_id_numbers sut;
  std::unordered_set<id_number> seen;
  for (int round = 0; round < 12'000; ++round) {
    sample_random same{8};
    auto number = sut.next(same, false, sample_day);
    BOOST_REQUIRE(check(number) == id_number_fault::none);
    BOOST_REQUIRE(seen.insert(number).second);
  }
  std::unordered_set<std::string> days;
  for (auto number : seen)
    days.insert(number.str().substr(0, 6));
  BOOST_TEST(days.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
