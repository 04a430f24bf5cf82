#pragma once

#include "actors/stats_snapshot.hpp"
#include "config/settings.hpp"
#include "guard/alert_rules.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace tessera {

/// Returns the rules of a node, with the thresholds of the settings.
std::vector<alert_rule> node_alert_rules(const alert_settings& all);

/// Finds the values that the rules look at. Remembers how the clock went for the last minute. One owner.
class node_alert_values {
public:
  /// Returns the value of each rule, in the order of `node_alert_rules`; nothing where too little happens to tell.
  std::vector<std::optional<double>> of(const stats_snapshot& now);

private:
  double clock_jump(double offset_s);

  std::deque<double> clock_offsets_; ///< of the last minute
};

} // namespace tessera
