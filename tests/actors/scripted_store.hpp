#pragma once

#include "storage/member_store.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// A member store without a database, whose mishaps a test commands. Any thread.
namespace tessera::testing {

/// Has the members 1 to 1'000'000, each with the ID number of the same digits.
class scripted_store : public member_store {
public:
  struct kept_job {
    batch_job job;
    std::string holder{};
    utc_time until{}; ///< of the lease; meaningless for a job that is done
  };

  /// What befalls statements and connects from now on.
  struct script {
    bool refuse_connects = false;
    bool hold_statements = false;           ///< they block until this ends or they are interrupted
    std::set<std::uint64_t> held;           ///< statements with these keys block likewise
    std::set<std::uint64_t> poison;         ///< statements with these keys fail; the connection stays usable
    unsigned lose_connection = 0;           ///< so many statements fail and take their connections along
    bool fail_pings = false;                ///< they fail; the connection stays usable
    unsigned throw_exception = 0;           ///< so many statements throw
    bool refuse_appends = false;            ///< as if the database were gone
    std::set<std::string> rejected_actions; ///< appends with these fail by themselves
    unsigned useful = 0;
    std::vector<api_key_record> keys;
    bool hold_key_reads = false;   ///< they block until this ends or they are interrupted
    bool refuse_key_reads = false; ///< as if the database were gone
    bool throw_at_key_reads = false;
    unsigned kill_key_readers = 0; ///< so many key reads throw what no actor survives

    std::vector<member_card_state> cards; ///< by ascending member id
    unsigned card_mark = 0;               ///< whoever changes `cards` raises it
    bool hold_card_calls = false;         ///< they block until this ends or they are interrupted
    bool throw_at_card_calls = false;
    error_code card_reads_fail = error_code::none;   ///< with this; `database_unavailable` takes the connection along
    error_code card_changes_fail = error_code::none; ///< likewise

    std::vector<kept_job> jobs;                   ///< in the order in which they were created
    utc_time job_time{};                          ///< by which leases end
    bool hold_job_calls = false;                  ///< they block until this ends or they are interrupted
    error_code job_calls_fail = error_code::none; ///< with this; `database_unavailable` takes the connection along

    std::map<std::uint64_t, member_change> changes; ///< committed, by number
    std::set<std::uint64_t> held_changes;           ///< numbers of transactions that are open
    std::map<std::string, std::uint64_t, std::less<>> change_positions;
    utc_time change_time{};                          ///< now
    error_code change_reads_fail = error_code::none; ///< with this; `database_unavailable` takes the connection along
    error_code change_saves_fail = error_code::none; ///< likewise
  };

  /// What happened so far.
  struct record {
    std::vector<std::vector<std::uint64_t>> statements; ///< the keys of each, as begun
    std::vector<std::vector<audit_entry>> appends;      ///< those that succeeded
    std::size_t append_attempts = 0;
    std::size_t key_reads = 0;
    std::size_t key_reads_held = 0; ///< now
    std::size_t pings = 0;
    std::size_t connect_attempts = 0;
    std::size_t connections_opened = 0;
    std::size_t connections_now = 0;
    std::size_t most_connections = 0;
    std::size_t used_after_failure = 0;                   ///< calls on a connection that should have been thrown away
    std::size_t interrupts = 0;                           ///< but those of the connection that reads keys
    std::size_t key_interrupts = 0;                       ///< those
    std::size_t card_marks = 0;                           ///< times that it was asked for
    std::size_t card_lists = 0;                           ///< likewise
    std::size_t card_calls_held = 0;                      ///< now
    std::vector<std::pair<member_id, utc_time>> reissues; ///< that succeeded
    std::vector<card_revocation> revocations;             ///< likewise
    std::vector<batch_job> job_saves;                     ///< likewise
    std::size_t job_reads = 0;                            ///< of one job
    std::size_t job_leases = 0;                           ///< times that some were asked for
    std::size_t job_calls_held = 0;                       ///< now
    std::size_t change_reads = 0;
    std::vector<std::uint64_t> purges; ///< before which change
  };

  static member make(std::uint64_t value) {
    member result;
    result.id = member_id{value};
    result.number = *id_number::from_packed(value);
    result.first_name = "Nomvula";
    result.last_name = "van der Merwe";
    return result;
  }

