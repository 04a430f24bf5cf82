#include "storage/mysql_migrator.hpp"

#include <array>
#include <mysqld_error.h>

namespace tessera {

namespace {

constexpr std::string_view create_table =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "version VARCHAR(16) NOT NULL, name VARCHAR(128) NOT NULL, checksum CHAR(32) NOT NULL, "
    "applied_at DATETIME(3) NOT NULL, PRIMARY KEY (version)) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4";

// Hashed, because names of locks are limited to 64 characters and those of databases are not much shorter.
constexpr std::string_view lock = "SELECT GET_LOCK(CONCAT('tessera.', MD5(DATABASE())), 600)";
constexpr std::string_view unlock = "SELECT RELEASE_LOCK(CONCAT('tessera.', MD5(DATABASE())))";

struct required_columns {
  std::string_view table;
  std::string_view columns; ///< quoted, separated by commas
  unsigned count;
};

/// What we read of tables that may have been there before us.
constexpr std::array required{
    required_columns{"schema_migrations", "'version', 'name', 'checksum', 'applied_at'", 4},
    required_columns{"provinces", "'province_code', 'province_name'", 2},
    required_columns{"municipalities", "'municipality_code', 'municipality_name'", 2},
    required_columns{"wards", "'ward_code', 'ward_number'", 2},
    required_columns{"voting_stations", "'voting_station_id', 'station_name'", 2},
    required_columns{"members",
                     "'member_id', 'id_number', 'firstname', 'surname', 'email', 'cell_number', 'province_code', "
                     "'municipality_code', 'ward_code', 'voting_station_id', 'membership_status', 'member_created_at'",
                     12},
    required_columns{"member_cache_summary",
                     "'member_id', 'id_number', 'firstname', 'surname', 'email', 'cell_number', 'province_code', "
                     "'province_name', 'municipality_code', 'municipality_name', 'ward_code', 'ward_number', "
                     "'voting_station_id', 'voting_station_name', 'membership_status', 'member_created_at'",
                     16},
};

std::string as_literal(std::string_view text) {
  return '\'' + std::string{text} + '\'';
}

/// Adds the server's words, which those who migrate need, to a failure.
failure explained(const mysql_session& session, std::string_view what, const failure& why) {
  // The words for a duplicate key are the key.
  auto words = session.last_error() == ER_DUP_ENTRY ? std::string{} : ": " + session.server_words();
  return {why.code, std::string{what} + ": " + why.detail + words};
}

status check_existing_tables(mysql_session& session) {
  for (const auto& [table, columns, count] : required) {
    auto row = session.query_row("SELECT COUNT(*), COALESCE(SUM(column_name IN (" + std::string{columns}
                                     + ")), 0) FROM information_schema.columns WHERE table_schema = DATABASE() AND "
                                       "table_name = "
                                     + as_literal(table),
                                 2);
    if (!row)
      return row.error();
    if ((*row)[0] != "0" && (*row)[1] != std::to_string(count))
      return failure{error_code::conflict,
                     "the database has a table " + std::string{table} + " that lacks some of the columns "
                         + std::string{columns}
                         + ": rename it (and drop triggers that write to it), then migrate again"};
  }
  return ok();
}

status apply(mysql_session& session, const migration& step) {
  for (auto statement : statements_of(step))
    if (auto done = session.execute(statement); !done)
      return explained(session, "migration " + std::string{step.version} + " " + std::string{step.name}, done.error());
  return session.execute("INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ("
                         + as_literal(step.version) + ", " + as_literal(step.name) + ", "
                         + as_literal(checksum_of(step)) + ", UTC_TIMESTAMP(3))");
}

result<std::vector<std::string>> migrate_locked(mysql_session& session) {
  if (auto fits = check_existing_tables(session); !fits)
    return fits.error();
  if (auto done = session.execute(create_table); !done)
    return explained(session, "schema_migrations", done.error());
  auto applied = applied_in(session);
  if (!applied)
    return applied.error();
  auto pending = pending_migrations(mysql_migrations(), *applied);
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

result<std::vector<applied_migration>> applied_in(mysql_session& session) {
  auto rows = session.query("SELECT version, checksum FROM schema_migrations ORDER BY version", 2);
  std::vector<applied_migration> applied;
  if (!rows && session.last_error() == ER_NO_SUCH_TABLE)
    return applied;
  if (!rows)
    return rows.error();
  for (auto& row : *rows)
    applied.push_back({row[0].value_or(""), row[1].value_or("")});
  return applied;
}

result<std::vector<std::string>> migrate(mysql_session& session) {
  auto locked = session.query_row(lock, 1);
  if (!locked)
    return locked.error();
  if (locked->front() != "1")
    return failure{error_code::conflict, "another process is migrating this database; try again when it is done"};
  auto versions = migrate_locked(session);
  if (session.usable()) // the lock goes with the connection anyway
    static_cast<void>(session.execute(unlock));
  return versions;
}

} // namespace tessera
