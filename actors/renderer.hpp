#pragma once

#include "actors/furniture.hpp"
#include "cards/card_maker.hpp"
#include "messages/types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>

namespace tessera {

/// Draws cards and checks signatures, one after another. Runs on a thread of its own (spawn it detached), which it
/// gives a lower priority: a card takes some hundred microseconds, and hits must not wait for it. The cards of a job
/// make one file. What cannot be drawn is answered.
struct renderer_state {
  static constexpr const char* name = "renderer";

  using pointer = renderer_actor::stateful_pointer<renderer_state>;

  std::shared_ptr<const card_maker> maker;
  renderer_metrics* metrics = nullptr;
  clock_source now;
  std::function<utc_time()> wall_clock;

  render_answer run(const render_job& job) const;
  file_composed run(const compose_file& job) const;

private:
  template <class Answer, class Draw>
  Answer guarded(Draw&& draw) const;
  file_composed compose(const compose_file& job) const;
  render_answer draw(const render_job& job) const;
};

/// `metrics` must outlive the actor.
renderer_actor::behavior_type renderer(renderer_state::pointer self, std::shared_ptr<const card_maker> maker,
                                       renderer_metrics* metrics, clock_source now,
                                       std::function<utc_time()> wall_clock);

} // namespace tessera
