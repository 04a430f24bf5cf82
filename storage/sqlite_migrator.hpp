#pragma once

#include "storage/migrations.hpp"
#include "storage/sqlite_session.hpp"

#include <string>
#include <vector>

namespace tessera {

/// Returns the rows of schema_migrations; none if there is no such table.
result<std::vector<applied_migration>> applied_in(sqlite_session& session);

/// Applies what is pending in one transaction: all or nothing, one process at a time.
result<std::vector<std::string>> migrate(sqlite_session& session);

} // namespace tessera
