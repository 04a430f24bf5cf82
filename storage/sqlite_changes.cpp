#include "storage/change_rows.hpp"
#include "storage/sqlite_connection.hpp"

/// An SQLite connection's part in the change feed. One transaction writes at a time, and a number that was rolled back
/// is given again, so there are no gaps. Hooks do not see what other connections do; data_version does.
namespace tessera {

result<std::uint64_t> sqlite_connection::data_version() {
  auto statement = prepared(data_version_, "PRAGMA data_version");
  if (!statement)
    return statement.error();
  auto rows = (*statement)->fetch_texts();
  if (!rows)
    return rows.error();
  return change_number(rows->front().front());
}

result<change_start> sqlite_connection::find_change_start(std::string_view reader) {
  auto statement = sqlite_statement::prepare(
      *session_, "SELECT (SELECT position FROM change_positions WHERE reader = ?), (SELECT position FROM "
                 "change_positions WHERE reader = ?), (SELECT MAX(change_id) FROM member_changes)");
  if (!statement)
    return statement.error();
  statement->bind(1, reader);
  statement->bind(2, purged_changes);
  auto rows = statement->fetch_texts();
  if (!rows)
    return rows.error();
  const auto& row = rows->front();
  change_start start;
  if (!row[0].empty())
    start.position = change_number(row[0]);
  start.purged = change_number(row[1]);
  start.newest = change_number(row[2]);
  return start;
}

result<std::optional<change_page>> sqlite_connection::read_changes(std::uint64_t from, std::span<const change_gap> gaps,
                                                                   std::size_t limit) {
  auto version = data_version();
  if (!version)
    return version.error();
  // Read before the rows: what is committed in between is read twice rather than never.
  if (all_read_ && all_read_->version == *version && from >= all_read_->from) {
    all_read_->from = from;
    return std::optional<change_page>{};
  }
  auto statement = sqlite_statement::prepare(*session_, "SELECT change_id, member_id, old_id_number, new_id_number, "
                                                        "changed_at, strftime('%Y-%m-%d %H:%M:%f', 'now') "
                                                        "FROM member_changes"
                                                            + change_condition(from, gaps, limit));
  if (!statement)
    return statement.error();
  auto rows = statement->fetch_texts();
  if (!rows)
    return rows.error();
  all_read_.reset();
  if (rows->size() < limit)
    all_read_ = {*version, from};
  return std::optional{change_page_of(*rows)};
}

result<bool> sqlite_connection::holds_change(const change_gap&) {
  return false;
}

status sqlite_connection::save_change_position(std::string_view reader, std::uint64_t position, bool anew) {
  auto sql = "INSERT INTO change_positions (reader, position, updated_at) VALUES (?, ?, strftime('%Y-%m-%d %H:%M:%f', "
             "'now')) ON CONFLICT (reader) DO UPDATE SET position = "
             + std::string{anew ? "excluded.position" : "MAX(position, excluded.position)"}
             + ", updated_at = excluded.updated_at";
  auto statement = sqlite_statement::prepare(*session_, sql);
  if (!statement)
    return statement.error();
  statement->bind(1, reader);
  statement->bind(2, position);
  return statement->execute();
}

result<bool> sqlite_connection::purge_changes(std::uint64_t before, std::chrono::seconds age) {
  auto statement = sqlite_statement::prepare(
      *session_, "SELECT MAX(change_id), COUNT(*) FROM (SELECT change_id, changed_at FROM member_changes "
                 "WHERE change_id < ? ORDER BY change_id LIMIT ?) "
                 "WHERE changed_at < strftime('%Y-%m-%d %H:%M:%f', 'now', ?)");
  if (!statement)
    return statement.error();
  auto ago = '-' + std::to_string(age.count()) + " seconds";
  statement->bind(1, before);
  statement->bind(2, std::uint64_t{changes_per_purge});
  statement->bind(3, ago);
  auto rows = statement->fetch_texts();
  if (!rows)
    return rows.error();
  const auto& row = rows->front();
  if (row[0].empty())
    return false;
  auto last = change_number(row[0]);
  auto done = session_->in_transaction([&]() -> status {
    if (auto said = save_change_position(purged_changes, last, false); !said)
      return said;
    auto removal = sqlite_statement::prepare(*session_, "DELETE FROM member_changes WHERE change_id <= ?");
    if (!removal)
      return removal.error();
    removal->bind(1, last);
    return removal->execute();
  });
  if (!done)
    return done.error();
  return change_number(row[1]) == changes_per_purge;
}

} // namespace tessera
