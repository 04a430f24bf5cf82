#include "storage/sqlite_connection.hpp"

#include "storage/api_key_rows.hpp"
#include "storage/sql_time.hpp"

#include <algorithm>
#include <cstdint>

namespace tessera {

namespace {

constexpr std::string_view audit_statement =
    "INSERT INTO audit_log (action, subject, request_id, actor, at, reason, until_at) VALUES (?, ?, ?, ?, ?, ?, ?)";

bool is_group(std::size_t keys) {
  return keys >= 1 && keys <= max_keys_per_statement;
}

failure no_group() {
  return {error_code::internal, "a statement takes 1 to 64 keys"};
}

} // namespace

sqlite_connection::sqlite_connection(std::unique_ptr<sqlite_session> session) : session_(std::move(session)) {
}

result<sqlite_statement*> sqlite_connection::prepared(std::optional<sqlite_statement>& slot, std::string_view sql) {
  if (!slot) {
    auto made = sqlite_statement::prepare(*session_, sql);
    if (!made)
      return made.error();
    slot.emplace(std::move(*made));
  }
  return &*slot;
}

result<std::vector<member>> sqlite_connection::find(std::span<const id_number> keys) {
  if (!is_group(keys.size()))
    return no_group();
  auto size = group_size(keys.size());
  auto statement = prepared(by_number_[group_index(size)], find_statement("id_number", size));
  if (!statement)
    return statement.error();
  std::array<std::array<char, id_number::length>, max_keys_per_statement> texts;
  for (std::size_t i = 0; i < size; ++i) {
    texts[i] = keys[std::min(i, keys.size() - 1)].digits();
    (*statement)->bind(static_cast<int>(i + 1), std::string_view{texts[i].data(), texts[i].size()});
  }
  return (*statement)->fetch_members();
}

result<std::vector<member>> sqlite_connection::find(std::span<const member_id> keys) {
  if (!is_group(keys.size()))
    return no_group();
  auto size = group_size(keys.size());
  auto statement = prepared(by_id_[group_index(size)], find_statement("member_id", size));
  if (!statement)
    return statement.error();
  for (std::size_t i = 0; i < size; ++i)
    (*statement)->bind(static_cast<int>(i + 1), keys[std::min(i, keys.size() - 1)].value);
  return (*statement)->fetch_members();
}

result<std::vector<member>> sqlite_connection::newest(std::optional<member_id> before, std::size_t count) {
  auto statement = prepared(newest_, newest_statement);
  if (!statement)
    return statement.error();
  (*statement)->bind(1, before ? before->value : UINT64_MAX);
  (*statement)->bind(2, std::uint64_t{count});
  return (*statement)->fetch_members();
}

result<std::optional<id_number>> sqlite_connection::id_number_of(member_id id) {
  auto statement = prepared(id_number_, id_number_statement);
  if (!statement)
    return statement.error();
  (*statement)->bind(1, id.value);
  auto rows = (*statement)->fetch_texts();
  if (!rows)
    return rows.error();
  return rows->empty() ? std::nullopt : id_number::from_digits(rows->front().front());
}

status sqlite_connection::append(std::span<const audit_entry> entries) {
  if (entries.empty())
    return ok();
  auto statement = prepared(audit_, audit_statement);
  if (!statement)
    return statement.error();
  return session_->in_transaction([&]() -> status {
    for (const auto& entry : entries) {
      auto at = sql_time(entry.at);
      (*statement)->bind(1, entry.action);
      (*statement)->bind(2, entry.subject);
      (*statement)->bind(3, entry.request_id);
      (*statement)->bind(4, entry.actor);
      (*statement)->bind(5, at);
      (*statement)->bind(6, entry.reason);
      auto until = entry.until ? sql_time(*entry.until) : std::string{};
      if (entry.until)
        (*statement)->bind(7, until);
      else
        (*statement)->bind_null(7);
      if (auto done = (*statement)->execute(); !done)
        return done;
    }
    return ok();
  });
}

result<std::vector<api_key_record>> sqlite_connection::list_api_keys() {
  auto statement = prepared(api_keys_, list_api_keys_statement);
  if (!statement)
    return statement.error();
  auto rows = (*statement)->fetch_texts();
  if (!rows)
    return rows.error();
  std::vector<api_key_record> keys;
  for (const auto& row : *rows)
    keys.push_back(api_key_of(row));
  return keys;
}

status sqlite_connection::add_api_key(const api_key_record& key) {
  std::string sql{"INSERT INTO api_keys ("};
  sql.append(api_key_columns).append(") VALUES (?, X'").append(hex_of(key.hash)).append("', ?, ?, ?, ?, ?, NULL)");
  auto statement = sqlite_statement::prepare(*session_, sql);
  if (!statement)
    return statement.error();
  auto scopes = to_string(key.scopes);
  auto created = sql_time(key.created);
  auto expires = key.expires ? sql_time(*key.expires) : std::string{};
  statement->bind(1, key.id);
  statement->bind(2, key.name);
  statement->bind(3, scopes);
  statement->bind(4, std::uint64_t{key.limit_multiplier});
  statement->bind(5, created);
  if (key.expires)
    statement->bind(6, expires);
  else
    statement->bind_null(6);
  return statement->execute();
}

result<bool> sqlite_connection::revoke_api_key(std::string_view id, utc_time at) {
  auto update = sqlite_statement::prepare(*session_,
                                          "UPDATE api_keys SET revoked_at = ? WHERE revoked_at IS NULL AND key_id = ?");
  if (!update)
    return update.error();
  auto time = sql_time(at);
  update->bind(1, time);
  update->bind(2, id);
  if (auto done = update->execute(); !done)
    return done.error();
  if (sqlite3_changes(session_->handle()) > 0)
    return true;
  auto select = sqlite_statement::prepare(*session_, "SELECT 1 FROM api_keys WHERE key_id = ?");
  if (!select)
    return select.error();
  select->bind(1, id);
  auto rows = select->fetch_texts();
  if (!rows)
    return rows.error();
  if (rows->empty())
    return no_such_key();
  return false;
}

status sqlite_connection::ping() {
  return session_->execute(probe_statement);
}

void sqlite_connection::interrupt() noexcept {
  session_->interrupt();
}

} // namespace tessera
