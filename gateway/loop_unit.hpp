#pragma once

#include <caf/execution_unit.hpp>
#include <caf/fwd.hpp>

#include <vector>

namespace tessera {

/// Runs CAF actors on an I/O loop: an idle actor that gets a message from one that runs here runs here, too, in the
/// same round (docs/decisions, "run to completion"). Used by the loop's thread only.
class loop_unit : public caf::execution_unit {
public:
  explicit loop_unit(caf::actor_system* system);
  ~loop_unit() override;

  /// Queues an actor; called by CAF with one reference that is ours to release.
  void exec_later(caf::resumable* job) override;

  /// Runs what is queued, and what that queues, until nothing is left. Returns whether anything ran.
  bool run();

private:
  std::vector<caf::resumable*> jobs_;
};

} // namespace tessera