  template <class Change>
  void change(Change&& what) {
    std::lock_guard guard{shared_->mutex};
    what(shared_->script);
    shared_->changed.notify_all();
  }

  record seen() const {
    std::lock_guard guard{shared_->mutex};
    return shared_->record;
  }

  result<std::unique_ptr<store_connection>> connect() override {
    std::lock_guard guard{shared_->mutex};
    auto& record = shared_->record;
    ++record.connect_attempts;
    if (shared_->script.refuse_connects)
      return failure{error_code::database_unavailable, "connecting was refused"};
    ++record.connections_opened;
    ++record.connections_now;
    record.most_connections = std::max(record.most_connections, record.connections_now);
    return std::unique_ptr<store_connection>{std::make_unique<connection>(shared_)};
  }

  status check_schema() override {
    return ok();
  }
  result<std::vector<std::string>> migrate() override {
    return std::vector<std::string>{};
  }
  result<std::unique_ptr<bulk_loader>> load() override {
    return failure{error_code::internal, "not scripted"};
  }
  result<std::unique_ptr<member_importer>> import() override {
    return failure{error_code::internal, "not scripted"};
  }
  unsigned useful_connections() const noexcept override {
    std::lock_guard guard{shared_->mutex};
    return shared_->script.useful;
  }
  std::string describe() const override {
    return "scripted";
  }

private:
  struct shared_state {
    std::mutex mutex;
    std::condition_variable changed;
    scripted_store::script script;
    scripted_store::record record;
  };

  class connection : public store_connection {
  public:
    explicit connection(std::shared_ptr<shared_state> shared) : shared_(std::move(shared)) {
    }
    ~connection() override {
      std::lock_guard guard{shared_->mutex};
      --shared_->record.connections_now;
    }

