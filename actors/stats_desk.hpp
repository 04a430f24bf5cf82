#pragma once

#include "actors/stats_sampler.hpp"
#include "actors/stats_series.hpp"
#include "guard/event_log.hpp"
#include "guard/firing_alerts.hpp"
#include "guard/metric_history.hpp"
#include "guard/published.hpp"

#include <memory>

namespace tessera {

/// Where statistics lie for whoever reads them: the stats actor alone writes, readers never touch an actor. Outlives
/// that actor, so that a successor goes on with its history. Any thread.
struct stats_desk {
  stats_sources sources;
  published<stats_snapshot> newest; ///< null until the first sample
  metric_history history{stats_series_count};
  event_log events;
  std::shared_ptr<firing_alerts> alerts = std::make_shared<firing_alerts>();
};

} // namespace tessera
