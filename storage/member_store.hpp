#pragma once

#include "cards/batch_job.hpp"
#include "cards/card_ledger.hpp"
#include "cards/member.hpp"
#include "cards/result.hpp"
#include "config/settings.hpp"
#include "guard/api_key_record.hpp"
#include "storage/bulk_loader.hpp"
#include "storage/change_feed.hpp"
#include "storage/member_importer.hpp"
#include "storage/store_url.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// One line of the audit log: who did what to which member, and why the request is known.
struct audit_entry {
  std::string action;  ///< "cache.clear", "cache.warm", …
  std::string subject; ///< a member id or another non-personal name of what was acted on
  std::string request_id;
  std::string actor; ///< who: "key:" and a key's id, "token" (of the operator plane), "local", "open", or "cli"
  utc_time at{};
  std::string reason{};            ///< if somebody gave one
  std::optional<utc_time> until{}; ///< of what ends by itself

  bool operator==(const audit_entry&) const = default;
};

/// That a member's cards so far shall count no more.
struct card_revocation {
  member_id id;
  std::string reason;     ///< for people; at most 255 bytes
  std::string revoked_by; ///< as `audit_entry::actor`
  utc_time at{};
};

/// On whose behalf a job runs, and for how long without another word of theirs, by the store's clock.
struct job_lease {
  std::string holder; ///< at most 64 bytes of ASCII; empty: nobody
  std::chrono::milliseconds length{};
};

/// A job as the store has it after `create_job`.
struct created_job {
  batch_job job;
  bool was_there = false; ///< by its idempotency key

  bool operator==(const created_job&) const = default;
};

/// The jobs that somebody holds a lease of.
struct leased_jobs {
  std::vector<batch_job> jobs; ///< oldest first
  std::size_t broken = 0;      ///< rows that are no job: they were set aside, so that nobody meets them again

  bool operator==(const leased_jobs&) const = default;
};

/// What a database server says of the cache that it keeps its pages in itself. Counts are since the server's start.
struct buffer_pool_state {
  std::uint64_t bytes = 0;
  std::uint64_t used_bytes = 0;
  std::uint64_t requests = 0; ///< of pages
  std::uint64_t reads = 0;    ///< of those that were not there

  bool operator==(const buffer_pool_state&) const = default;
};

/// The most keys that one statement takes.
inline constexpr std::size_t max_keys_per_statement = 64;

/// One connection to the member store. All calls block and belong to one thread, except `interrupt`. After a failure
/// with `error_code::database_unavailable` the connection is unusable and must be thrown away.
class store_connection : public change_feed {
public:
  /// Returns the active members among `keys` (1 to `max_keys_per_statement`, one statement), in any order; keys
  /// without an active member are absent.
  virtual result<std::vector<member>> find(std::span<const id_number> keys) = 0;
  virtual result<std::vector<member>> find(std::span<const member_id> keys) = 0;

  /// Returns up to `count` active members with ids below `before`, newest (highest id) first; without `before` from
  /// the newest.
  virtual result<std::vector<member>> newest(std::optional<member_id> before, std::size_t count) = 0;

  /// Returns the ID number of the member, active or not; nothing if there is no such member.
  virtual result<std::optional<id_number>> id_number_of(member_id id) = 0;

  /// Appends to the audit log, all entries or none.
  virtual status append(std::span<const audit_entry> entries) = 0;

  /// Returns all API keys, also those that are revoked or expired, oldest first.
  virtual result<std::vector<api_key_record>> list_api_keys() = 0;

  /// Adds an API key that is not revoked; a conflict if its id or its hash is there already.
  virtual status add_api_key(const api_key_record& key) = 0;

  /// Revokes an API key. Returns whether this call did: false if it had been revoked before, whose time stays. Fails
  /// with not_found if there is no such key.
  virtual result<bool> revoke_api_key(std::string_view id, utc_time at) = 0;

  /// Returns the state of the cards of all members who have had one reissued or revoked, by ascending id.
  virtual result<std::vector<member_card_state>> list_card_states() = 0;

