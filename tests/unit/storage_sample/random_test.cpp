#include "storage/sample/random.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using tessera::sample_random;

BOOST_AUTO_TEST_SUITE(random_test)

BOOST_AUTO_TEST_CASE(the_numbers_are_those_of_the_reference_implementation) {
  // Vigna's splitmix64.c with the seed 1234567.
  sample_random sut{1234567};
  for (auto expected :
       {6457827717110365317u, 3203168211198807973u, 9817491932198370423u, 4593380528125082431u, 16408922859458223821u})
    BOOST_TEST(sut.next() == expected);
}

BOOST_AUTO_TEST_CASE(numbers_stay_below_the_end_and_reach_all_below_it) {
  sample_random sut{1};
  std::array<int, 10> even{};
  std::array<int, 10> early{};
  for (int round = 0; round < 100'000; ++round) {
    ++even.at(sut.below(10));
    ++early.at(sut.early_below(10));
  }
  for (auto count : even)
    BOOST_TEST((count > 9'500 && count < 10'500), count);
  for (std::size_t at = 1; at < early.size(); ++at)
    BOOST_TEST((early[at] > 0 && early[at] < early[at - 1]), early[at]);
  BOOST_TEST(sut.below(1) == 0u);
}

BOOST_AUTO_TEST_CASE(chances_are_percent) {
  sample_random sut{1};
  int hits = 0;
  for (int round = 0; round < 100'000; ++round)
    hits += sut.chance(3);
  BOOST_TEST((hits > 2'700 && hits < 3'300), hits);
  for (int round = 0; round < 1'000; ++round) {
    BOOST_REQUIRE(sut.chance(100));
    BOOST_REQUIRE(!sut.chance(0));
  }
}

BOOST_AUTO_TEST_SUITE_END()
