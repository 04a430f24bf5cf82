#include "storage/sqlite_member_importer.hpp"

#include "storage/import_sql.hpp"
#include "storage/sqlite_bulk.hpp"

#include <algorithm>
#include <array>

namespace tessera {

namespace {

/// As long as MySQL's columns are, so that a store can move there.
constexpr import_limits most_characters{150, 150, 255, 30, 10, 20, 20, 20, 20, 30};

} // namespace

result<std::unique_ptr<member_importer>> sqlite_member_importer::open(std::unique_ptr<sqlite_session> session) {
  if (auto done = session->execute(sqlite_bulk_pragmas); !done)
    return done.error();
  std::unique_ptr<sqlite_member_importer> importer{new sqlite_member_importer{std::move(session)}};
  for (auto [statement, condition] :
       {std::pair{&importer->by_number_, "id_number = ?"}, std::pair{&importer->by_id_, "member_id = ?"}}) {
    auto made = sqlite_statement::prepare(*importer->session_, std::string{import_sql::select_member} + condition);
    if (!made)
      return made.error();
    statement->emplace(std::move(*made));
  }
  return std::unique_ptr<member_importer>{std::move(importer)};
}

result<import_limits> sqlite_member_importer::limits() {
  return most_characters;
}

result<std::optional<import_progress>> sqlite_member_importer::progress_of(std::string_view id) {
  auto statement = sqlite_statement::prepare(*session_, "SELECT " + std::string{import_sql::progress_columns}
                                                            + " FROM import_progress WHERE import_id = ?");
  if (!statement)
    return statement.error();
  statement->bind(1, id);
  auto rows = statement->fetch_texts();
  if (!rows)
    return rows.error();
  if (rows->empty())
    return std::optional<import_progress>{};
  return std::optional{import_sql::progress_of(id, rows->front())};
}

status sqlite_member_importer::begin() {
  bulk_ = false;
  return session_->execute("BEGIN IMMEDIATE");
}

result<std::vector<existing_member>> sqlite_member_importer::find(std::span<const import_row> rows) {
  std::vector<existing_member> found;
  auto fetch = [&](sqlite_statement& statement) {
    auto texts = statement.fetch_texts();
    if (!texts)
      return status{texts.error()};
    for (auto& fields : *texts)
      if (auto one = import_sql::member_of(std::move(fields)))
        found.push_back(std::move(*one));
    return ok();
  };
  for (const auto& row : rows) {
    auto number = row.number.str();
    auto before = found.size();
    by_number_->bind(1, number);
    if (auto done = fetch(*by_number_); !done)
      return done.error();
    if (!row.id || (found.size() > before && found.back().id == *row.id))
      continue;
    by_id_->bind(1, row.id->value);
    if (auto done = fetch(*by_id_); !done)
      return done.error();
  }
  std::ranges::sort(found, {}, &existing_member::id);
  auto repeated = std::ranges::unique(found, {}, &existing_member::id);
  found.erase(repeated.begin(), repeated.end());
  return found;
}

result<std::vector<std::size_t>> sqlite_member_importer::missing(std::span<const import_place> places) {
  std::vector<std::size_t> missing;
  std::array<std::optional<sqlite_statement>, place_kind_count> statements;
  for (std::size_t i = 0; i < places.size(); ++i) {
    auto& statement = statements[static_cast<std::size_t>(places[i].kind)];
    if (!statement) {
      auto table = import_sql::table_of(places[i].kind);
      auto made = sqlite_statement::prepare(*session_, "SELECT 1 FROM " + std::string{table.name} + " WHERE "
                                                           + std::string{table.code_column} + " = ?");
      if (!made)
        return made.error();
      statement.emplace(std::move(*made));
    }
    statement->bind(1, places[i].code);
    auto rows = statement->fetch_texts();
    if (!rows)
      return rows.error();
    if (rows->empty())
      missing.push_back(i);
  }
  return missing;
}

status sqlite_member_importer::add(std::span<const import_place> places, bool bulk) {
  if (auto begun = bulk ? begin_bulk() : ok(); !begun)
    return begun;
  for (const auto& place : places) {
    auto table = import_sql::table_of(place.kind);
    std::vector<std::string_view> columns{table.code_column, table.name_column};
    if (!table.parent_column.empty())
      columns.push_back(table.parent_column);
    auto statement = sqlite_statement::prepare(*session_, "INSERT INTO " + std::string{table.name} + " ("
                                                              + import_sql::joined(columns) + ") VALUES (?, ?"
                                                              + (columns.size() == 3 ? ", ?)" : ")"));
    if (!statement)
      return statement.error();
    statement->bind(1, place.code);
    statement->bind(2, place.name);
    if (columns.size() == 3)
      statement->bind(3, place.parent);
    if (auto done = statement->execute(); !done)
      return done;
  }
  return ok();
}

status sqlite_member_importer::begin_bulk() {
  if (bulk_)
    return ok();
  bulk_ = true;
  return session_->execute(sqlite_begin_bulk);
}

status sqlite_member_importer::prepare_writes(import_columns columns) {
  if (insert_ && prepared_for_ == columns)
    return ok();
  auto names = import_sql::columns_to_write(columns);
  std::string marks = "?1";
  for (std::size_t i = 1; i < names.size(); ++i)
    marks.append(", ?").append(std::to_string(i + 1));
  auto insert = sqlite_statement::prepare(*session_, "INSERT INTO members (" + import_sql::joined(names) + ") VALUES ("
                                                         + marks + ")");
  if (!insert)
    return insert.error();
  std::string set;
  for (auto name : import_sql::columns_to_set(columns)) {
    auto parameter = std::ranges::find(names, name) - names.begin() + 1;
    set.append(set.empty() ? "" : ", ").append(name).append(" = ?").append(std::to_string(parameter));
  }
  auto update = sqlite_statement::prepare(*session_, "UPDATE members SET " + set + " WHERE member_id = ?1");
  if (!update)
    return update.error();
  insert_.emplace(std::move(*insert));
  update_.emplace(std::move(*update));
  prepared_for_ = columns;
  return ok();
}

result<std::vector<refused_write>> sqlite_member_importer::write(std::span<const member_write> rows,
                                                                 import_columns columns, bool bulk) {
  if (auto begun = bulk ? begin_bulk() : ok(); !begun)
    return begun.error();
  if (auto prepared = prepare_writes(columns); !prepared)
    return prepared.error();
  std::vector<refused_write> refused;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto done = write_one(rows[i], columns);
    if (!done && done.error().code != error_code::conflict)
      return done.error();
    if (!done)
      refused.push_back({i, done.error().detail});
  }
  return refused;
}

