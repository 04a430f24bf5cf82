#include "cards/card_state.hpp"

#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace tessera;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;

namespace {

const sys_days first{2026y / 1 / 31};
const sys_days last{2027y / 1 / 31};

card_fault judge(card_epoch of_card, card_epoch current, card_epoch revoked_up_to, bool active = true,
                 sys_days today = first) {
  auto claims = test::sample_claims();
  claims.epoch = of_card;
  return judge_card(claims, today, {current, {}, revoked_up_to}, active);
}

} // namespace

BOOST_AUTO_TEST_SUITE(card_state_test)

BOOST_AUTO_TEST_CASE(a_card_is_valid_from_its_first_to_its_last_day) {
  auto claims = test::sample_claims();
  BOOST_TEST((judge_days(claims, first) == card_fault::none));
  BOOST_TEST((judge_days(claims, last) == card_fault::none));
  BOOST_TEST((judge_days(claims, last + days{1}) == card_fault::expired));
  // The store's clock may be ahead of UTC.
  BOOST_TEST((judge_days(claims, first - days{1}) == card_fault::none));
  BOOST_TEST((judge_days(claims, first - days{2}) == card_fault::not_yet_valid));
}

BOOST_AUTO_TEST_CASE(a_card_of_an_earlier_epoch_is_superseded) {
  BOOST_TEST((judge(1, 1, 0) == card_fault::none));
  BOOST_TEST((judge(1, 2, 0) == card_fault::superseded));
  BOOST_TEST((judge(2, 2, 0) == card_fault::none));
  BOOST_TEST((judge(3, 2, 0) == card_fault::none)); // a stale state
}

BOOST_AUTO_TEST_CASE(cards_up_to_the_revoked_epoch_are_revoked) {
  BOOST_TEST((judge(1, 1, 1) == card_fault::revoked));
  BOOST_TEST((judge(1, 3, 2) == card_fault::revoked));
  BOOST_TEST((judge(2, 3, 2) == card_fault::revoked));
  BOOST_TEST((judge(3, 3, 2) == card_fault::none));
}

BOOST_AUTO_TEST_CASE(the_gravest_is_named) {
  auto after = last + days{1};
  BOOST_TEST((judge(1, 2, 1, false, after) == card_fault::revoked));
  BOOST_TEST((judge(1, 2, 0, false, after) == card_fault::superseded));
  BOOST_TEST((judge(2, 2, 0, false, after) == card_fault::not_active));
  BOOST_TEST((judge(2, 2, 0, true, after) == card_fault::expired));
  BOOST_TEST((judge(2, 2, 0, true, first - days{30}) == card_fault::not_yet_valid));
}

BOOST_AUTO_TEST_CASE(every_fault_has_a_name_and_a_sentence_of_its_own) {
  std::set<std::string_view> names;
  std::set<std::string_view> sentences;
  for (std::uint8_t value = 0; value < card_fault_count; ++value) {
    auto fault = static_cast<card_fault>(value);
    names.insert(to_string(fault));
    sentences.insert(explain(fault));
    BOOST_TEST(!explain(fault).ends_with('.'));
  }
  BOOST_TEST(names.size() == card_fault_count);
  BOOST_TEST(sentences.size() == card_fault_count);
  BOOST_TEST(names.count("unknown") == 0u);
  BOOST_TEST(to_string(static_cast<card_fault>(card_fault_count)) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()
