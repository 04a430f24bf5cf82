#include "storage/change_rows.hpp"
#include "storage/mysql_connection.hpp"

#include <mysqld_error.h>

/// A MySQL connection's part in the change feed. A transaction that has inserted a row holds its lock until it ends, so
/// a locking read tells whether a missing number may still come: no look into the server's list of transactions is
/// needed, nor the privilege for it, and no clock. (NOWAIT: MariaDB 10.3, MySQL 8.0.)
namespace tessera {

namespace {

/// MySQL's word for a lock that is held by another; MariaDB says ER_LOCK_WAIT_TIMEOUT.
constexpr unsigned lock_is_held = 3572;

} // namespace

result<change_start> mysql_connection::find_change_start(std::string_view reader) {
  auto row = session_->query_row("SELECT (SELECT position FROM change_positions WHERE reader = " + literal(reader)
                                     + "), (SELECT position FROM change_positions WHERE reader = "
                                     + literal(purged_changes) + "), (SELECT MAX(change_id) FROM member_changes)",
                                 3);
  if (!row)
    return row.error();
  change_start start;
  if ((*row)[0])
    start.position = change_number(*(*row)[0]);
  start.purged = change_number((*row)[1].value_or(""));
  start.newest = change_number((*row)[2].value_or(""));
  return start;
}

result<std::optional<change_page>> mysql_connection::read_changes(std::uint64_t from, std::span<const change_gap> gaps,
                                                                  std::size_t limit) {
  auto rows = session_->query("SELECT change_id, member_id, old_id_number, new_id_number, changed_at, UTC_TIMESTAMP(3) "
                              "FROM member_changes"
                                  + change_condition(from, gaps, limit),
                              change_column_count);
  if (!rows)
    return rows.error();
  std::vector<std::vector<std::string>> texts;
  texts.reserve(rows->size());
  for (auto& row : *rows)
    texts.push_back(texts_of(std::move(row)));
  return std::optional{change_page_of(texts)};
}

result<bool> mysql_connection::holds_change(const change_gap& gap) {
  // So that it locks the rows that are there and not what lies between them. For the next transaction only.
  if (auto done = session_->execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED"); !done)
    return done.error();
  auto rows = session_->query("SELECT change_id FROM member_changes WHERE change_id BETWEEN "
                              + std::to_string(gap.first) + " AND " + std::to_string(gap.last) + " FOR UPDATE NOWAIT");
  if (rows)
    return false;
  if (session_->last_error() == ER_LOCK_WAIT_TIMEOUT || session_->last_error() == lock_is_held)
    return true;
  return rows.error();
}

status mysql_connection::save_change_position(std::string_view reader, std::uint64_t position, bool anew) {
  return session_->execute("INSERT INTO change_positions (reader, position, updated_at) VALUES (" + literal(reader)
                           + ", " + std::to_string(position) + ", UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE position = "
                           + (anew ? "VALUES(position)" : "GREATEST(position, VALUES(position))")
                           + ", updated_at = VALUES(updated_at)");
}

result<bool> mysql_connection::purge_changes(std::uint64_t before, std::chrono::seconds age) {
  auto row = session_->query_row(
      "SELECT MAX(change_id), COUNT(*) FROM (SELECT change_id, changed_at FROM member_changes "
      "WHERE change_id < "
          + std::to_string(before) + " ORDER BY change_id LIMIT " + std::to_string(changes_per_purge)
          + ") AS oldest WHERE changed_at < UTC_TIMESTAMP(3) - INTERVAL " + std::to_string(age.count()) + " SECOND",
      2);
  if (!row)
    return row.error();
  if (!row->front())
    return false;
  auto last = change_number(*row->front());
  // Said first: whoever finds changes missing then knows of it.
  if (auto done = save_change_position(purged_changes, last, false); !done)
    return done.error();
  if (auto done = session_->execute("DELETE FROM member_changes WHERE change_id <= " + std::to_string(last)); !done)
    return done.error();
  return change_number((*row)[1].value_or("")) == changes_per_purge;
}

} // namespace tessera
