#pragma once

#include <string_view>

/// What writers of many rows say to SQLite.
namespace tessera {

/// With a write-ahead log a crash of the machine loses the last commits at worst; `sqlite_make_durable` makes all
/// durable. The cache takes all indexes of a large membership: they are filled in no order.
inline constexpr std::string_view sqlite_bulk_pragmas = "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -262144";

/// Keeps the triggers of the change feed quiet until `sqlite_end_bulk`, which tells it that everything may have
/// changed. Both within one transaction.
inline constexpr std::string_view sqlite_begin_bulk = "INSERT INTO bulk_load (at_work) VALUES (1)";
inline constexpr std::string_view sqlite_end_bulk =
    "DELETE FROM bulk_load; "
    "INSERT INTO member_changes (changed_at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'))";

inline constexpr std::string_view sqlite_make_durable = "PRAGMA wal_checkpoint(TRUNCATE)";

} // namespace tessera
