#pragma once

#include "actors/connection_slot.hpp"
#include "actors/furniture.hpp"
#include "guard/backoff.hpp"
#include "messages/types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace tessera {

struct store_writer_settings {
  std::size_t queue_limit = 10'000; ///< audit lines; those beyond it are lost, counted and logged
  std::size_t batch_limit = 100;    ///< lines per transaction
  std::chrono::milliseconds backoff_min{100};
  std::chrono::milliseconds backoff_max{5'000};
  std::chrono::milliseconds flush_limit{2'000}; ///< how long an end waits for what is unwritten
  unsigned rejections_limit = 10;               ///< a line that the store rejects by itself so often is lost, logged
  std::uint64_t seed = 1;
};

/// Owns the connection for writes and the lines that the store does not have yet. Runs on a thread of its own (spawn it
/// detached): writing blocks. Appends what has gathered, in order, in transactions, again and again until the store has
/// it; so a line can be there twice if the answer to a commit was lost.
///
/// An exit message makes it write what came before that message, at most for `flush_limit` plus a call in progress,
/// which whoever holds the slot can interrupt. `exit_reason::kill` loses what is unwritten.
struct store_writer_state {
  static constexpr const char* name = "store_writer";

  using pointer = store_writer_actor::stateful_pointer<store_writer_state>;

  store_writer_state() = default;
  ~store_writer_state();

  pointer self = nullptr;
  store_writer_settings settings;
  std::shared_ptr<member_store> store;
  std::shared_ptr<connection_slot> slot;
  writer_metrics* metrics = nullptr;
  clock_source now;
  std::optional<backoff> retry;
  std::deque<audit_entry> unwritten;
  std::size_t batch_limit = 1; ///< 1 after a rejection, to find the line that is rejected
  unsigned rejections = 0;     ///< of the first line, in a row
  bool tick_under_way = false;
  std::uint64_t tick_generation = 0;
  bool dropping = false;                ///< the queue is full, and that was logged
  bool failing = false;                 ///< the store does not take lines, and that was logged
  std::optional<caf::error> end_reason; ///< set while ending
  steady_time end_by{};

  void enqueue(const audit& what);
  /// Writes one batch; sees to it that a tick comes while more is unwritten.
  void write();
  /// Begins to end: what is in the mailbox comes first.
  void end(caf::error reason);
  void arm(std::chrono::milliseconds wait);

private:
  status append(const std::vector<audit_entry>& batch);
  void written(std::size_t count);
  void failed(const failure& why, steady_time at);
  void give_up();
};

/// `metrics` must outlive the actor. `now` is steady_clock_source() except in tests.
store_writer_actor::behavior_type store_writer(store_writer_state::pointer self, store_writer_settings settings,
                                               std::shared_ptr<member_store> store,
                                               std::shared_ptr<connection_slot> slot, writer_metrics* metrics,
                                               clock_source now);

} // namespace tessera
