#pragma once

#include "actors/furniture.hpp"
#include "actors/process_sample.hpp"
#include "actors/stats_snapshot.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera {

/// Where samples come from. `metrics` outlives whoever has this.
struct stats_sources {
  const node_metrics* metrics = nullptr;
  std::shared_ptr<const node_description> node;
  std::function<node_facts()> facts;      ///< any thread
  std::shared_ptr<suspect_list> suspects; ///< null: nobody watches
};

/// Reads what the actors count and makes a snapshot of it, with rates and quantiles over the last ten samples. Touches
/// no actor. About 1.2 MB. One owner.
class stats_sampler {
public:
  /// How many samples make a window.
  static constexpr std::size_t window = recent_latencies::steps;

  explicit stats_sampler(stats_sources from);

  /// Returns a snapshot without what the alerts say.
  std::shared_ptr<stats_snapshot> take(steady_time now, std::uint64_t wall_ms);

private:
  struct watched_actor {
    std::string_view kind;
    std::uint32_t shard;
    std::string_view runs_on;
    const actor_metrics* metrics;
    const counter* waiting; ///< null: it has no queue
    recent_latencies handling;
    std::deque<std::pair<std::uint64_t, std::uint64_t>> past; ///< messages and nanoseconds of the last samples
  };
  struct earlier {
    steady_time at{};
    std::chrono::nanoseconds cpu_time{};
    node_totals totals;
    std::vector<key_uses::use> uses;
  };

  void watch(std::string_view kind, std::string_view runs_on, const actor_metrics& metrics,
             const counter* waiting = nullptr, std::uint32_t shard = 0);
  void sample_actors(stats_snapshot& out);
  void sample_timings(stats_snapshot& out);
  void sample_uses(stats_snapshot& out, const earlier& then);
  void derive(stats_snapshot& out) const;
  double busiest(const stats_snapshot& of, std::initializer_list<std::string_view> kinds) const noexcept;

  stats_sources from_;
  process_sampler process_;
  std::deque<watched_actor> actors_;
  recent_latencies responses_;
  std::array<recent_latencies, route_class_count> routes_;
  std::array<recent_latencies, timed_count> timings_;
  std::deque<earlier> past_; ///< up to `window` samples, oldest first
  std::uint64_t sequence_ = 0;
  steady_time began_{};
  std::uint64_t began_ms_ = 0;
};

} // namespace tessera
