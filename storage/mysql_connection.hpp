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
  result<created_job> create_job(const batch_job& job, utc_time expired, std::size_t most_unfinished) override;
  result<std::optional<batch_job>> read_job(std::string_view owner, std::string_view id) override;
  result<leased_jobs> lease_jobs(const job_lease& lease, std::size_t count, utc_time at) override;
  result<std::size_t> count_free_jobs() override;
  result<bool> save_job(const batch_job& job, const job_lease& lease) override;
  status hand_back_jobs(std::string_view holder) override;
  status delete_jobs(utc_time created_until) override;
  result<change_start> find_change_start(std::string_view reader) override;
  result<std::optional<change_page>> read_changes(std::uint64_t from, std::span<const change_gap> gaps,
                                                  std::size_t limit) override;
  result<bool> holds_change(const change_gap& gap) override;
  status save_change_position(std::string_view reader, std::uint64_t position, bool anew) override;
  result<bool> purge_changes(std::uint64_t before, std::chrono::seconds age) override;
  result<std::optional<buffer_pool_state>> buffer_pool() override;
  status ping() override;
  void interrupt() noexcept override;

private:
  result<card_state> card_state_now(member_id id);
  status change_for_member(member_id id, std::string_view sql);
  result<std::optional<batch_job>> job_where(std::string_view condition);
  result<bool> owner_may_have_another(const batch_job& job, std::size_t most_unfinished);
  status insert_job(const batch_job& job);
  status set_aside(std::string_view job_id);
  std::string literal(std::string_view text);
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
