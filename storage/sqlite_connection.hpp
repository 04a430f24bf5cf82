#pragma once

#include "storage/member_query.hpp"
#include "storage/member_store.hpp"
#include "storage/sqlite_session.hpp"
#include "storage/sqlite_statement.hpp"

#include <array>
#include <memory>
#include <optional>

namespace tessera {

/// A connection to the member store in an SQLite file. Readers never wait for the writer (write-ahead log); writers of
/// all connections and processes wait for each other.
class sqlite_connection final : public store_connection {
public:
  explicit sqlite_connection(std::unique_ptr<sqlite_session> session);

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
  status ping() override;
  void interrupt() noexcept override;

private:
  result<card_state> card_state_now(member_id id);
  status change_for_member(member_id id, sqlite_statement& statement);
  result<std::optional<batch_job>> job_where(std::string_view condition, std::string_view first,
                                             std::string_view second);
  result<created_job> create_unless_there(const batch_job& job, utc_time expired, std::size_t most_unfinished);
  status insert_job(const batch_job& job);
  result<leased_jobs> jobs_held_by(std::string_view holder);
  result<std::uint64_t> data_version();
  /// Returns `*slot`, preparing it when first needed.
  result<sqlite_statement*> prepared(std::optional<sqlite_statement>& slot, std::string_view sql);

  std::unique_ptr<sqlite_session> session_; // before the statements: they go first
  std::array<std::optional<sqlite_statement>, group_sizes> by_number_;
  std::array<std::optional<sqlite_statement>, group_sizes> by_id_;
  std::optional<sqlite_statement> newest_;
  std::optional<sqlite_statement> id_number_;
  std::optional<sqlite_statement> audit_;
  std::optional<sqlite_statement> api_keys_;
  std::optional<sqlite_statement> cards_mark_;
  std::optional<sqlite_statement> data_version_;

  /// As of which version of the data all changes from `from` on were read.
  struct changes_read {
    std::uint64_t version = 0;
    std::uint64_t from = 0;
  };
  std::optional<changes_read> all_read_;
};

} // namespace tessera
