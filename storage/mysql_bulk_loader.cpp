#include "storage/mysql_bulk_loader.hpp"

#include "storage/mysql_bulk.hpp"
#include "storage/sql_time.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>

namespace tessera {

namespace {

/// A commit waits for the disk (measured: half of the time at 1,000 rows per commit).
constexpr std::size_t rows_per_transaction = 10'000;

constexpr std::string_view member_head =
    "INSERT INTO members (member_id, id_number, firstname, surname, email, cell_number, province_code, "
    "municipality_code, ward_code, voting_station_id, membership_status, member_created_at) VALUES ";

const std::string member_tail =
    " ON DUPLICATE KEY UPDATE " + std::string{mysql_same_member}
    + ", id_number = VALUES(id_number), firstname = VALUES(firstname), surname = VALUES(surname), "
      "email = VALUES(email), cell_number = VALUES(cell_number), province_code = VALUES(province_code), "
      "municipality_code = VALUES(municipality_code), ward_code = VALUES(ward_code), "
      "voting_station_id = VALUES(voting_station_id), membership_status = VALUES(membership_status), "
      "member_created_at = VALUES(member_created_at)";

void append_literals(mysql_session& session, std::string& sql, std::initializer_list<std::string_view> texts) {
  bool first = true;
  for (auto text : texts) {
    sql.append(first ? "" : ", ");
    session.append_literal(sql, text);
    first = false;
  }
}

} // namespace

result<std::unique_ptr<bulk_loader>> mysql_bulk_loader::open(std::unique_ptr<mysql_session> session) {
  if (auto done = session->execute(mysql_begin_bulk); !done)
    return done.error();
  return std::unique_ptr<bulk_loader>{new mysql_bulk_loader{std::move(session)}};
}

status mysql_bulk_loader::insert(std::string_view head, std::string_view tail, std::size_t rows,
                                 const std::function<void(std::string&, std::size_t)>& row) {
  for (std::size_t first = 0; first < rows; first += mysql_rows_per_statement) {
    auto end = std::min(first + mysql_rows_per_statement, rows);
    std::string sql{head};
    for (auto i = first; i < end; ++i) {
      sql.append(i == first ? "(" : ", (");
      row(sql, i);
      sql.append(")");
    }
    sql.append(tail);
    if (auto done = in_transaction(end - first, [&] { return session_->execute(sql); }); !done)
      return done;
  }
  return ok();
}

status mysql_bulk_loader::add(std::span<const province_row> rows) {
  return insert("INSERT INTO provinces (province_code, province_name) VALUES ",
                " ON DUPLICATE KEY UPDATE province_name = VALUES(province_name)", rows.size(),
                [&](std::string& sql, std::size_t i) {
                  append_literals(*session_, sql, {rows[i].code, rows[i].name});
                });
}

status mysql_bulk_loader::add(std::span<const municipality_row> rows) {
  return insert("INSERT INTO municipalities (municipality_code, municipality_name, province_code) VALUES ",
                " ON DUPLICATE KEY UPDATE municipality_name = VALUES(municipality_name), "
                "province_code = VALUES(province_code)",
                rows.size(), [&](std::string& sql, std::size_t i) {
                  append_literals(*session_, sql, {rows[i].code, rows[i].name, rows[i].province_code});
                });
}

status mysql_bulk_loader::add(std::span<const ward_row> rows) {
  return insert("INSERT INTO wards (ward_code, ward_number, municipality_code) VALUES ",
                " ON DUPLICATE KEY UPDATE ward_number = VALUES(ward_number), "
                "municipality_code = VALUES(municipality_code)",
                rows.size(), [&](std::string& sql, std::size_t i) {
                  append_literals(*session_, sql, {rows[i].code, rows[i].number, rows[i].municipality_code});
                });
}

status mysql_bulk_loader::add(std::span<const voting_station_row> rows) {
  return insert("INSERT INTO voting_stations (voting_station_id, station_name, ward_code) VALUES ",
                " ON DUPLICATE KEY UPDATE station_name = VALUES(station_name), ward_code = VALUES(ward_code)",
                rows.size(), [&](std::string& sql, std::size_t i) {
                  sql.append(std::to_string(rows[i].id)).append(", ");
                  append_literals(*session_, sql, {rows[i].name, rows[i].ward_code});
                });
}

status mysql_bulk_loader::add(std::span<const member_row> rows) {
  for (; !rows.empty(); rows = rows.subspan(std::min(rows.size(), mysql_rows_per_statement)))
    if (auto done = add_chunk(rows.first(std::min(rows.size(), mysql_rows_per_statement))); !done)
      return done;
  return ok();
}

status mysql_bulk_loader::add_chunk(std::span<const member_row> rows) {
  std::string insertion{member_head};
  std::string summary{mysql_summary_head};
  summary.append("member_id IN (");
  for (const auto& row : rows) {
    bool first = &row == rows.data();
    insertion.append(first ? "(" : ", (");
    append_member(insertion, row);
    insertion.append(")");
    summary.append(first ? "" : ", ").append(std::to_string(row.id.value));
  }
  insertion.append(member_tail);
  summary.append(")");
  return in_transaction(rows.size(), [&] {
    auto done = session_->execute(insertion);
    return done ? session_->execute(summary) : done;
  });
}

void mysql_bulk_loader::append_member(std::string& sql, const member_row& row) {
  auto optional_text = [&](const std::optional<std::string>& text) {
    if (text)
      session_->append_literal(sql, *text);
    else
      sql.append("NULL");
    sql.append(", ");
  };
  sql.append(std::to_string(row.id.value)).append(", ");
  append_literals(*session_, sql, {row.number.str(), row.firstname, row.surname});
  sql.append(", ");
  optional_text(row.email);
  optional_text(row.cell_number);
  append_literals(*session_, sql, {row.province_code, row.municipality_code, row.ward_code});
  sql.append(", ").append(row.voting_station_id ? std::to_string(*row.voting_station_id) : "NULL").append(", ");
  append_literals(*session_, sql, {row.membership_status, sql_time(row.created)});
}

status mysql_bulk_loader::in_transaction(std::size_t rows, const std::function<status()>& work) {
  if (broken_)
    return *broken_;
  auto done = rows_in_transaction_ == 0 ? session_->execute("START TRANSACTION") : ok();
  if (done)
    done = work();
  if (!done)
    return give_up(done.error());
  rows_in_transaction_ += rows;
  return rows_in_transaction_ < rows_per_transaction ? ok() : commit();
}

status mysql_bulk_loader::commit() {
  if (broken_)
    return *broken_;
  if (rows_in_transaction_ == 0)
    return ok();
  rows_in_transaction_ = 0;
  auto done = session_->execute(mysql_everything_changed);
  if (done)
    done = session_->execute("COMMIT");
  return done ? done : give_up(done.error());
}

failure mysql_bulk_loader::give_up(const failure& why) {
  broken_ = why;
  if (session_->usable())
    static_cast<void>(session_->execute("ROLLBACK"));
  return why;
}

status mysql_bulk_loader::finish() {
  if (auto done = commit(); !done)
    return done;
  return session_->execute(
      "ANALYZE TABLE provinces, municipalities, wards, voting_stations, members, member_cache_summary");
}

} // namespace tessera
