#include "storage/mysql_connection.hpp"

#include "storage/api_key_rows.hpp"
#include "storage/mysql_errors.hpp"
#include "storage/sql_time.hpp"

#include <algorithm>
#include <limits>

namespace tessera {

namespace {

bool is_group(std::size_t keys) {
  return keys >= 1 && keys <= max_keys_per_statement;
}

failure no_group() {
  return {error_code::internal, "a statement takes 1 to 64 keys"};
}

} // namespace

mysql_connection::mysql_connection(std::unique_ptr<mysql_session> session) : session_(std::move(session)) {
}

result<std::vector<member>> mysql_connection::find(std::span<const id_number> keys) {
  if (!is_group(keys.size()))
    return no_group();
  auto size = group_size(keys.size());
  std::array<MYSQL_BIND, max_keys_per_statement> binds;
  for (std::size_t i = 0; i < size; ++i) {
    numbers_[i] = keys[std::min(i, keys.size() - 1)].digits();
    binds[i] = bind_text(numbers_[i].data(), id_number::length);
  }
  auto found = run_group(by_number_, "id_number", std::span{binds}.first(size), keys.size());
  if (found)
    drop_older_twins(*found);
  return found;
}

result<std::vector<member>> mysql_connection::find(std::span<const member_id> keys) {
  if (!is_group(keys.size()))
    return no_group();
  auto size = group_size(keys.size());
  std::array<MYSQL_BIND, max_keys_per_statement> binds;
  for (std::size_t i = 0; i < size; ++i) {
    ids_[i] = keys[std::min(i, keys.size() - 1)].value;
    binds[i] = bind_number(ids_[i]);
  }
  return run_group(by_id_, "member_id", std::span{binds}.first(size), keys.size());
}

result<std::vector<member>> mysql_connection::run_group(group_statements& statements, std::string_view key_column,
                                                        std::span<MYSQL_BIND> keys, std::size_t expected) {
  auto& statement = statements[group_index(keys.size())];
  if (!statement) {
    auto prepared = mysql_statement::prepare(*session_, find_statement(key_column, keys.size()), keys);
    if (!prepared)
      return prepared.error();
    statement.emplace(std::move(*prepared));
  }
  return statement->fetch_members(columns_, expected);
}

result<std::vector<member>> mysql_connection::newest(std::optional<member_id> before, std::size_t count) {
  newest_parameters_ = {before ? before->value : std::numeric_limits<std::uint64_t>::max(), count};
  if (!newest_) {
    std::array binds{bind_number(newest_parameters_[0]), bind_number(newest_parameters_[1])};
    auto prepared = mysql_statement::prepare(*session_, newest_statement, binds);
    if (!prepared)
      return prepared.error();
    newest_.emplace(std::move(*prepared));
  }
  return newest_->fetch_members(columns_, std::min<std::size_t>(count, 10'000));
}

result<std::optional<id_number>> mysql_connection::id_number_of(member_id id) {
  ids_[0] = id.value;
  if (!id_number_) {
    auto bind = bind_number(ids_[0]);
    auto prepared = mysql_statement::prepare(*session_, id_number_statement, {&bind, 1});
    if (!prepared)
      return prepared.error();
    id_number_.emplace(std::move(*prepared));
  }
  auto text = id_number_->fetch_text();
  if (!text)
    return text.error();
  return *text ? id_number::from_digits(**text) : std::nullopt;
}

status mysql_connection::append(std::span<const audit_entry> entries) {
  if (entries.empty())
    return ok();
  auto done = append_once(entries);
  if (!done && session_->usable() && explain_mysql(session_->last_error()).transient)
    done = append_once(entries);
  return done;
}

/// One statement of many rows is all or nothing by itself.
status mysql_connection::append_once(std::span<const audit_entry> entries) {
  std::string sql{"INSERT INTO audit_log (action, subject, request_id, actor, at, reason, until_at) VALUES "};
  for (const auto& entry : entries) {
    sql.append(&entry == entries.data() ? "(" : ", (");
    for (const auto* text : {&entry.action, &entry.subject, &entry.request_id, &entry.actor}) {
      session_->append_literal(sql, *text);
      sql.append(", ");
    }
    session_->append_literal(sql, sql_time(entry.at));
    sql.append(", ");
    session_->append_literal(sql, entry.reason);
    sql.append(", ");
    if (entry.until)
      session_->append_literal(sql, sql_time(*entry.until));
    else
      sql.append("NULL");
    sql.append(")");
  }
  return session_->execute(sql);
}

result<std::vector<api_key_record>> mysql_connection::list_api_keys() {
  auto rows = session_->query(list_api_keys_statement, api_key_column_count);
  if (!rows)
    return rows.error();
  std::vector<api_key_record> keys;
  for (auto& row : *rows)
    keys.push_back(api_key_of(texts_of(std::move(row))));
  return keys;
}

status mysql_connection::add_api_key(const api_key_record& key) {
  std::string sql{"INSERT INTO api_keys ("};
  sql.append(api_key_columns).append(") VALUES (");
  session_->append_literal(sql, key.id);
  sql.append(", X'").append(hex_of(key.hash)).append("', ");
  session_->append_literal(sql, key.name);
  sql.append(", ");
  session_->append_literal(sql, to_string(key.scopes));
  sql.append(", ").append(std::to_string(key.limit_multiplier)).append(", ");
  session_->append_literal(sql, sql_time(key.created));
  sql.append(", ");
  if (key.expires)
    session_->append_literal(sql, sql_time(*key.expires));
  else
    sql.append("NULL");
  sql.append(", NULL)");
  return session_->execute(sql);
}

result<bool> mysql_connection::revoke_api_key(std::string_view id, utc_time at) {
  std::string sql{"UPDATE api_keys SET revoked_at = "};
  session_->append_literal(sql, sql_time(at));
  sql.append(" WHERE revoked_at IS NULL AND key_id = ");
  session_->append_literal(sql, id);
  if (auto done = session_->execute(sql); !done)
    return done.error();
  sql = "SELECT ROW_COUNT(), (SELECT COUNT(*) FROM api_keys WHERE key_id = ";
  session_->append_literal(sql, id);
  sql.append(")");
  auto counts = session_->query_row(sql, 2);
  if (!counts)
    return counts.error();
  if ((*counts)[1] == "0")
    return no_such_key();
  return (*counts)[0] != "0";
}

status mysql_connection::ping() {
  return session_->execute(probe_statement);
}

void mysql_connection::interrupt() noexcept {
  session_->interrupt();
}

} // namespace tessera
