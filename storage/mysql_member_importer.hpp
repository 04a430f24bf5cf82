#pragma once

#include "storage/member_importer.hpp"
#include "storage/mysql_session.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tessera {

/// Imports into MySQL by statements of many rows. Few rows leave summary and change feed to the triggers; many (`bulk`)
/// bring their part of the summary up to date themselves, as `mysql_bulk_loader` does. A statement that the server
/// refuses because of its data is halved until the row is found.
class mysql_member_importer final : public member_importer {
public:
  /// Takes over a session that nothing else uses.
  static result<std::unique_ptr<member_importer>> open(std::unique_ptr<mysql_session> session);

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
  using row_numbers = std::vector<std::size_t>;

  explicit mysql_member_importer(std::unique_ptr<mysql_session> session) : session_(std::move(session)) {
  }

  status begin_bulk();

  /// Does what follows the end of a transaction.
  void end() noexcept;

  /// Adds the members of a `select_member` whose condition is `column IN (keys…)` to `found`.
  status select(std::string_view column, std::span<const std::string> keys, std::vector<existing_member>& found);

  /// Writes those of `rows` that `which` numbers; what the server refuses goes to `refused`.
  status write_some(std::span<const member_write> rows, std::span<const std::size_t> which, import_columns columns,
                    std::vector<refused_write>& refused);
  std::string statement(std::span<const member_write> rows, std::span<const std::size_t> which, import_columns columns);
  status summarise(std::span<const member_write> rows, std::span<const std::size_t> which);

  /// Returns whether the last error is about the data of the statement, which then did nothing.
  bool refused_data() const noexcept;

  std::unique_ptr<mysql_session> session_;
  bool in_transaction_ = false;
  bool bulk_ = false;
};

} // namespace tessera
