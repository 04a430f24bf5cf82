#include "storage/sqlite_bulk_loader.hpp"

#include "storage/sql_time.hpp"
#include "storage/sqlite_bulk.hpp"

namespace tessera {

namespace {

/// Long enough for the commits not to count, short enough for other writers and the size of the log.
constexpr std::size_t rows_per_transaction = 10'000;

} // namespace

result<std::unique_ptr<bulk_loader>> sqlite_bulk_loader::open(std::unique_ptr<sqlite_session> session) {
  if (auto done = session->execute(sqlite_bulk_pragmas); !done)
    return done.error();
  return std::unique_ptr<bulk_loader>{new sqlite_bulk_loader{std::move(session)}};
}

sqlite_bulk_loader::~sqlite_bulk_loader() {
  if (in_transaction_)
    static_cast<void>(session_->execute("ROLLBACK"));
}

status sqlite_bulk_loader::begin() {
  if (in_transaction_)
    return ok();
  auto done = session_->execute("BEGIN IMMEDIATE");
  in_transaction_ = done.has_value();
  rows_in_transaction_ = 0;
  return done ? session_->execute(sqlite_begin_bulk) : done;
}

status sqlite_bulk_loader::commit() {
  if (!in_transaction_)
    return ok();
  if (auto told = session_->execute(sqlite_end_bulk); !told)
    return told;
  auto done = session_->execute("COMMIT");
  in_transaction_ = !done.has_value();
  return done;
}

template <class Row, class Bind>
status sqlite_bulk_loader::add_rows(std::string_view sql, std::optional<sqlite_statement>& statement,
                                    std::span<const Row> rows, Bind bind) {
  if (!statement) {
    auto made = sqlite_statement::prepare(*session_, sql);
    if (!made)
      return made.error();
    statement.emplace(std::move(*made));
  }
  for (const auto& row : rows) {
    if (auto done = begin(); !done)
      return done;
    if (auto done = bind(*statement, row); !done)
      return done;
    if (++rows_in_transaction_ < rows_per_transaction)
      continue;
    if (auto done = commit(); !done)
      return done;
  }
  return ok();
}

status sqlite_bulk_loader::add(std::span<const province_row> rows) {
  return add_rows("INSERT INTO provinces (province_code, province_name) VALUES (?, ?) "
                  "ON CONFLICT (province_code) DO UPDATE SET province_name = excluded.province_name",
                  province_, rows, [](sqlite_statement& statement, const province_row& row) {
                    statement.bind(1, row.code);
                    statement.bind(2, row.name);
                    return statement.execute();
                  });
}

status sqlite_bulk_loader::add(std::span<const municipality_row> rows) {
  return add_rows("INSERT INTO municipalities (municipality_code, municipality_name, province_code) VALUES (?, ?, ?) "
                  "ON CONFLICT (municipality_code) DO UPDATE SET municipality_name = excluded.municipality_name, "
                  "province_code = excluded.province_code",
                  municipality_, rows, [](sqlite_statement& statement, const municipality_row& row) {
                    statement.bind(1, row.code);
                    statement.bind(2, row.name);
                    statement.bind(3, row.province_code);
                    return statement.execute();
                  });
}

status sqlite_bulk_loader::add(std::span<const ward_row> rows) {
  return add_rows("INSERT INTO wards (ward_code, ward_number, municipality_code) VALUES (?, ?, ?) "
                  "ON CONFLICT (ward_code) DO UPDATE SET ward_number = excluded.ward_number, "
                  "municipality_code = excluded.municipality_code",
                  ward_, rows, [](sqlite_statement& statement, const ward_row& row) {
                    statement.bind(1, row.code);
                    statement.bind(2, row.number);
                    statement.bind(3, row.municipality_code);
                    return statement.execute();
                  });
}

status sqlite_bulk_loader::add(std::span<const voting_station_row> rows) {
  return add_rows("INSERT INTO voting_stations (voting_station_id, station_name, ward_code) VALUES (?, ?, ?) "
                  "ON CONFLICT (voting_station_id) DO UPDATE SET station_name = excluded.station_name, "
                  "ward_code = excluded.ward_code",
                  voting_station_, rows, [](sqlite_statement& statement, const voting_station_row& row) {
                    statement.bind(1, row.id);
                    statement.bind(2, row.name);
                    statement.bind(3, row.ward_code);
                    return statement.execute();
                  });
}

status sqlite_bulk_loader::add(std::span<const member_row> rows) {
  constexpr std::string_view sql =
      "INSERT INTO members (member_id, id_number, firstname, surname, email, cell_number, province_code, "
      "municipality_code, ward_code, voting_station_id, membership_status, member_created_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (member_id) DO UPDATE SET "
      "id_number = excluded.id_number, firstname = excluded.firstname, surname = excluded.surname, "
      "email = excluded.email, cell_number = excluded.cell_number, province_code = excluded.province_code, "
      "municipality_code = excluded.municipality_code, ward_code = excluded.ward_code, "
      "voting_station_id = excluded.voting_station_id, membership_status = excluded.membership_status, "
      "member_created_at = excluded.member_created_at";
  return add_rows(sql, member_, rows, [](sqlite_statement& statement, const member_row& row) {
    auto bind_optional = [&](int parameter, const auto& value) {
      if (value)
        statement.bind(parameter, *value);
      else
        statement.bind_null(parameter);
    };
    auto number = row.number.str();
    auto created = sql_time(row.created);
    statement.bind(1, row.id.value);
    statement.bind(2, number);
    statement.bind(3, row.firstname);
    statement.bind(4, row.surname);
    bind_optional(5, row.email);
    bind_optional(6, row.cell_number);
    statement.bind(7, row.province_code);
    statement.bind(8, row.municipality_code);
    statement.bind(9, row.ward_code);
    bind_optional(10, row.voting_station_id);
    statement.bind(11, row.membership_status);
    statement.bind(12, created);
    return statement.execute();
  });
}

status sqlite_bulk_loader::finish() {
  if (auto done = commit(); !done)
    return done;
  // No ANALYZE: the plans of our statements are right without it, and statistics of a small table that has grown since
  // would make SQLite scan it.
  return session_->execute(sqlite_make_durable);
}

} // namespace tessera
