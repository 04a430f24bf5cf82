#include "gateway/ticket_table.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(ticket_table_test)

BOOST_AUTO_TEST_CASE(a_released_ticket_finds_nobody_even_when_its_slot_is_used_again) {
  ticket_table<int> sut{1};
  auto first = sut.issue(1);
  sut.release(first);
  auto second = sut.issue(2);
  BOOST_TEST(second.slot == first.slot);
  BOOST_TEST(!sut.find(first));
  BOOST_REQUIRE(sut.find(second));
  BOOST_TEST(*sut.find(second) == 2);
}

BOOST_AUTO_TEST_CASE(random_sequences_agree_with_a_map) {
  std::mt19937 random{3};
  ticket_table<int> sut{50};
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> model;
  std::vector<ticket> ever;
  int next = 0;
  for (int step = 0; step < 50'000; ++step) {
    BOOST_REQUIRE(sut.full() == (model.size() == 50));
    BOOST_REQUIRE(sut.size() == model.size());
    if (random() % 2 == 0 && !sut.full()) {
      auto given = sut.issue(++next);
      BOOST_REQUIRE(model.emplace(std::pair{given.slot, given.generation}, next).second);
      ever.push_back(given);
    } else if (!ever.empty()) {
      auto which = ever[random() % ever.size()];
      auto known = model.find({which.slot, which.generation});
      auto* found = sut.find(which);
      BOOST_REQUIRE((found != nullptr) == (known != model.end()));
      if (found) {
        BOOST_REQUIRE(*found == known->second);
        sut.release(which);
        model.erase(known);
      }
    }
  }
  BOOST_TEST(!sut.find({1'000'000, 0}));
}

BOOST_AUTO_TEST_SUITE_END()
