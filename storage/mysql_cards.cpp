#include "storage/card_rows.hpp"
#include "storage/mysql_connection.hpp"
#include "storage/sql_time.hpp"

/// A MySQL connection's part in cards: reissues and revocations.
namespace tessera {

result<std::vector<member_card_state>> mysql_connection::list_card_states() {
  auto rows = session_->query(list_card_states_statement, card_state_column_count);
  if (!rows)
    return rows.error();
  std::vector<member_card_state> all;
  for (auto& row : *rows) {
    auto state = card_state_of(texts_of(std::move(row)));
    if (!state)
      return state.error();
    all.push_back(*state);
  }
  return all;
}

result<std::string> mysql_connection::card_states_mark() {
  auto row = session_->query_row(card_states_mark_statement, 2);
  if (!row)
    return row.error();
  auto texts = texts_of(std::move(*row));
  return texts[0] + '/' + texts[1];
}

result<card_state> mysql_connection::card_state_now(member_id id) {
  auto rows = session_->query(std::string{card_state_statement} + std::to_string(id.value), card_state_column_count);
  if (!rows)
    return rows.error();
  if (rows->empty())
    return no_such_member();
  auto state = card_state_of(texts_of(std::move(rows->front())));
  if (!state)
    return state.error();
  return state->cards;
}

/// Runs a statement that changes a row if the member is there and there can be more of their cards.
status mysql_connection::change_for_member(member_id id, std::string_view sql) {
  if (auto done = session_->execute(sql); !done)
    return done;
  auto count = session_->query_row("SELECT ROW_COUNT()", 1);
  if (!count)
    return count.error();
  if (count->front() != "0")
    return ok();
  auto members = session_->query("SELECT member_id FROM members WHERE member_id = " + std::to_string(id.value), 1);
  if (!members)
    return members.error();
  return members->empty() ? no_such_member() : no_further_card();
}

result<card_state> mysql_connection::reissue_card(member_id id, utc_time at) {
  std::string sql{"INSERT INTO card_state (member_id, epoch, updated_at) SELECT m.member_id, 2, "};
  session_->append_literal(sql, sql_time(at));
  sql.append(" FROM members m WHERE m.member_id = ").append(std::to_string(id.value));
  sql.append(" AND ").append(can_have_cards);
  // Left to right, so the epoch comes last. A row that stays as it is counts as not changed.
  sql.append(" ON DUPLICATE KEY UPDATE updated_at = IF(").append(has_next_epoch);
  sql.append(", VALUES(updated_at), card_state.updated_at), epoch = IF(").append(has_next_epoch);
  sql.append(", card_state.epoch + 1, card_state.epoch)");
  if (auto done = change_for_member(id, sql); !done)
    return done.error();
  return card_state_now(id);
}

result<card_state> mysql_connection::revoke_cards(const card_revocation& what) {
  std::string sql{"INSERT INTO revocations (member_id, epoch, reason, revoked_by, revoked_at) "
                  "SELECT m.member_id, COALESCE(c.epoch, 1), "};
  session_->append_literal(sql, what.reason);
  sql.append(", ");
  session_->append_literal(sql, what.revoked_by);
  sql.append(", ");
  session_->append_literal(sql, sql_time(what.at));
  sql.append(" FROM members m LEFT JOIN card_state c ON c.member_id = m.member_id WHERE m.member_id = ");
  sql.append(std::to_string(what.id.value)).append(" AND ").append(can_have_cards);
  sql.append(" AND ").append(has_known_epoch);
  if (auto done = change_for_member(what.id, sql); !done)
    return done.error();
  return card_state_now(what.id);
}

} // namespace tessera