    result<std::vector<member>> find(std::span<const id_number> keys) override {
      std::vector<std::uint64_t> values;
      for (auto& x : keys)
        values.push_back(x.packed());
      return find_values(values);
    }
    result<std::vector<member>> find(std::span<const member_id> keys) override {
      std::vector<std::uint64_t> values;
      for (auto& x : keys)
        values.push_back(x.value);
      return find_values(values);
    }
    result<std::vector<member>> newest(std::optional<member_id> before, std::size_t count) override {
      if (auto fault = begin({}); !fault)
        return fault.error();
      std::vector<member> rows;
      auto next = before ? before->value : 1'000'001;
      while (rows.size() < count && next > 1)
        rows.push_back(make(--next));
      return rows;
    }
    result<std::optional<id_number>> id_number_of(member_id id) override {
      if (auto fault = begin({id.value}); !fault)
        return fault.error();
      return id.value <= 1'000'000 ? std::optional{make(id.value).number} : std::nullopt;
    }
    status append(std::span<const audit_entry> entries) override {
      std::unique_lock lock{shared_->mutex};
      ++shared_->record.append_attempts;
      check_usable();
      shared_->changed.wait(lock, [&] { return interrupted_ || !shared_->script.hold_statements; });
      if (interrupted_ || shared_->script.refuse_appends)
        return broken("the connection was lost");
      for (auto& x : entries)
        if (shared_->script.rejected_actions.count(x.action))
          return failure{error_code::validation, "a value is too long for its column"};
      shared_->record.appends.emplace_back(entries.begin(), entries.end());
      return ok();
    }
    result<std::vector<api_key_record>> list_api_keys() override {
      std::unique_lock lock{shared_->mutex};
      ++shared_->record.key_reads;
      reads_keys_ = true;
      check_usable();
      ++shared_->record.key_reads_held;
      shared_->changed.wait(lock, [&] { return interrupted_ || !shared_->script.hold_key_reads; });
      --shared_->record.key_reads_held;
      if (shared_->script.throw_at_key_reads)
        throw std::runtime_error{"a key is odd"};
      if (shared_->script.kill_key_readers > 0) {
        --shared_->script.kill_key_readers;
        throw 1;
      }
      if (interrupted_ || shared_->script.refuse_key_reads)
        return broken("the connection was lost");
      return shared_->script.keys;
    }
    status add_api_key(const api_key_record& key) override {
      std::lock_guard guard{shared_->mutex};
      shared_->script.keys.push_back(key);
      return ok();
    }
    result<bool> revoke_api_key(std::string_view id, utc_time at) override {
      std::lock_guard guard{shared_->mutex};
      for (auto& x : shared_->script.keys)
        if (x.id == id)
          return !std::exchange(x.revoked, at).has_value();
      return failure{error_code::not_found, "there is no such key"};
    }
    result<std::vector<member_card_state>> list_card_states() override {
      std::unique_lock lock{shared_->mutex};
      ++shared_->record.card_lists;
      if (auto fault = begin_card_call(lock, shared_->script.card_reads_fail); !fault)
        return fault.error();
      return shared_->script.cards;
    }
    result<std::string> card_states_mark() override {
      std::unique_lock lock{shared_->mutex};
      ++shared_->record.card_marks;
      if (auto fault = begin_card_call(lock, shared_->script.card_reads_fail); !fault)
        return fault.error();
      return std::to_string(shared_->script.card_mark);
    }
    result<card_state> reissue_card(member_id id, utc_time at) override {
      std::unique_lock lock{shared_->mutex};
      if (auto fault = begin_card_call(lock, shared_->script.card_changes_fail); !fault)
        return fault.error();
      if (id.value > 1'000'000)
        return failure{error_code::not_found, "there is no such member"};
      shared_->record.reissues.emplace_back(id, at);
      auto& cards = cards_of(id);
      ++cards.epoch;
      cards.since = at;
      return cards;
    }
    result<card_state> revoke_cards(const card_revocation& what) override {
      std::unique_lock lock{shared_->mutex};
      if (auto fault = begin_card_call(lock, shared_->script.card_changes_fail); !fault)
        return fault.error();
      if (what.id.value > 1'000'000)
        return failure{error_code::not_found, "there is no such member"};
      shared_->record.revocations.push_back(what);
      auto& cards = cards_of(what.id);
      cards.revoked_up_to = cards.epoch;
      return cards;
    }
    result<created_job> create_job(const batch_job& job, utc_time expired, std::size_t most_unfinished) override {
      std::unique_lock lock{shared_->mutex};
      if (auto fault = begin_job_call(lock); !fault)
        return fault.error();
      auto& jobs = shared_->script.jobs;
      auto same_key = [&](const kept_job& x) {
        return !job.idempotency_key.empty() && x.job.owner == job.owner && x.job.idempotency_key == job.idempotency_key;
      };
      std::erase_if(jobs, [&](const kept_job& x) { return same_key(x) && x.job.created <= expired; });
      if (auto there = std::ranges::find_if(jobs, same_key); there != jobs.end())
        return created_job{there->job, true};
      auto unfinished = std::ranges::count_if(
          jobs, [&](const kept_job& x) { return x.job.owner == job.owner && x.job.state != job_state::done; });
      if (static_cast<std::size_t>(unfinished) >= most_unfinished)
        return failure{error_code::queue_full, "too many"};
      jobs.push_back({job, "", shared_->script.job_time});
      return created_job{job, false};
    }
    result<std::optional<batch_job>> read_job(std::string_view owner, std::string_view id) override {
      std::unique_lock lock{shared_->mutex};
      if (auto fault = begin_job_call(lock); !fault)
        return fault.error();
      ++shared_->record.job_reads;
      auto kept = job_of(id);
      return kept != nullptr && kept->job.owner == owner ? std::optional{kept->job} : std::nullopt;
    }
    result<leased_jobs> lease_jobs(const job_lease& lease, std::size_t count, utc_time at) override {
      std::unique_lock lock{shared_->mutex};
      ++shared_->record.job_leases;
      if (auto fault = begin_job_call(lock); !fault)
        return fault.error();
      leased_jobs all;
      for (auto& x : shared_->script.jobs) {
        if (x.job.state == job_state::done)
          continue;
        if (x.until <= shared_->script.job_time && count > 0) {
          --count;
          x.holder = lease.holder;
          x.until = shared_->script.job_time + lease.length;
          x.job.state = job_state::running;
          x.job.updated = at;
        }
        if (x.holder == lease.holder)
          all.jobs.push_back(x.job);
      }
      return all;
    }
    result<std::size_t> count_free_jobs() override {
      std::unique_lock lock{shared_->mutex};
      if (auto fault = begin_job_call(lock); !fault)
        return fault.error();
      return static_cast<std::size_t>(std::ranges::count_if(shared_->script.jobs, [&](const kept_job& x) {
        return x.job.state != job_state::done && x.until <= shared_->script.job_time;
      }));
    }
    result<bool> save_job(const batch_job& job, const job_lease& lease) override {
      std::unique_lock lock{shared_->mutex};
      if (auto fault = begin_job_call(lock); !fault)
        return fault.error();
      auto kept = job_of(job.id);
      if (kept == nullptr || kept->holder != lease.holder)
        return false;
      kept->job = job;
      kept->until = shared_->script.job_time + lease.length;
      shared_->record.job_saves.push_back(job);
      return true;
    }
    status hand_back_jobs(std::string_view holder) override {
      std::unique_lock lock{shared_->mutex};
      if (auto fault = begin_job_call(lock); !fault)
        return fault;
      for (auto& x : shared_->script.jobs)
        if (x.holder == holder)
          x = {x.job, "", shared_->script.job_time};
      return ok();
    }
    status delete_jobs(utc_time created_until) override {
      std::unique_lock lock{shared_->mutex};
      if (auto fault = begin_job_call(lock); !fault)
        return fault;
      std::erase_if(shared_->script.jobs, [&](const kept_job& x) { return x.job.created <= created_until; });
      return ok();
    }
    result<change_start> find_change_start(std::string_view reader) override {
      std::unique_lock lock{shared_->mutex};
      if (auto fault = begin_change_call(shared_->script.change_reads_fail); !fault)
        return fault.error();
      const auto& script = shared_->script;
      change_start start;
      if (auto saved = script.change_positions.find(reader); saved != script.change_positions.end())
        start.position = saved->second;
      if (auto purged = script.change_positions.find(purged_changes); purged != script.change_positions.end())
        start.purged = purged->second;
      if (!script.changes.empty())
        start.newest = script.changes.rbegin()->first;
      return start;
    }
    result<std::optional<change_page>> read_changes(std::uint64_t from, std::span<const change_gap> gaps,
                                                    std::size_t limit) override {
      std::unique_lock lock{shared_->mutex};
      ++shared_->record.change_reads;
      if (auto fault = begin_change_call(shared_->script.change_reads_fail); !fault)
        return fault.error();
      change_page page;
      page.now = shared_->script.change_time;
      for (const auto& [number, change] : shared_->script.changes) {
        auto within = [number = number](const change_gap& gap) { return gap.first <= number && number <= gap.last; };
        if (page.rows.size() < limit && (number >= from || std::ranges::any_of(gaps, within)))
          page.rows.push_back(change);
      }
      return std::optional{std::move(page)};
    }
    result<bool> holds_change(const change_gap& gap) override {
      std::unique_lock lock{shared_->mutex};
      if (auto fault = begin_change_call(shared_->script.change_reads_fail); !fault)
        return fault.error();
      auto held = shared_->script.held_changes.lower_bound(gap.first);
      return held != shared_->script.held_changes.end() && *held <= gap.last;
    }
    status save_change_position(std::string_view reader, std::uint64_t position, bool anew) override {
      std::unique_lock lock{shared_->mutex};
      if (auto fault = begin_change_call(shared_->script.change_saves_fail); !fault)
        return fault;
      auto& saved = shared_->script.change_positions[std::string{reader}];
      saved = anew ? position : std::max(saved, position);
      return ok();
    }
    result<bool> purge_changes(std::uint64_t before, std::chrono::seconds) override {
      std::unique_lock lock{shared_->mutex};
      if (auto fault = begin_change_call(shared_->script.change_saves_fail); !fault)
        return fault.error();
      shared_->record.purges.push_back(before);
      return false;
    }
    status ping() override {
      std::unique_lock lock{shared_->mutex};
      ++shared_->record.pings;
      check_usable();
      shared_->changed.wait(lock, [&] { return interrupted_ || !shared_->script.hold_statements; });
      if (interrupted_)
        return broken("the call was interrupted");
      if (shared_->script.fail_pings)
        return failure{error_code::database_unavailable, "a table is missing"};
      return ok();
    }
    void interrupt() noexcept override {
      std::lock_guard guard{shared_->mutex};
      interrupted_ = true;
      ++(reads_keys_ ? shared_->record.key_interrupts : shared_->record.interrupts);
      shared_->changed.notify_all();
    }

