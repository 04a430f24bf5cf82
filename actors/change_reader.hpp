#pragma once

#include "actors/connection_slot.hpp"
#include "actors/furniture.hpp"
#include "guard/change_tracker.hpp"
#include "messages/directory.hpp"
#include "messages/maintenance.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

struct change_reader_settings {
  std::chrono::milliseconds interval{250};   ///< between two looks
  std::size_t page = 1'000;                  ///< changes that are applied one by one; if there are more, all is cleared
  std::chrono::seconds keep{86'400};         ///< older changes are deleted
  std::chrono::milliseconds patience{5'000}; ///< with whoever clears the caches; then they are asked again
};

/// Owns the connection over which this process follows what others change in the store, and has the caches forget it:
/// L2 and this process's L1, by way of the maintenance actor. Runs on a thread of its own (spawn it detached): the
/// calls block.
///
/// One batch at a time: what was read is cleared before more is read, so a reader that dies loses no change that it has
/// passed. How far L2 has come is saved in the store, but only while Redis owes nothing; a process that starts goes on
/// from there. A successor does not know what its predecessor has cleared from L1, and has all cleared.
struct change_reader_state {
  static constexpr const char* name = "change_reader";

  using pointer = change_reader_actor::stateful_pointer<change_reader_state>;

  /// What was read and is to be cleared.
  struct batch {
    bool everything = false;
    std::vector<changed_member> members;
    std::size_t rows = 0;
    std::optional<std::chrono::milliseconds> age; ///< of the oldest change, when it was read

    bool empty() const noexcept {
      return !everything && members.empty();
    }
  };

  change_reader_state() = default;
  ~change_reader_state();

  pointer self = nullptr;
  change_reader_settings settings;
  std::shared_ptr<member_store> store;
  std::shared_ptr<connection_slot> slot;
  std::string l2_name; ///< of the second cache level, under which its position is saved; empty: there is none
  std::function<bool()> l2_settled; ///< whether Redis owes nothing
  change_metrics* metrics = nullptr;
  clock_source now;
  directory here;
  std::optional<change_start> start; ///< as it was before L1 had anything
  std::optional<change_tracker> tracker;
  std::optional<member_change> last;   ///< the newest change that was read: it must stay where it is
  bool l1_is_empty = false;            ///< as long as the node waits for what there was at the start
  batch waiting;                       ///< to be cleared
  std::uint64_t asked = 0;             ///< the number of the batch that was asked for last
  std::optional<steady_time> asked_at; ///< nothing: it has not been asked for yet
  steady_time read_at{};               ///< when `waiting` was read
  std::optional<std::uint64_t> saved;  ///< position
  bool saves_anew = false;             ///< what is saved so far does not count
  steady_time books_at{};              ///< when the position is saved next
  steady_time purge_at{};
  bool failing = false;    ///< the feed cannot be read, and that was logged
  bool books_fail = false; ///< likewise

  void look();
  void handle(const changes_cleared& answer);

private:
  void keep_books();
  status read(store_connection& connection);
  status begin(store_connection& connection);
  result<std::vector<change_gap>> given_up(store_connection& connection);
  /// Reads a page; returns whether there may be more.
  result<bool> read_page(store_connection& connection, std::size_t limit);
  void take(const change_page& page);
  void start_over();
  void ask();
  void is_current();
};

/// Looks at nothing before its first directory. `start` is what the store said before L1 had anything, or nothing if L1
/// has lived on. `metrics` must outlive the actor. `now` is steady_clock_source() except in tests.
change_reader_actor::behavior_type change_reader(change_reader_state::pointer self, change_reader_settings settings,
                                                 std::shared_ptr<member_store> store,
                                                 std::shared_ptr<connection_slot> slot, std::string l2_name,
                                                 std::function<bool()> l2_settled, std::optional<change_start> start,
                                                 change_metrics* metrics, clock_source now);

} // namespace tessera
