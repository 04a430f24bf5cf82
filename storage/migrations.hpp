#pragma once

#include "cards/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// One step of the schema, from storage/sql/DIALECT/VERSION_NAME.sql. Once released, a step never changes.
struct migration {
  std::string_view version; ///< "0001"; the order of the versions is the order of the steps
  std::string_view name;
  std::string_view sql; ///< statements, separated by lines that say `-- ;;`
};

/// A row of schema_migrations.
struct applied_migration {
  std::string version;
  std::string checksum;
};

/// The steps in order.
std::span<const migration> mysql_migrations() noexcept;
std::span<const migration> sqlite_migrations() noexcept;

/// Returns 32 hex digits (BLAKE2b, 128 bits) of the step's text, by which a changed step is recognised.
std::string checksum_of(const migration& step);

/// Returns the statements of the step, without the separators. Statements hold semicolons of their own (bodies of
/// triggers), so nothing but the separator ends one.
std::vector<std::string_view> statements_of(const migration& step);

/// Returns the steps that are still to be applied. Fails with one sentence if an applied step differs from ours or is
/// unknown to this program.
result<std::vector<const migration*>> pending_migrations(std::span<const migration> steps,
                                                         std::span<const applied_migration> applied);

/// Returns success if nothing is pending, else one sentence that says what to do. `store` is the store's address for
/// people.
status check_migrations(std::span<const migration> steps, std::span<const applied_migration> applied,
                        std::string_view store);

/// Returns the failure of a store whose schema is missing or old.
failure needs_migration(std::string_view store, std::string_view what);

} // namespace tessera