  private:
    void check_usable() {
      if (broken_)
        ++shared_->record.used_after_failure;
    }
    failure broken(std::string why) {
      broken_ = true;
      return {error_code::database_unavailable, std::move(why)};
    }

    /// To be called under `lock`, which it holds again at the end.
    status begin_card_call(std::unique_lock<std::mutex>& lock, const error_code& fails) {
      check_usable();
      ++shared_->record.card_calls_held;
      shared_->changed.wait(lock, [&] { return interrupted_ || !shared_->script.hold_card_calls; });
      --shared_->record.card_calls_held;
      if (shared_->script.throw_at_card_calls)
        throw std::runtime_error{"a card of 8001015009087 is odd"};
      if (interrupted_ || fails == error_code::database_unavailable)
        return broken("the connection was lost");
      if (fails != error_code::none)
        return failure{fails, "the state of 8001015009087 is odd"};
      return ok();
    }
    /// Under the lock.
    status begin_change_call(error_code fails) {
      check_usable();
      if (interrupted_ || fails == error_code::database_unavailable)
        return broken("the connection was lost");
      if (fails != error_code::none)
        return failure{fails, "a change of 8001015009087 is odd"};
      return ok();
    }
    status begin_job_call(std::unique_lock<std::mutex>& lock) {
      check_usable();
      ++shared_->record.job_calls_held;
      shared_->changed.wait(lock, [&] { return interrupted_ || !shared_->script.hold_job_calls; });
      --shared_->record.job_calls_held;
      auto fails = shared_->script.job_calls_fail;
      if (interrupted_ || fails == error_code::database_unavailable)
        return broken("the connection was lost");
      if (fails != error_code::none)
        return failure{fails, "the job of 8001015009087 is odd"};
      return ok();
    }
    /// Returns the job, or null; under the lock.
    kept_job* job_of(std::string_view id) {
      auto& jobs = shared_->script.jobs;
      auto found = std::ranges::find_if(jobs, [&](const kept_job& x) { return x.job.id == id; });
      return found == jobs.end() ? nullptr : &*found;
    }
    /// Returns the state to be changed, under the lock.
    card_state& cards_of(member_id id) {
      ++shared_->script.card_mark;
      auto& cards = shared_->script.cards;
      auto place = std::ranges::lower_bound(cards, id, {}, &member_card_state::member);
      if (place == cards.end() || place->member != id)
        place = cards.insert(place, {id, {}});
      return place->cards;
    }

