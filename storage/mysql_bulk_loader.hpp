#pragma once

#include "storage/bulk_loader.hpp"
#include "storage/mysql_session.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tessera {

/// Fills MySQL by statements of many rows, each with its part of member_cache_summary in one transaction. So the
/// summary is right after every transaction, also when a load breaks off; `finish` only refreshes the statistics that
/// the optimiser goes by. (A trigger per row would take several times as long as the rows themselves.)
class mysql_bulk_loader final : public bulk_loader {
public:
  /// Takes over a session that nothing else uses.
  static result<std::unique_ptr<bulk_loader>> open(std::unique_ptr<mysql_session> session);

  status add(std::span<const province_row> rows) override;
  status add(std::span<const municipality_row> rows) override;
  status add(std::span<const ward_row> rows) override;
  status add(std::span<const voting_station_row> rows) override;
  status add(std::span<const member_row> rows) override;
  status finish() override;

private:
  explicit mysql_bulk_loader(std::unique_ptr<mysql_session> session) : session_(std::move(session)) {
  }

  /// Builds and runs one statement: `head`, the rows that `row` appends, `tail`.
  status insert(std::string_view head, std::string_view tail, std::size_t rows,
                const std::function<void(std::string&, std::size_t)>& row);
  void append_member(std::string& sql, const member_row& row);
  status add_members(std::span<const member_row> rows);
  status in_transaction(const std::function<status()>& work);

  std::unique_ptr<mysql_session> session_;
};

} // namespace tessera
