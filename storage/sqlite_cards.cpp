#include "storage/card_rows.hpp"
#include "storage/sql_time.hpp"
#include "storage/sqlite_connection.hpp"

/// An SQLite connection's part in cards: reissues and revocations.
namespace tessera {

result<std::vector<member_card_state>> sqlite_connection::list_card_states() {
  auto statement = sqlite_statement::prepare(*session_, list_card_states_statement);
  if (!statement)
    return statement.error();
  auto rows = statement->fetch_texts();
  if (!rows)
    return rows.error();
  std::vector<member_card_state> all;
  for (const auto& row : *rows) {
    auto state = card_state_of(row);
    if (!state)
      return state.error();
    all.push_back(*state);
  }
  return all;
}

result<std::string> sqlite_connection::card_states_mark() {
  auto statement = prepared(cards_mark_, card_states_mark_statement);
  if (!statement)
    return statement.error();
  auto rows = (*statement)->fetch_texts();
  if (!rows)
    return rows.error();
  return rows->front()[0] + '/' + rows->front()[1];
}

result<card_state> sqlite_connection::card_state_now(member_id id) {
  auto statement = sqlite_statement::prepare(*session_, std::string{card_state_statement} + "?");
  if (!statement)
    return statement.error();
  statement->bind(1, id.value);
  auto rows = statement->fetch_texts();
  if (!rows)
    return rows.error();
  if (rows->empty())
    return no_such_member();
  auto state = card_state_of(rows->front());
  if (!state)
    return state.error();
  return state->cards;
}

/// Runs a statement that changes a row if the member is there and there can be more of their cards.
status sqlite_connection::change_for_member(member_id id, sqlite_statement& statement) {
  if (auto done = statement.execute(); !done)
    return done;
  if (sqlite3_changes(session_->handle()) != 0)
    return ok();
  auto look = sqlite_statement::prepare(*session_, "SELECT member_id FROM members WHERE member_id = ?");
  if (!look)
    return look.error();
  look->bind(1, id.value);
  auto members = look->fetch_texts();
  if (!members)
    return members.error();
  return members->empty() ? no_such_member() : no_further_card();
}

result<card_state> sqlite_connection::reissue_card(member_id id, utc_time at) {
  std::string sql{"INSERT INTO card_state (member_id, epoch, updated_at) SELECT m.member_id, 2, ? FROM members m "
                  "WHERE m.member_id = ? AND "};
  sql.append(can_have_cards)
      .append(" ON CONFLICT (member_id) DO UPDATE SET epoch = card_state.epoch + 1, "
              "updated_at = excluded.updated_at WHERE ");
  sql.append(has_next_epoch);
  auto statement = sqlite_statement::prepare(*session_, sql);
  if (!statement)
    return statement.error();
  auto time = sql_time(at);
  statement->bind(1, time);
  statement->bind(2, id.value);
  if (auto done = change_for_member(id, *statement); !done)
    return done.error();
  return card_state_now(id);
}

result<card_state> sqlite_connection::revoke_cards(const card_revocation& what) {
  std::string sql{"INSERT INTO revocations (member_id, epoch, reason, revoked_by, revoked_at) "
                  "SELECT m.member_id, COALESCE(c.epoch, 1), ?, ?, ? FROM members m LEFT JOIN card_state c "
                  "ON c.member_id = m.member_id WHERE m.member_id = ? AND "};
  sql.append(can_have_cards).append(" AND ").append(has_known_epoch);
  auto statement = sqlite_statement::prepare(*session_, sql);
  if (!statement)
    return statement.error();
  auto time = sql_time(what.at);
  statement->bind(1, what.reason);
  statement->bind(2, what.revoked_by);
  statement->bind(3, time);
  statement->bind(4, what.id.value);
  if (auto done = change_for_member(what.id, *statement); !done)
    return done.error();
  return card_state_now(what.id);
}

} // namespace tessera
