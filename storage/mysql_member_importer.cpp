#include "storage/mysql_member_importer.hpp"

#include "storage/import_sql.hpp"
#include "storage/mysql_bulk.hpp"
#include "storage/mysql_errors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>

namespace tessera {

namespace {

/// Where a column has no length (a number, a date), none is too long for it: the server then says what is wrong.
constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

} // namespace

result<std::unique_ptr<member_importer>> mysql_member_importer::open(std::unique_ptr<mysql_session> session) {
  // Locks of what is not there would keep others from adding members for as long as a transaction takes.
  if (auto done = session->execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"); !done)
    return done.error();
  return std::unique_ptr<member_importer>{new mysql_member_importer{std::move(session)}};
}

result<import_limits> mysql_member_importer::limits() {
  auto rows = session_->query("SELECT column_name, character_maximum_length FROM information_schema.columns WHERE "
                              "table_schema = DATABASE() AND table_name = 'members'",
                              2);
  if (!rows)
    return rows.error();
  import_limits limits;
  limits.fill(no_limit);
  for (const auto& row : *rows) {
    auto at = std::ranges::find(import_column_names, row[0].value_or("")) - import_column_names.begin();
    if (static_cast<std::size_t>(at) < limits.size() && row[1])
      std::from_chars(row[1]->data(), row[1]->data() + row[1]->size(), limits[static_cast<std::size_t>(at)]);
  }
  return limits;
}

result<std::optional<import_progress>> mysql_member_importer::progress_of(std::string_view id) {
  std::string sql = "SELECT " + std::string{import_sql::progress_columns} + " FROM import_progress WHERE import_id = ";
  session_->append_literal(sql, id);
  auto rows = session_->query(sql, import_sql::progress_fields);
  if (!rows)
    return rows.error();
  if (rows->empty())
    return std::optional<import_progress>{};
  return std::optional{import_sql::progress_of(id, texts_of(std::move(rows->front())))};
}

status mysql_member_importer::begin() {
  auto done = session_->execute("START TRANSACTION");
  in_transaction_ = done.has_value();
  return done;
}

status mysql_member_importer::begin_bulk() {
  if (bulk_)
    return ok();
  auto done = session_->execute(mysql_begin_bulk);
  bulk_ = done.has_value();
  return done;
}

result<std::vector<existing_member>> mysql_member_importer::find(std::span<const import_row> rows) {
  std::vector<existing_member> found;
  std::vector<std::string> keys;
  for (const auto& row : rows)
    keys.push_back(row.number.str());
  if (auto done = select("id_number", keys, found); !done)
    return done.error();
  std::ranges::sort(found, {}, &existing_member::id);
  keys.clear();
  for (const auto& row : rows)
    if (row.id && !std::ranges::binary_search(found, *row.id, {}, &existing_member::id))
      keys.push_back(std::to_string(row.id->value));
  if (auto done = select("member_id", keys, found); !done)
    return done.error();
  return found;
}

status mysql_member_importer::select(std::string_view column, std::span<const std::string> keys,
                                     std::vector<existing_member>& found) {
  for (; !keys.empty(); keys = keys.subspan(std::min(keys.size(), mysql_rows_per_statement))) {
    std::string sql{import_sql::select_member};
    sql.append(column).append(" IN (");
    auto some = keys.first(std::min(keys.size(), mysql_rows_per_statement));
    for (const auto& key : some) {
      sql.append(&key == some.data() ? "" : ", ");
      if (column == "member_id")
        sql.append(key);
      else
        session_->append_literal(sql, key);
    }
    sql.append(in_transaction_ ? ") FOR UPDATE" : ")");
    auto rows = session_->query(sql, import_sql::member_fields);
    if (!rows)
      return rows.error();
    for (auto& row : *rows)
      if (auto one = import_sql::member_of(texts_of(std::move(row))))
        found.push_back(std::move(*one));
  }
  return ok();
}

result<std::vector<std::size_t>> mysql_member_importer::missing(std::span<const import_place> places) {
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < places.size(); ++i) {
    auto table = import_sql::table_of(places[i].kind);
    std::string sql = "SELECT 1 FROM " + std::string{table.name} + " WHERE " + std::string{table.code_column} + " = ";
    session_->append_literal(sql, places[i].code);
    auto rows = session_->query(sql);
    if (!rows)
      return rows.error();
    if (rows->empty())
      missing.push_back(i);
  }
  return missing;
}

status mysql_member_importer::add(std::span<const import_place> places, bool bulk) {
  if (auto begun = bulk ? begin_bulk() : ok(); !begun)
    return begun;
  for (const auto& place : places) {
    auto table = import_sql::table_of(place.kind);
    std::string sql = "INSERT INTO " + std::string{table.name} + " (" + std::string{table.code_column} + ", "
                      + std::string{table.name_column};
    if (!table.parent_column.empty())
      sql.append(", ").append(table.parent_column);
    sql.append(") VALUES (");
    session_->append_literal(sql, place.code);
    sql.append(", ");
    session_->append_literal(sql, place.name);
    if (!table.parent_column.empty()) {
      sql.append(", ");
      session_->append_literal(sql, place.parent);
    }
    sql.append(")");
    if (auto done = session_->execute(sql); !done)
      return done;
  }
  return ok();
}

result<std::vector<refused_write>> mysql_member_importer::write(std::span<const member_write> rows,
                                                                import_columns columns, bool bulk) {
  if (auto begun = bulk ? begin_bulk() : ok(); !begun)
    return begun.error();
  // ON DUPLICATE KEY UPDATE must not meet a row whose id the server chooses. Such rows come from a file without ids,
  // where no ID number goes from one member to another: the order between the two kinds does not matter.
  row_numbers all(rows.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  auto without_id = std::ranges::stable_partition(all, [&](auto i) { return rows[i].id.has_value(); });
  std::vector<refused_write> refused;
  for (std::span<const std::size_t> kind : {std::span{all.begin(), without_id.begin()}, std::span{without_id}})
    for (; !kind.empty(); kind = kind.subspan(std::min(kind.size(), mysql_rows_per_statement))) {
      auto some = kind.first(std::min(kind.size(), mysql_rows_per_statement));
      if (auto done = write_some(rows, some, columns, refused); !done)
        return done.error();
      if (auto done = bulk ? summarise(rows, some) : ok(); !done)
        return done.error();
    }
  return refused;
}

status mysql_member_importer::write_some(std::span<const member_write> rows, std::span<const std::size_t> which,
                                         import_columns columns, std::vector<refused_write>& refused) {
  auto done = session_->execute(statement(rows, which, columns));
  if (done || !refused_data())
    return done;
  if (which.size() == 1) {
    refused.push_back({which.front(), done.error().detail});
    return ok();
  }
  auto half = which.size() / 2;
  if (auto first = write_some(rows, which.first(half), columns, refused); !first)
    return first;
  return write_some(rows, which.subspan(half), columns, refused);
}

std::string mysql_member_importer::statement(std::span<const member_write> rows, std::span<const std::size_t> which,
                                             import_columns columns) {
  std::string sql = "INSERT INTO members (" + import_sql::joined(import_sql::columns_to_write(columns)) + ") VALUES ";
  for (const auto& index : which) {
    const auto& row = rows[index];
    sql.append(&index == which.data() ? "(" : ", (").append(row.id ? std::to_string(row.id->value) : "NULL");
    sql.append(", ");
    session_->append_literal(sql, row.row->number.str());
    import_sql::for_each_value(row, columns, [&](const std::string* text) {
      sql.append(", ");
      if (text != nullptr)
        session_->append_literal(sql, *text);
      else
        sql.append("NULL");
    });
    sql.append(")");
  }
  if (!rows[which.front()].id)
    return sql;
  sql.append(" ON DUPLICATE KEY UPDATE ").append(mysql_same_member);
  for (auto name : import_sql::columns_to_set(columns))
    sql.append(", ").append(name).append(" = VALUES(").append(name).append(")");
  return sql;
}

status mysql_member_importer::summarise(std::span<const member_write> rows, std::span<const std::size_t> which) {
  auto has_id = rows[which.front()].id.has_value();
  std::string sql{mysql_summary_head};
  sql.append(has_id ? "member_id IN (" : "id_number IN (");
  for (const auto& index : which) {
    sql.append(&index == which.data() ? "" : ", ");
    if (has_id)
      sql.append(std::to_string(rows[index].id->value));
    else
      session_->append_literal(sql, rows[index].row->number.str());
  }
  sql.append(")");
  return session_->execute(sql);
}

bool mysql_member_importer::refused_data() const noexcept {
  // Classes of SQLSTATE: data exception, integrity constraint violation, a trigger's own refusal (SQL:2016, 24.1). The
  // two codes are about data but have none of them in MySQL: a character that the column's set lacks, a check.
  constexpr std::array<std::string_view, 3> classes{"22", "23", "45"};
  constexpr std::array<unsigned, 2> codes{1366, 3819};
  auto error = session_->last_error();
  return session_->usable() && !explain_mysql(error).transient
         && (std::ranges::find(classes, std::string_view{mysql_sqlstate(session_->handle())}.substr(0, 2))
                 != classes.end()
             || std::ranges::find(codes, error) != codes.end());
}

status mysql_member_importer::save(const import_progress& now, bool first) {
  // Two that import the same file at once must not both go on.
  std::string sql{first ? "INSERT" : "REPLACE"};
  sql.append(" INTO import_progress (import_id, ").append(import_sql::progress_columns).append(") VALUES (");
  session_->append_literal(sql, now.id);
  for (const auto& field : import_sql::fields_of(now)) {
    sql.append(", ");
    session_->append_literal(sql, field);
  }
  sql.append(")");
  return session_->execute(sql);
}

status mysql_member_importer::commit() {
  if (bulk_)
    if (auto told = session_->execute(mysql_everything_changed); !told)
      return told;
  auto done = session_->execute("COMMIT");
  if (done)
    end();
  return done;
}

void mysql_member_importer::roll_back() noexcept {
  if (in_transaction_ && session_->usable())
    static_cast<void>(session_->execute("ROLLBACK"));
  end();
}

void mysql_member_importer::end() noexcept {
  // If this fails the connection is gone, and so is the variable.
  if (bulk_ && session_->usable())
    static_cast<void>(session_->execute(mysql_end_bulk));
  in_transaction_ = bulk_ = false;
}

bool mysql_member_importer::may_retry() const noexcept {
  return session_->usable() && explain_mysql(session_->last_error()).transient;
}

status mysql_member_importer::forget(std::string_view id) {
  std::string sql = "DELETE FROM import_progress WHERE import_id = ";
  session_->append_literal(sql, id);
  return session_->execute(sql);
}

status mysql_member_importer::finish(bool many) {
  if (!many)
    return ok();
  return session_->execute("ANALYZE TABLE members, member_cache_summary");
}

} // namespace tessera
