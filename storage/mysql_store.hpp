#pragma once

#include "storage/member_store.hpp"
#include "storage/mysql_session.hpp"

namespace tessera {

/// The member store in MySQL or MariaDB.
class mysql_store final : public member_store {
public:
  mysql_store(mysql_address address, const database_settings& settings);

  result<std::unique_ptr<store_connection>> connect() override;
  status check_schema() override;
  result<std::vector<std::string>> migrate() override;
  result<std::unique_ptr<bulk_loader>> load() override;
  result<std::unique_ptr<member_importer>> import() override;
  unsigned useful_connections() const noexcept override;
  std::string describe() const override;

private:
  mysql_address address_;
  mysql_timeouts timeouts_;
  unsigned connection_limit_;
};

} // namespace tessera
