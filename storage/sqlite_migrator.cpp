#include "storage/sqlite_migrator.hpp"

#include "storage/sqlite_statement.hpp"

namespace tessera {

namespace {

constexpr std::string_view create_table =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
    "checksum TEXT NOT NULL, applied_at TEXT NOT NULL)";

constexpr std::string_view record = "INSERT INTO schema_migrations (version, name, checksum, applied_at) "
                                    "VALUES (?, ?, ?, strftime('%Y-%m-%d %H:%M:%f', 'now'))";

status apply(sqlite_session& session, const migration& step) {
  for (auto sql : statements_of(step))
    if (auto done = session.execute(sql); !done)
      return failure{done.error().code, "migration " + std::string{step.version} + " " + std::string{step.name} + ": "
                                            + done.error().detail + ": " + sqlite3_errmsg(session.handle())};
  auto statement = sqlite_statement::prepare(session, record);
  if (!statement)
    return statement.error();
  auto checksum = checksum_of(step);
  statement->bind(1, step.version);
  statement->bind(2, step.name);
  statement->bind(3, checksum);
  return statement->execute();
}

result<std::vector<std::string>> migrate_locked(sqlite_session& session) {
  if (auto done = session.execute(create_table); !done)
    return done.error();
  auto applied = applied_in(session);
  if (!applied)
    return applied.error();
  auto pending = pending_migrations(sqlite_migrations(), *applied);
  if (!pending)
    return pending.error();
  std::vector<std::string> versions;
  for (const auto* step : *pending) {
    if (auto done = apply(session, *step); !done)
      return done.error();
    versions.emplace_back(step->version);
  }
  return versions;
}

} // namespace

result<std::vector<applied_migration>> applied_in(sqlite_session& session) {
  std::vector<applied_migration> applied;
  auto has_table = session.has_table("schema_migrations");
  if (!has_table)
    return has_table.error();
  if (!*has_table)
    return applied;
  auto statement =
      sqlite_statement::prepare(session, "SELECT version, checksum FROM schema_migrations ORDER BY version");
  if (!statement)
    return statement.error();
  auto rows = statement->fetch_texts();
  if (!rows)
    return rows.error();
  for (auto& row : *rows)
    applied.push_back({row[0], row[1]});
  return applied;
}

result<std::vector<std::string>> migrate(sqlite_session& session) {
  return session.in_transaction([&] { return migrate_locked(session); });
}

} // namespace tessera
