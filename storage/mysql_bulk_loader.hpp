#pragma once

#include "storage/bulk_loader.hpp"
#include "storage/mysql_session.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// Fills MySQL by statements of many rows, each chunk of members followed by its part of member_cache_summary in the
/// same transaction. So the summary is right after every commit, also when a load breaks off; `finish` commits and
/// refreshes the statistics that the optimiser goes by. (A trigger per row would take several times as long as the rows
/// themselves.) The change feed is told with each commit that everything may have changed. After a failure nothing more
/// is taken; loading again from the start is safe.
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
  status add_chunk(std::span<const member_row> rows);

  /// Runs `work`, which adds `rows` rows, in the open transaction (or a new one) and commits when that has grown large.
  status in_transaction(std::size_t rows, const std::function<status()>& work);
  status commit();
  failure give_up(const failure& why);

  std::unique_ptr<mysql_session> session_;
  std::size_t rows_in_transaction_ = 0; ///< 0: none is open
  std::optional<failure> broken_;       ///< what made this loader useless
};

} // namespace tessera