  /// Returns a text that is another one when `list_card_states` has changed: cheap. A reissue whose time is not later
  /// than that of every other one may be missed, as by a node whose clock is behind; so read all now and then.
  virtual result<std::string> card_states_mark() = 0;

  /// Begins the next epoch of a member's cards and returns their state. Fails with not_found if there is no such
  /// member, active or not, and with a conflict if there can be no further card of them (their id is over
  /// `max_card_member`, the epoch is the last one, or its row is odd). If the answer is lost, it may have begun.
  virtual result<card_state> reissue_card(member_id id, utc_time at) = 0;

  /// Revokes a member's cards of the current epoch and all before it; likewise.
  virtual result<card_state> revoke_cards(const card_revocation& what) = 0;

  /// Keeps a new job, leased to nobody; also between processes, an owner has one job per idempotency key. Returns the
  /// one that is there already if it was created after `expired`. Fails with queue_full if the owner has
  /// `most_unfinished` jobs that are not done (or, on several nodes in the same moment, some more).
  virtual result<created_job> create_job(const batch_job& job, utc_time expired, std::size_t most_unfinished) = 0;

  /// Returns the job of that owner and id, if there is one.
  virtual result<std::optional<batch_job>> read_job(std::string_view owner, std::string_view id) = 0;

  /// Leases to `lease.holder` up to `count` jobs that are not done and that nobody has a lease of (any more), oldest
  /// first; they are running from `at`. Each goes to one holder only. Returns all jobs that the holder has then.
  virtual result<leased_jobs> lease_jobs(const job_lease& lease, std::size_t count, utc_time at) = 0;

  /// Returns how many jobs are not done and leased to nobody.
  virtual result<std::size_t> count_free_jobs() = 0;

  /// Saves how far a job has come, and prolongs the lease of one that is not done. Returns whether `lease.holder` held
  /// it still; if not, nothing is saved.
  virtual result<bool> save_job(const batch_job& job, const job_lease& lease) = 0;

  /// Ends all leases of that holder.
  virtual status hand_back_jobs(std::string_view holder) = 0;

  /// Forgets the jobs that were created then or before.
  virtual status delete_jobs(utc_time created_until) = 0;

  /// Returns the state of the server's own cache; nothing where there is none to ask.
  virtual result<std::optional<buffer_pool_state>> buffer_pool() {
    return std::optional<buffer_pool_state>{};
  }

  /// Reads one row of the members, if there is any: cheap, but not without what lookups need.
  virtual status ping() = 0;

  /// Makes a call that blocks in another thread fail soon. Any thread; the connection must still exist.
  virtual void interrupt() noexcept = 0;
};

/// Opens connections to one store. Any thread.
class member_store {
public:
  member_store() = default;
  member_store(const member_store&) = delete;
  member_store& operator=(const member_store&) = delete;
  virtual ~member_store() = default;

  /// Connects, within the connect timeout.
  virtual result<std::unique_ptr<store_connection>> connect() = 0;

  /// Returns success if the store's schema is the one that this program expects; else one sentence that says what to
  /// do ("run `tessera migrate --store …`").
  virtual status check_schema() = 0;

  /// Brings the schema up to date: idempotent, forward only. Returns the versions it applied.
  virtual result<std::vector<std::string>> migrate() = 0;

  /// Opens a connection for filling the store with many rows.
  virtual result<std::unique_ptr<bulk_loader>> load() = 0;

  /// Opens a connection for importing rows of files.
  virtual result<std::unique_ptr<member_importer>> import() = 0;

  /// Returns how many connections at once make sense for this kind of store: 2 for SQLite, the connection limit of the
  /// settings for MySQL.
  virtual unsigned useful_connections() const noexcept = 0;

  /// Returns the address for people, without secrets.
  virtual std::string describe() const = 0;
};

/// Returns the store at `address`; does not connect yet.
std::shared_ptr<member_store> make_member_store(const store_address& address, const database_settings& settings);

} // namespace tessera
