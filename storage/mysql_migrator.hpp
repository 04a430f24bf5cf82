#pragma once

#include "storage/migrations.hpp"
#include "storage/mysql_session.hpp"

#include <string>
#include <vector>

namespace tessera {

/// Returns the rows of schema_migrations; none if there is no such table.
result<std::vector<applied_migration>> applied_in(mysql_session& session);

/// Applies what is pending, under a lock that only one process holds. MySQL commits each DDL statement by itself, so an
/// interrupted step is run again from its start: every statement of a step can be repeated. The predecessor's tables
/// are checked first for the columns that we read; nothing of theirs is altered or dropped.
result<std::vector<std::string>> migrate(mysql_session& session);

} // namespace tessera
