#include "storage/mysql_store.hpp"

#include "storage/mysql_bulk_loader.hpp"
#include "storage/mysql_connection.hpp"
#include "storage/mysql_member_importer.hpp"
#include "storage/mysql_migrator.hpp"

namespace tessera {

namespace {

/// An index on millions of rows takes minutes to make, and so may waiting for another process that makes it.
constexpr std::chrono::milliseconds patience{std::chrono::hours{1}};

mysql_timeouts patient(mysql_timeouts timeouts) {
  timeouts.read = patience;
  timeouts.write = patience;
  return timeouts;
}

} // namespace

mysql_store::mysql_store(mysql_address address, const database_settings& settings)
    : address_(std::move(address)), timeouts_{settings.connect_timeout, settings.read_timeout, settings.write_timeout},
      connection_limit_(settings.connection_limit) {
}

result<std::unique_ptr<store_connection>> mysql_store::connect() {
  auto session = mysql_session::open(address_, timeouts_);
  if (!session)
    return session.error();
  return std::unique_ptr<store_connection>{std::make_unique<mysql_connection>(std::move(*session))};
}

status mysql_store::check_schema() {
  auto session = mysql_session::open(address_, timeouts_);
  if (!session)
    return session.error();
  auto applied = applied_in(**session);
  if (!applied)
    return applied.error();
  return check_migrations(mysql_migrations(), *applied, describe());
}

result<std::vector<std::string>> mysql_store::migrate() {
  auto session = mysql_session::open(address_, patient(timeouts_));
  if (!session)
    return session.error();
  return tessera::migrate(**session);
}

result<std::unique_ptr<bulk_loader>> mysql_store::load() {
  if (auto ready = check_schema(); !ready)
    return ready.error();
  auto session = mysql_session::open(address_, patient(timeouts_));
  if (!session)
    return session.error();
  return mysql_bulk_loader::open(std::move(*session));
}

result<std::unique_ptr<member_importer>> mysql_store::import() {
  if (auto ready = check_schema(); !ready)
    return ready.error();
  auto session = mysql_session::open(address_, patient(timeouts_));
  if (!session)
    return session.error();
  return mysql_member_importer::open(std::move(*session));
}

unsigned mysql_store::useful_connections() const noexcept {
  return connection_limit_;
}

std::string mysql_store::describe() const {
  return tessera::describe(store_address{address_});
}

} // namespace tessera
