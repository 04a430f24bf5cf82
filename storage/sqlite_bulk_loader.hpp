#pragma once

#include "storage/bulk_loader.hpp"
#include "storage/sqlite_session.hpp"
#include "storage/sqlite_statement.hpp"

#include <cstddef>
#include <memory>
#include <optional>

namespace tessera {

/// Fills an SQLite file, in transactions of many rows. The triggers keep member_cache_summary right row by row, which
/// here costs little; so it is right also when a load breaks off. The change feed is told with each commit that
/// everything may have changed.
class sqlite_bulk_loader final : public bulk_loader {
public:
  static result<std::unique_ptr<bulk_loader>> open(std::unique_ptr<sqlite_session> session);

  ~sqlite_bulk_loader() override;

  status add(std::span<const province_row> rows) override;
  status add(std::span<const municipality_row> rows) override;
  status add(std::span<const ward_row> rows) override;
  status add(std::span<const voting_station_row> rows) override;
  status add(std::span<const member_row> rows) override;
  status finish() override;

private:
  explicit sqlite_bulk_loader(std::unique_ptr<sqlite_session> session) : session_(std::move(session)) {
  }

  /// Executes `statement` per row, with the parameters that `bind` gives it.
  template <class Row, class Bind>
  status add_rows(std::string_view sql, std::optional<sqlite_statement>& statement, std::span<const Row> rows,
                  Bind bind);
  status begin();
  status commit();

  std::unique_ptr<sqlite_session> session_; // before the statements: they go first
  std::optional<sqlite_statement> province_;
  std::optional<sqlite_statement> municipality_;
  std::optional<sqlite_statement> ward_;
  std::optional<sqlite_statement> voting_station_;
  std::optional<sqlite_statement> member_;
  bool in_transaction_ = false;
  std::size_t rows_in_transaction_ = 0;
};

} // namespace tessera
