#include "cards/card_ledger.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>

using namespace tessera;

namespace {

member_card_state entry(std::uint64_t id, card_epoch epoch) {
  return {member_id{id}, {epoch, utc_time{std::chrono::milliseconds{epoch}}, 0}};
}

std::vector<member_card_state> all_of(const card_ledger& ledger) {
  return {ledger.entries().begin(), ledger.entries().end()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(card_ledger_test)

BOOST_AUTO_TEST_CASE(who_is_not_in_it_has_cards_of_the_first_epoch) {
  for (const auto& sut : {card_ledger{{}}, card_ledger{{entry(2, 5), entry(4, 6)}}})
    for (std::uint64_t id : {0, 1, 3, 5})
      BOOST_TEST((sut.of(member_id{id}) == card_state{}));
}

BOOST_AUTO_TEST_CASE(who_is_in_it_is_found) {
  card_ledger sut{{entry(2, 5), entry(4, 6), entry(max_card_member, 7)}};
  BOOST_TEST(sut.of(member_id{2}).epoch == 5u);
  BOOST_TEST(sut.of(member_id{4}).epoch == 6u);
  BOOST_TEST(sut.of(member_id{max_card_member}).epoch == 7u);
}

BOOST_AUTO_TEST_CASE(a_change_makes_another_ledger_and_leaves_the_first) {
  card_ledger first{{entry(2, 5), entry(4, 6)}};
  BOOST_TEST((all_of(first.with(entry(4, 7))) == std::vector{entry(2, 5), entry(4, 7)}));
  BOOST_TEST((all_of(first.with(entry(1, 2))) == std::vector{entry(1, 2), entry(2, 5), entry(4, 6)}));
  BOOST_TEST((all_of(first.with(entry(3, 2))) == std::vector{entry(2, 5), entry(3, 2), entry(4, 6)}));
  BOOST_TEST((all_of(first.with(entry(9, 2))) == std::vector{entry(2, 5), entry(4, 6), entry(9, 2)}));
  BOOST_TEST((all_of(first) == std::vector{entry(2, 5), entry(4, 6)}));
}

BOOST_AUTO_TEST_CASE(random_changes_give_what_a_map_gives) {
  std::mt19937 random{20260131};
  for (int round = 0; round < 50; ++round) {
    card_ledger sut{{}};
    std::map<std::uint64_t, member_card_state> model;
    for (int step = 0; step < 100; ++step) {
      auto change = entry(1 + random() % 40, static_cast<card_epoch>(1 + random() % 1'000));
      sut = sut.with(change);
      model[change.member.value] = change;
      auto asked = 1 + random() % 42;
      auto expected = model.contains(asked) ? model[asked].cards : card_state{};
      BOOST_REQUIRE((sut.of(member_id{asked}) == expected));
    }
    std::vector<member_card_state> expected;
    for (const auto& [id, state] : model)
      expected.push_back(state);
    BOOST_REQUIRE((all_of(sut) == expected));
  }
}

BOOST_AUTO_TEST_SUITE_END()
