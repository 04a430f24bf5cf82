#pragma once

#include "storage/member_store.hpp"

namespace tessera {

/// The member store in an SQLite file: the embedded default.
class sqlite_store final : public member_store {
public:
  sqlite_store(sqlite_address address, const database_settings& settings);

  result<std::unique_ptr<store_connection>> connect() override;
  status check_schema() override;
  result<std::vector<std::string>> migrate() override;
  result<std::unique_ptr<bulk_loader>> load() override;
  result<std::unique_ptr<member_importer>> import() override;
  unsigned useful_connections() const noexcept override;
  std::string describe() const override;

private:
  sqlite_address address_;
  std::chrono::milliseconds patience_;
};

} // namespace tessera
