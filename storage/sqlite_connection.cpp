#include "storage/sqlite_connection.hpp"

#include "storage/sql_time.hpp"

#include <algorithm>
#include <cstdint>

namespace tessera {

namespace {

constexpr std::string_view audit_statement =
    "INSERT INTO audit_log (action, subject, request_id, actor, at) VALUES (?, ?, ?, ?, ?)";

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
      if (auto done = (*statement)->execute(); !done)
        return done;
    }
    return ok();
  });
}

status sqlite_connection::ping() {
  return session_->execute(probe_statement);
}

void sqlite_connection::interrupt() noexcept {
  session_->interrupt();
}

} // namespace tessera
