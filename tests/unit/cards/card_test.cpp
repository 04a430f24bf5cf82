#include "cards/card.hpp"

#include "cards/card_number.hpp"
#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace std::chrono_literals;
using std::chrono::sys_days;

namespace {

const sys_days today{2026y / 11 / 24};

member sample_member() {
  member subject;
  subject.id = member_id{123};
  subject.joined = sys_days{2026y / 1 / 31} + 8h + 5min + 9s;
  return subject;
}

card_claims claims_of(const member& subject, const card_state& state = {}, const card_request& request = {}) {
  auto claims = claim_card(subject, state, request);
  BOOST_REQUIRE(claims.has_value());
  return *claims;
}

} // namespace

BOOST_AUTO_TEST_SUITE(card_test)

BOOST_AUTO_TEST_CASE(the_first_card_is_of_the_day_of_joining_and_lasts_as_long_as_the_membership) {
  BOOST_TEST((claims_of(sample_member()) == test::sample_claims()));
}

BOOST_AUTO_TEST_CASE(a_card_made_anew_is_of_that_day_but_lasts_no_longer) {
  card_state state{.epoch = 2, .since = sys_days{2026y / 7 / 1} + 23h};
  card_claims expected{member_id{123}, 2, card_template::standard, sys_days{2026y / 7 / 1}, sys_days{2027y / 1 / 31}};
  BOOST_TEST((claims_of(sample_member(), state) == expected));
  BOOST_TEST((epoch_began(sample_member(), state) == *state.since));
  BOOST_TEST((epoch_began(sample_member(), {}) == sample_member().joined));
}

BOOST_AUTO_TEST_CASE(template_and_expiry_are_those_asked_for) {
  auto claims = claims_of(sample_member(), {}, {card_template::premium, "portal", sys_days{2030y / 2 / 3}});
  card_claims expected{member_id{123}, 1, card_template::premium, sys_days{2026y / 1 / 31}, sys_days{2030y / 2 / 3}};
  BOOST_TEST((claims == expected));
}

BOOST_AUTO_TEST_CASE(days_that_a_token_cannot_name_are_moved_to_the_nearest) {
  auto subject = sample_member();
  for (auto joined : {utc_time::min(), utc_time{sys_days{1912y / 1 / 8}}}) {
    subject.joined = joined;
    BOOST_TEST((claims_of(subject).issued == sys_days{}));
    BOOST_TEST((claims_of(subject).expires == sys_days{1971y / 1 / 1}));
  }
  subject.joined = utc_time::max();
  BOOST_TEST((claims_of(subject).issued == last_card_day));
  BOOST_TEST((claims_of(subject).expires == last_card_day));
}

BOOST_AUTO_TEST_CASE(a_member_id_over_the_largest_gets_no_card) {
  auto subject = sample_member();
  subject.id.value = max_card_member;
  BOOST_TEST(claim_card(subject, {}, {}).has_value());
  subject.id.value = max_card_member + 1;
  auto got = claim_card(subject, {}, {});
  BOOST_REQUIRE(!got.has_value());
  BOOST_TEST(got.error().detail.find("999999999999") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_cards_data_are_those_of_its_claims_and_token) {
  auto keys = test::rfc_keys();
  auto subject = sample_member();
  auto claims = claims_of(subject);
  auto token = sign_card(claims, keys);
  card expected{.card_id = card_id_of(token),
                .member = member_id{123},
                .card_number = card_number_of(claims),
                .issue_date = sys_days{2026y / 1 / 31},
                .expiry_date = sys_days{2027y / 1 / 31},
                .status = card_status::active,
                .security_hash = security_hash_of(token),
                .design = card_template::standard,
                .issued_by = "portal",
                .last_updated = subject.joined};
  BOOST_TEST((make_card(claims, token, "portal", epoch_began(subject, {}), today) == expected));
  expected.status = card_status::expired;
  BOOST_TEST((make_card(claims, token, "portal", subject.joined, sys_days{2027y / 2 / 1}) == expected));
}

BOOST_AUTO_TEST_CASE(a_card_is_active_to_the_end_of_its_last_day) {
  sys_days last{2027y / 1 / 31};
  BOOST_TEST((status_on(last, last) == card_status::active));
  BOOST_TEST((status_on(last, last + std::chrono::days{1}) == card_status::expired));
  BOOST_TEST(to_string(card_status::active) == "active");
  BOOST_TEST(to_string(card_status::expired) == "expired");
}

BOOST_AUTO_TEST_CASE(templates_have_names) {
  BOOST_TEST((parse_card_template("standard") == card_template::standard));
  BOOST_TEST((parse_card_template("premium") == card_template::premium));
  for (auto text : {"", "Standard", "gold", "standard ", "unknown"})
    BOOST_TEST(!parse_card_template(text).has_value(), text);
  BOOST_TEST(to_string(card_template::premium) == "premium");
  BOOST_TEST(to_string(static_cast<card_template>(9)) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()
