#pragma once

#include "cards/id_number.hpp"
#include "cards/member.hpp"
#include "cards/result.hpp"
#include "guard/change_tracker.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tessera {

/// One row of the change feed: what another client of the store has changed in what we show.
struct member_change {
  std::uint64_t number = 0;
  member_id member; ///< 0: everything may have changed
  /// Of the member, before the change and after it. Nothing if there was no member, or none with a proper ID number.
  std::optional<id_number> old_number;
  std::optional<id_number> new_number;
  utc_time at; ///< of the statement, by the store's clock; its transaction may have been committed much later

  bool operator==(const member_change&) const = default;
};

struct change_page {
  std::vector<member_change> rows; ///< by ascending number
  utc_time now;                    ///< by the store's clock
};

/// Where a reader of the feed begins.
struct change_start {
  std::optional<std::uint64_t> position{}; ///< as that reader saved it last
  std::uint64_t purged = 0;                ///< changes up to this one may have been deleted
  std::uint64_t newest = 0;                ///< the highest number that is there

  bool operator==(const change_start&) const = default;
};

/// A store connection's part in the change feed, which triggers write (storage/sql, 0011). Threads and failures as with
/// `store_connection`.
class change_feed {
public:
  change_feed() = default;
  change_feed(const change_feed&) = delete;
  change_feed& operator=(const change_feed&) = delete;
  virtual ~change_feed() = default;

  virtual result<change_start> find_change_start(std::string_view reader) = 0;

  /// Returns the first `limit` of the committed changes from the number `from` on and in `gaps`, all of which lie
  /// below. Nothing at all if it is certain, for less, that there is nothing that the last call did not return.
  virtual result<std::optional<change_page>> read_changes(std::uint64_t from, std::span<const change_gap> gaps,
                                                          std::size_t limit) = 0;

  /// Returns whether a transaction that is not committed holds a number of `gap`. One that commits in the same moment
  /// may be missed: read the gap once more before you believe it.
  virtual result<bool> holds_change(const change_gap& gap) = 0;

  /// Saves how far a reader has come. Of several with one name, the one who has come furthest counts, unless it begins
  /// `anew`: then what they have saved before does not.
  virtual status save_change_position(std::string_view reader, std::uint64_t position, bool anew) = 0;

  /// Deletes the oldest changes that are older than `age`, up to 1,000 of them and none from the number `before` on.
  /// Returns whether there may be more.
  virtual result<bool> purge_changes(std::uint64_t before, std::chrono::seconds age) = 0;
};

/// The most changes that `purge_changes` deletes: few enough not to hold up anybody.
inline constexpr std::size_t changes_per_purge = 1'000;

/// The reader under whose name the store keeps up to which change all may have been deleted.
inline constexpr std::string_view purged_changes = "purged";

} // namespace tessera
