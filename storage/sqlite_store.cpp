#include "storage/sqlite_store.hpp"

#include "storage/sqlite_bulk_loader.hpp"
#include "storage/sqlite_connection.hpp"
#include "storage/sqlite_member_importer.hpp"
#include "storage/sqlite_migrator.hpp"

#include <filesystem>

namespace tessera {

namespace {

/// Two readers keep each other's waiting short; beyond that they only share the same processors.
constexpr unsigned readers = 2;

/// Another process's migration or a chunk of a bulk load may take this long.
constexpr std::chrono::milliseconds writer_patience{60'000};

using mode = sqlite_session::mode;

} // namespace

sqlite_store::sqlite_store(sqlite_address address, const database_settings& settings)
    : address_(std::move(address)), patience_(settings.write_timeout) {
}

result<std::unique_ptr<store_connection>> sqlite_store::connect() {
  auto session = sqlite_session::open(address_.path, mode::existing, patience_);
  if (!session)
    return session.error();
  return std::unique_ptr<store_connection>{std::make_unique<sqlite_connection>(std::move(*session))};
}

status sqlite_store::check_schema() {
  std::error_code fault;
  if (!std::filesystem::exists(address_.path, fault))
    return needs_migration(describe(), "does not exist yet");
  auto session = sqlite_session::open(address_.path, mode::existing, patience_);
  if (!session)
    return session.error();
  auto applied = applied_in(**session);
  if (!applied)
    return applied.error();
  return check_migrations(sqlite_migrations(), *applied, describe());
}

result<std::vector<std::string>> sqlite_store::migrate() {
  auto session = sqlite_session::open(address_.path, mode::create, writer_patience);
  if (!session)
    return session.error();
  return tessera::migrate(**session);
}

result<std::unique_ptr<bulk_loader>> sqlite_store::load() {
  if (auto ready = check_schema(); !ready)
    return ready.error();
  auto session = sqlite_session::open(address_.path, mode::existing, writer_patience);
  if (!session)
    return session.error();
  return sqlite_bulk_loader::open(std::move(*session));
}

result<std::unique_ptr<member_importer>> sqlite_store::import() {
  if (auto ready = check_schema(); !ready)
    return ready.error();
  auto session = sqlite_session::open(address_.path, mode::existing, writer_patience);
  if (!session)
    return session.error();
  return sqlite_member_importer::open(std::move(*session));
}

unsigned sqlite_store::useful_connections() const noexcept {
  return readers;
}

std::string sqlite_store::describe() const {
  return tessera::describe(store_address{address_});
}

} // namespace tessera
