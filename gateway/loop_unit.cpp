#include "gateway/loop_unit.hpp"

#include <caf/actor_system.hpp>
#include <caf/intrusive_ptr.hpp>
#include <caf/resumable.hpp>

namespace tessera {

namespace {

/// How many messages an actor may handle before others get their turn.
constexpr std::size_t throughput = 300;

} // namespace

loop_unit::loop_unit(caf::actor_system* system) : caf::execution_unit(system) {
}

loop_unit::~loop_unit() {
  for (auto* job : jobs_)
    caf::intrusive_ptr_release(job);
}

void loop_unit::exec_later(caf::resumable* job) {
  jobs_.push_back(job);
}

bool loop_unit::run() {
  if (jobs_.empty())
    return false;
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    auto* job = jobs_[i];
    if (job->resume(this, throughput) == caf::resumable::resume_later)
      jobs_.push_back(job);
    else
      caf::intrusive_ptr_release(job);
  }
  jobs_.clear();
  return true;
}

} // namespace tessera
