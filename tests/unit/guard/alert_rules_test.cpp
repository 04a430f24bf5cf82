#include "guard/alert_rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

constexpr alert_rules::time_point start{1h};

alert_rule rule_of(double threshold, alert_rule::bad when = alert_rule::bad::above) {
  alert_rule rule;
  rule.id = "tested";
  rule.unit = "percent";
  rule.threshold = threshold;
  rule.when = when;
  rule.hold = 10s;
  return rule;
}

struct fixture {
  explicit fixture(alert_rule rule = rule_of(80)) : sut({rule}, start) {
  }

  std::vector<alert_rules::change> at(std::chrono::seconds when, std::optional<double> value) {
    return sut.evaluate(std::vector{value}, start + when);
  }
  alert_state state() const {
    return sut.statuses().front().state;
  }

  alert_rules sut;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(alert_rules_test, fixture)

BOOST_AUTO_TEST_CASE(a_value_over_the_threshold_pends_and_fires_when_it_stays_there_for_the_minimum) {
  BOOST_TEST(at(0s, 80).empty());
  BOOST_TEST(at(1s, 81).size() == 1U);
  BOOST_TEST((state() == alert_state::pending));
  BOOST_TEST(at(10s, 81).empty());
  auto changes = at(11s, 81);
  BOOST_REQUIRE(changes.size() == 1U);
  BOOST_TEST((changes.front().from == alert_state::pending && changes.front().to == alert_state::firing));
  BOOST_TEST((sut.statuses().front().since == start + 11s));
}

BOOST_AUTO_TEST_CASE(a_short_peak_fires_nothing) {
  at(0s, 99);
  at(9s, 10);
  BOOST_TEST((state() == alert_state::ok));
  at(10s, 99);
  BOOST_TEST((state() == alert_state::pending));
}

BOOST_AUTO_TEST_CASE(an_alert_ends_when_the_value_was_a_tenth_better_than_the_threshold_for_the_minimum) {
  at(0s, 99);
  at(10s, 99);
  for (int i = 11; i < 60; ++i)
    at(std::chrono::seconds{i}, 73); // under the threshold, but not by a tenth
  BOOST_TEST((state() == alert_state::firing));
  at(60s, 72);
  at(69s, 72);
  BOOST_TEST((state() == alert_state::firing));
  at(70s, 72);
  BOOST_TEST((state() == alert_state::ok));
}

BOOST_AUTO_TEST_CASE(a_relapse_begins_the_way_to_the_end_anew) {
  at(0s, 99);
  at(10s, 99);
  at(11s, 10);
  at(20s, 99);
  at(21s, 10);
  at(30s, 10);
  BOOST_TEST((state() == alert_state::firing));
  at(31s, 10);
  BOOST_TEST((state() == alert_state::ok));
}

BOOST_AUTO_TEST_CASE(what_is_not_known_begins_no_alert_and_ends_none) {
  at(0s, 99);
  at(5s, std::nullopt);
  BOOST_TEST((state() == alert_state::ok));
  at(6s, 99);
  at(16s, 99);
  BOOST_TEST((state() == alert_state::firing));
  at(17s, std::nullopt);
  at(100s, std::nullopt);
  BOOST_TEST((state() == alert_state::firing));
}

BOOST_AUTO_TEST_CASE(a_rule_for_what_is_too_low_fires_below_its_threshold) {
  fixture low{rule_of(70, alert_rule::bad::below)};
  low.at(0s, 70);
  BOOST_TEST((low.state() == alert_state::ok));
  low.at(1s, 69);
  low.at(11s, 69);
  BOOST_TEST((low.state() == alert_state::firing));
  low.at(12s, 76);
  low.at(30s, 76);
  BOOST_TEST((low.state() == alert_state::firing));
  low.at(31s, 77);
  low.at(41s, 77);
  BOOST_TEST((low.state() == alert_state::ok));
}

BOOST_AUTO_TEST_CASE(a_state_fires_at_its_threshold) {
  fixture state_rule{rule_of(1, alert_rule::bad::from)};
  state_rule.at(0s, 1);
  state_rule.at(10s, 1);
  BOOST_TEST((state_rule.state() == alert_state::firing));
  state_rule.at(11s, 0);
  state_rule.at(21s, 0);
  BOOST_TEST((state_rule.state() == alert_state::ok));
}

BOOST_AUTO_TEST_CASE(a_rule_without_a_threshold_is_off_but_shows_its_value) {
  fixture off{rule_of(0)};
  BOOST_TEST(off.at(0s, 100).empty());
  BOOST_TEST(off.at(100s, 100).empty());
  BOOST_TEST((off.state() == alert_state::off));
  BOOST_TEST(*off.sut.statuses().front().value == 100);
}

BOOST_AUTO_TEST_CASE(without_a_minimum_it_fires_at_once) {
  auto rule = rule_of(80);
  rule.hold = 0s;
  fixture prompt{rule};
  auto changes = prompt.at(0s, 90);
  BOOST_REQUIRE(changes.size() == 1U);
  BOOST_TEST((changes.front().to == alert_state::firing));
  prompt.at(1s, 10);
  BOOST_TEST((prompt.state() == alert_state::ok));
}

BOOST_AUTO_TEST_SUITE_END()
