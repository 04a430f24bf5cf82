#include "guard/alert_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

/// All that was ever seen, looked through anew at each step.
struct model {
  struct seen {
    std::chrono::seconds at;
    std::optional<double> value;
  };

  bool bad(const seen& x) const {
    if (!x.value)
      return false;
    return rule.when == alert_rule::bad::below  ? *x.value < rule.threshold
           : rule.when == alert_rule::bad::from ? *x.value >= rule.threshold
                                                : *x.value > rule.threshold;
  }
  bool good(const seen& x) const {
    return x.value
           && (rule.when == alert_rule::bad::below ? *x.value >= rule.threshold * 1.1
                                                   : *x.value <= rule.threshold * 0.9);
  }

  /// Since when all values have been such without a break, up to the last; nothing if the last is not.
  template <class Such>
  std::optional<std::chrono::seconds> all_since(Such such, std::size_t first) const {
    std::optional<std::chrono::seconds> since;
    for (std::size_t i = history.size(); i > first && such(history[i - 1]); --i)
      since = history[i - 1].at;
    return since;
  }

  alert_state step(seen now) {
    history.push_back(now);
    if (firing) {
      auto since = all_since([this](const seen& x) { return good(x); }, changed);
      if (since && now.at - *since >= rule.hold) {
        firing = false;
        changed = history.size();
        return alert_state::ok;
      }
      return alert_state::firing;
    }
    auto since = all_since([this](const seen& x) { return bad(x); }, changed);
    if (!since)
      return alert_state::ok;
    if (now.at - *since < rule.hold)
      return alert_state::pending;
    firing = true;
    changed = history.size();
    return alert_state::firing;
  }

  alert_rule rule;
  std::vector<seen> history;
  std::size_t changed = 0; ///< what was seen before this does not count any more
  bool firing = false;
};

} // namespace

BOOST_AUTO_TEST_SUITE(alert_rules_model)

BOOST_AUTO_TEST_CASE(it_decides_as_the_model_does_whatever_the_values) {
  std::mt19937_64 random{11};
  for (int run = 0; run < 400; ++run) {
    alert_rule rule;
    rule.unit = "percent";
    rule.threshold = 50;
    rule.when = static_cast<alert_rule::bad>(random() % 3);
    rule.hold = std::chrono::seconds{random() % 6};
    model expected{rule, {}, 0, false};
    alert_rules sut{{rule}, alert_rules::time_point{}};
    std::chrono::seconds at{0};
    double mean = 50;
    unsigned fired = 0;
    for (int i = 0; i < 300; ++i) {
      at += std::chrono::seconds{random() % 3};
      if (random() % 8 == 0)
        mean = static_cast<double>(30 + random() % 40);
      std::optional<double> value;
      if (random() % 20 != 0)
        value = mean + static_cast<double>(random() % 9) - 4;
      auto before = sut.statuses().front().state;
      auto changes = sut.evaluate(std::vector{value}, alert_rules::time_point{} + at);
      auto wanted = expected.step({at, value});
      BOOST_REQUIRE((sut.statuses().front().state == wanted));
      BOOST_REQUIRE(changes.size() == (before == wanted ? 0U : 1U));
      fired += wanted == alert_state::firing ? 1 : 0;
    }
    BOOST_REQUIRE(fired > 0U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
