#pragma once

#include "storage/member_store.hpp"
#include "storage/mysql_session.hpp"
#include "storage/mysql_statement.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

namespace tessera {

/// A connection to the member store in MySQL. Statements are prepared when first needed. ID numbers are bound as text
/// of 13 bytes, never as numbers: a number against a CHAR column makes the server scan.
class mysql_connection final : public store_connection {
public:
  explicit mysql_connection(std::unique_ptr<mysql_session> session);

  result<std::vector<member>> find(std::span<const id_number> keys) override;
  result<std::vector<member>> find(std::span<const member_id> keys) override;
  result<std::vector<member>> newest(std::optional<member_id> before, std::size_t count) override;
  result<std::optional<id_number>> id_number_of(member_id id) override;
  status append(std::span<const audit_entry> entries) override;
  result<std::vector<api_key_record>> list_api_keys() override;
  status add_api_key(const api_key_record& key) override;
  result<bool> revoke_api_key(std::string_view id, utc_time at) override;
  result<std::vector<member_card_state>> list_card_states() override;
  result<std::string> card_states_mark() override;
  result<card_state> reissue_card(member_id id, utc_time at) override;
  result<card_state> revoke_cards(const card_revocation& what) override;
  result<std::optional<buffer_pool_state>> buffer_pool() override;
  status ping() override;
  void interrupt() noexcept override;

private:
  result<card_state> card_state_now(member_id id);
  status change_for_member(member_id id, std::string_view sql);
  using group_statements = std::array<std::optional<mysql_statement>, group_sizes>;

  result<std::vector<member>> run_group(group_statements& statements, std::string_view key_column,
                                        std::span<MYSQL_BIND> keys, std::size_t expected);
  status append_once(std::span<const audit_entry> entries);

  std::unique_ptr<mysql_session> session_;
  mysql_member_columns columns_;
  std::array<std::array<char, id_number::length>, max_keys_per_statement> numbers_{};
  std::array<std::uint64_t, max_keys_per_statement> ids_{};
  std::array<std::uint64_t, 2> newest_parameters_{};
  // After what they point to: statements go first.
  group_statements by_number_;
  group_statements by_id_;
  std::optional<mysql_statement> newest_;
  std::optional<mysql_statement> id_number_;
};

} // namespace tessera
