#include "storage/member_store.hpp"

#include "storage/mysql_store.hpp"
#include "storage/sqlite_store.hpp"

namespace tessera {

std::shared_ptr<member_store> make_member_store(const store_address& address, const database_settings& settings) {
  if (const auto* sqlite = std::get_if<sqlite_address>(&address))
    return std::make_shared<sqlite_store>(*sqlite, settings);
  return std::make_shared<mysql_store>(std::get<mysql_address>(address), settings);
}

} // namespace tessera
