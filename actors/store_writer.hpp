#pragma once

#include "actors/audit_queue.hpp"
#include "actors/connection_slot.hpp"
#include "actors/furniture.hpp"
#include "guard/backoff.hpp"
#include "messages/types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace tessera {

struct store_writer_settings {
  std::size_t batch_limit = 100; ///< lines per transaction
  std::chrono::milliseconds backoff_min{100};
  std::chrono::milliseconds backoff_max{5'000};
  std::chrono::milliseconds flush_limit{2'000}; ///< how long an end waits for what is unwritten
  unsigned rejections_limit = 10;               ///< a line that the store rejects by itself so often is lost, logged
  std::uint64_t seed = 1;
};

/// Owns the connection for writes. Runs on a thread of its own (spawn it detached): writing blocks. Appends what has
/// gathered in the audit queue, in order, in transactions, again and again until the store has it; so a line can be
/// there twice if the answer to a commit was lost.
///
/// An exit message makes it write what the queue holds, at most for `flush_limit` plus a call in progress, which
/// whoever holds the slot can interrupt; what is left then is lost. If it ends in any other way, what is unwritten is
/// left to a successor.
struct store_writer_state {
  static constexpr const char* name = "store_writer";

  using pointer = store_writer_actor::stateful_pointer<store_writer_state>;

  store_writer_state() = default;
  ~store_writer_state();

  pointer self = nullptr;
  store_writer_settings settings;
  std::shared_ptr<member_store> store;
  std::shared_ptr<audit_queue> audits;
  std::shared_ptr<connection_slot> slot;
  writer_metrics* metrics = nullptr;
  clock_source now;
  std::optional<backoff> retry;
  std::size_t batch_limit = 1; ///< 1 after a rejection, to find the line that is rejected
  unsigned rejections = 0;     ///< of the first line, in a row
  bool tick_under_way = false;
  std::uint64_t tick_generation = 0;
  bool dropping = false;                ///< the queue is full, and that was logged
  bool failing = false;                 ///< the store does not take lines, and that was logged
  std::optional<caf::error> end_reason; ///< set while ending
  steady_time end_by{};

  /// Sees to it that a tick comes if there is something in the queue.
  void look();
  /// Writes one batch; sees to it that a tick comes while more is unwritten.
  void write();
  void end(caf::error reason);
  void arm(std::chrono::milliseconds wait);

private:
  status append(const std::vector<audit_entry>& batch);
  void written(std::size_t count);
  void failed(const audit_entry& first, const failure& why, steady_time at);
  void count_lost();
  void give_up();
};

/// Begins with what is in the queue. `metrics` must outlive the actor. `now` is steady_clock_source() except in tests.
store_writer_actor::behavior_type store_writer(store_writer_state::pointer self, store_writer_settings settings,
                                               std::shared_ptr<member_store> store, std::shared_ptr<audit_queue> audits,
                                               std::shared_ptr<connection_slot> slot, writer_metrics* metrics,
                                               clock_source now);

} // namespace tessera
