#include "actors/renderer.hpp"

#include "cards/member_record.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <exception>
#include <utility>

namespace tessera {

namespace {

/// Linux gives a thread of this niceness about a third of what one of niceness 0 gets where both want all.
constexpr int niceness = 5;

void yield_to_other_threads() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness); // without it, all is as it was
}

} // namespace

/// A job that throws costs its own card and no other.
render_answer renderer_state::run(const render_job& job) const {
  try {
    return draw(job);
  } catch (const std::exception& fault) {
    note_failure(*metrics, error_code::internal);
    spdlog::error("renderer: a card cannot be drawn: {}", mask_id_numbers(fault.what()));
    render_answer failed;
    failed.work = job.work;
    failed.error = error_code::internal;
    return failed;
  }
}

render_answer renderer_state::draw(const render_job& job) const {
  render_answer done;
  done.work = job.work;
  if (job.what == card_product::verification) {
    done.checked = maker->check(job.presented);
    return done;
  }
  auto subject = job.member ? unpack_member(job.member->packed()) : std::nullopt;
  if (!subject) {
    done.error = error_code::internal;
    return done;
  }
  auto made = maker->make(job.what, {*subject, job.state, job.card, wall_clock()});
  if (made) {
    done.body = std::move(*made);
  } else {
    done.error = made.error().code;
    done.why = made.error().detail;
  }
  return done;
}

renderer_actor::behavior_type renderer(renderer_state::pointer self, std::shared_ptr<const card_maker> maker,
                                       renderer_metrics* metrics, clock_source now,
                                       std::function<utc_time()> wall_clock) {
  furnish(self, renderer_state::name, *metrics);
  yield_to_other_threads();
  auto& state = self->state;
  state.maker = std::move(maker);
  state.metrics = metrics;
  state.now = std::move(now);
  state.wall_clock = std::move(wall_clock);
  return {
      [self](const render_batch& batch) {
        auto& state = self->state;
        handling timed{*state.metrics};
        for (const auto& job : batch.jobs) {
          auto began = state.now();
          auto done = state.run(job);
          auto took = state.now() - began;
          done.render_us =
              static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
          state.metrics->job_times.record(took);
          add(state.metrics->jobs);
          add(state.metrics->busy_us, done.render_us);
          // One by one: whoever waits for the first need not wait for the last.
          self->send(batch.asker, render_answers{{std::move(done)}});
        }
      },
  };
}

} // namespace tessera
