#include "loadtest/mix.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace tessera::loadtest;

BOOST_AUTO_TEST_CASE(a_mix_is_read_and_written_the_same) {
  auto mix = parse_mix("verify=3,lookup=40");
  BOOST_REQUIRE(mix);
  BOOST_TEST(to_string(*mix) == "lookup=40,verify=3");
  BOOST_TEST(!mix->has(scenario::generate));
}

BOOST_AUTO_TEST_CASE(what_is_no_mix_is_refused) {
  for (auto text : {"", "lookup", "lookup=", "lookup=x", "lookup=0", "walk=1", "lookup=1,lookup=2", "lookup=1001"})
    BOOST_TEST(!parse_mix(text), text);
}

BOOST_AUTO_TEST_CASE(proportions_are_exact_after_each_block) {
  mix_sequence sequence{scenario_mix{}, 1};
  std::array<unsigned, scenarios.size()> seen{};
  for (unsigned block = 1; block <= 100; ++block) {
    for (int i = 0; i < 10; ++i)
      ++seen[index_of(sequence.next())];
    BOOST_TEST((seen == std::array{4 * block, 3 * block, 2 * block, block}));
  }
}