    status begin(const std::vector<std::uint64_t>& values) {
      std::unique_lock lock{shared_->mutex};
      auto& script = shared_->script;
      shared_->record.statements.push_back(values);
      check_usable();
      auto any_of = [&](const std::set<std::uint64_t>& chosen) {
        return std::any_of(values.begin(), values.end(), [&](auto x) { return chosen.count(x) > 0; });
      };
      shared_->changed.wait(lock, [&] { return interrupted_ || !(script.hold_statements || any_of(script.held)); });
      if (interrupted_)
        return broken("the call was interrupted");
      if (script.throw_exception > 0) {
        --script.throw_exception;
        throw std::runtime_error{"a row of 8001015009087 is odd"};
      }
      if (script.lose_connection > 0) {
        --script.lose_connection;
        return broken("the connection was lost");
      }
      if (any_of(script.poison))
        return failure{error_code::internal, "a row cannot be read"};
      return ok();
    }

    result<std::vector<member>> find_values(const std::vector<std::uint64_t>& values) {
      if (auto fault = begin(values); !fault)
        return fault.error();
      std::vector<member> rows;
      for (auto i = values.rbegin(); i != values.rend(); ++i) // in any order
        if (*i >= 1 && *i <= 1'000'000)
          rows.push_back(make(*i));
      return rows;
    }

    std::shared_ptr<shared_state> shared_;
    bool reads_keys_ = false;
    bool interrupted_ = false;
    bool broken_ = false;
  };

  std::shared_ptr<shared_state> shared_ = std::make_shared<shared_state>();
};

} // namespace tessera::testing
