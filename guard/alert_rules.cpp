#include "guard/alert_rules.hpp"

#include <array>
#include <cassert>
#include <utility>

namespace tessera {

namespace {

/// How much better than its threshold a value must be before its alert ends.
constexpr double margin = 0.1;

} // namespace

alert_rules::alert_rules(std::vector<alert_rule> rules, time_point now)
    : rules_(std::move(rules)), statuses_(rules_.size()), watches_(rules_.size()) {
  for (std::size_t i = 0; i < rules_.size(); ++i)
    statuses_[i] = {rules_[i].threshold == 0 ? alert_state::off : alert_state::ok, std::nullopt, now};
}

bool alert_rules::is_bad(const alert_rule& rule, double value) noexcept {
  switch (rule.when) {
  case alert_rule::bad::below:
    return value < rule.threshold;
  case alert_rule::bad::from:
    return value >= rule.threshold;
  case alert_rule::bad::above:
    break;
  }
  return value > rule.threshold;
}

bool alert_rules::is_good(const alert_rule& rule, double value) noexcept {
  return rule.when == alert_rule::bad::below ? value >= rule.threshold * (1 + margin)
                                             : value <= rule.threshold * (1 - margin);
}

alert_state alert_rules::next(std::size_t index, std::optional<double> value, time_point now) noexcept {
  const auto& rule = rules_[index];
  const auto& status = statuses_[index];
  auto& good_since = watches_[index].good_since;
  if (status.state == alert_state::firing) {
    if (!value || !is_good(rule, *value)) {
      good_since.reset();
      return alert_state::firing;
    }
    good_since = good_since.value_or(now);
    return now - *good_since >= rule.hold ? alert_state::ok : alert_state::firing;
  }
  if (!value || !is_bad(rule, *value))
    return alert_state::ok;
  auto bad_since = status.state == alert_state::pending ? status.since : now;
  return now - bad_since >= rule.hold ? alert_state::firing : alert_state::pending;
}

std::vector<alert_rules::change> alert_rules::evaluate(std::span<const std::optional<double>> values, time_point now) {
  assert(values.size() == rules_.size());
  std::vector<change> changes;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    auto& status = statuses_[i];
    status.value = values[i];
    if (status.state == alert_state::off)
      continue;
    auto state = next(i, values[i], now);
    if (state == status.state)
      continue;
    changes.push_back({i, status.state, state});
    status.state = state;
    status.since = now;
    watches_[i].good_since.reset();
  }
  return changes;
}

std::string_view to_string(alert_state state) noexcept {
  constexpr std::array<std::string_view, 4> names{"off", "ok", "pending", "firing"};
  return names[static_cast<std::size_t>(state)];
}

} // namespace tessera
