#pragma once

#include "storage/member_importer.hpp"
#include "storage/sqlite_session.hpp"
#include "storage/sqlite_statement.hpp"

#include <memory>
#include <optional>
#include <string>

namespace tessera {

/// Imports into an SQLite file. The triggers keep member_cache_summary right row by row, which here costs little.
class sqlite_member_importer final : public member_importer {
public:
  /// Takes over a session that nothing else uses.
  static result<std::unique_ptr<member_importer>> open(std::unique_ptr<sqlite_session> session);

  result<import_limits> limits() override;
  result<std::optional<import_progress>> progress_of(std::string_view id) override;
  status begin() override;
  result<std::vector<existing_member>> find(std::span<const import_row> rows) override;
  result<std::vector<std::size_t>> missing(std::span<const import_place> places) override;
  status add(std::span<const import_place> places, bool bulk) override;
  result<std::vector<refused_write>> write(std::span<const member_write> rows, import_columns columns,
                                           bool bulk) override;
  status save(const import_progress& now, bool first) override;
  status commit() override;
  void roll_back() noexcept override;
  bool may_retry() const noexcept override;
  status forget(std::string_view id) override;
  status finish(bool many) override;

private:
  explicit sqlite_member_importer(std::unique_ptr<sqlite_session> session) : session_(std::move(session)) {
  }

  /// Prepares the statements that write these columns, unless they are there.
  status prepare_writes(import_columns columns);
  status write_one(const member_write& row, import_columns columns);

  /// Keeps the triggers of the change feed quiet until the transaction's end; once per transaction.
  status begin_bulk();

  std::unique_ptr<sqlite_session> session_; // before the statements: they go first
  std::optional<sqlite_statement> by_number_;
  std::optional<sqlite_statement> by_id_;
  std::optional<sqlite_statement> insert_;
  std::optional<sqlite_statement> update_;
  import_columns prepared_for_;
  bool bulk_ = false;
};

} // namespace tessera
