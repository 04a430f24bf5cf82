#pragma once

#include "cards/result.hpp"
#include "storage/import_row.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// How many rows of a file came to what.
struct import_counts {
  std::uint64_t inserted = 0;
  std::uint64_t updated = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t rejected = 0;
  std::uint64_t restored = 0;       ///< ID numbers that were given back their zeros, of all rows
  std::uint64_t places_added = 0;   ///< of geography
  std::uint64_t places_unknown = 0; ///< codes that the store does not know and the file does not name

  std::uint64_t rows() const noexcept {
    return inserted + updated + unchanged + rejected;
  }

  bool operator==(const import_counts&) const = default;
};

/// How far an import has come: a row of `import_progress`, written in the same transaction as the rows up to there.
struct import_progress {
  std::string id;                 ///< of file and options, 64 hex digits
  std::string file;               ///< its name, for people
  std::uint64_t position = 0;     ///< bytes of the file that are done
  std::uint64_t line = 0;         ///< the last one that is done
  std::string digest;             ///< of those bytes, 64 hex digits
  std::uint64_t rejects_size = 0; ///< bytes of the file of rejected rows
  import_counts counts;
  utc_time at{};

  bool operator==(const import_progress&) const = default;
};

/// A row that the store itself refused, and why: its number among those written.
struct refused_write {
  std::size_t index = 0;
  std::string reason;
};

/// The most characters that a value may have, by `import_column`.
using import_limits = std::array<std::size_t, import_value_count>;

/// Writes rows of a file into a migrated store, in transactions of the caller's. All calls block and belong to one
/// thread. Between `begin` and `commit` what is read is locked; without `begin` nothing is.
class member_importer {
public:
  member_importer() = default;
  member_importer(const member_importer&) = delete;
  member_importer& operator=(const member_importer&) = delete;
  virtual ~member_importer() = default;

  virtual result<import_limits> limits() = 0;

  /// Returns how far the import of that id has come, nothing if none is under way.
  virtual result<std::optional<import_progress>> progress_of(std::string_view id) = 0;

  /// Begins a transaction.
  virtual status begin() = 0;

  /// Returns the members that have the ID number or the member id of one of `rows`, each once.
  virtual result<std::vector<existing_member>> find(std::span<const import_row> rows) = 0;

  /// Returns which of `places` the store has no row for, as indexes.
  virtual result<std::vector<std::size_t>> missing(std::span<const import_place> places) = 0;

  /// Adds places with name and parent. With `write` in one transaction, before it. `bulk`: many rows follow, so the
  /// change feed is told once that everything changed instead of row by row.
  virtual status add(std::span<const import_place> places, bool bulk) = 0;

  /// Writes rows in their order; sets the columns of `columns`, ID number and, in new rows, what they need. A row that
  /// the store refuses is left out.
  virtual result<std::vector<refused_write>> write(std::span<const member_write> rows, import_columns columns,
                                                   bool bulk) = 0;

  /// Saves how far the import has come, as part of the transaction. `first`: there is no row of it yet.
  virtual status save(const import_progress& now, bool first) = 0;

  virtual status commit() = 0;

  /// Undoes what was done since `begin`; does nothing if that is undone already.
  virtual void roll_back() noexcept = 0;

  /// Returns whether what failed last may succeed when the whole transaction is done once more.
  virtual bool may_retry() const noexcept = 0;

  /// Forgets the progress of an import that is complete.
  virtual status forget(std::string_view id) = 0;

  /// Makes all durable, and refreshes what the store plans its statements by if `many` rows came.
  virtual status finish(bool many) = 0;
};

/// From so many rows on, telling the change feed that everything changed is cheaper for all than row by row.
inline constexpr std::size_t bulk_rows = 1'000;

} // namespace tessera