status sqlite_member_importer::write_one(const member_write& row, import_columns columns) {
  auto& statement = row.is_new ? *insert_ : *update_;
  auto number = row.row->number.str();
  auto parameter = 1;
  if (row.id)
    statement.bind(parameter, row.id->value);
  else
    statement.bind_null(parameter);
  statement.bind(++parameter, number);
  import_sql::for_each_value(row, columns, [&](const std::string* text) {
    ++parameter;
    if (text != nullptr)
      statement.bind(parameter, *text);
    else
      statement.bind_null(parameter);
  });
  return statement.execute();
}

status sqlite_member_importer::save(const import_progress& now, bool first) {
  std::string sql =
      "INSERT INTO import_progress (" + std::string{import_sql::progress_columns} + ", import_id) VALUES (";
  for (std::size_t i = 0; i < import_sql::progress_fields; ++i)
    sql.append("?, ");
  // Two that import the same file at once must not both go on.
  auto statement = sqlite_statement::prepare(*session_, (first ? sql : "REPLACE" + sql.substr(6)) + "?)");
  if (!statement)
    return statement.error();
  auto fields = import_sql::fields_of(now);
  auto parameter = 0;
  for (const auto& field : fields)
    statement->bind(++parameter, field);
  statement->bind(++parameter, now.id);
  return statement->execute();
}

status sqlite_member_importer::commit() {
  if (bulk_)
    if (auto told = session_->execute(sqlite_end_bulk); !told)
      return told;
  return session_->execute("COMMIT");
}

void sqlite_member_importer::roll_back() noexcept {
  if (sqlite3_get_autocommit(session_->handle()) == 0)
    static_cast<void>(session_->execute("ROLLBACK"));
}

/// Whoever has the write lock has it to the end.
bool sqlite_member_importer::may_retry() const noexcept {
  return false;
}

status sqlite_member_importer::forget(std::string_view id) {
  auto statement = sqlite_statement::prepare(*session_, "DELETE FROM import_progress WHERE import_id = ?");
  if (!statement)
    return statement.error();
  statement->bind(1, id);
  return statement->execute();
}

/// No ANALYZE, for the reason that `sqlite_bulk_loader` gives.
status sqlite_member_importer::finish(bool) {
  return session_->execute(sqlite_make_durable);
}

} // namespace tessera
