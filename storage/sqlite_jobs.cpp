#include "cards/batch_job_json.hpp"
#include "storage/job_rows.hpp"
#include "storage/sql_time.hpp"
#include "storage/sqlite_connection.hpp"

#include <array>
#include <cstdio>
#include <initializer_list>

/// An SQLite connection's part in batches that are jobs.
namespace tessera {

namespace {

constexpr std::string_view time_now = "strftime('%Y-%m-%d %H:%M:%f', 'now')";

/// Returns what `strftime` adds to now.
std::string modifier_of(const job_lease& lease) {
  std::array<char, 40> text{};
  auto size =
      std::snprintf(text.data(), text.size(), "+%.3f seconds", std::chrono::duration<double>{lease.length}.count());
  return {text.data(), static_cast<std::size_t>(size)};
}

/// Returns the statement with the parameters, which must live until it is executed.
result<sqlite_statement> prepare(sqlite_session& session, std::string_view sql,
                                 std::initializer_list<std::string_view> parameters) {
  auto statement = sqlite_statement::prepare(session, sql);
  int place = 0;
  if (statement)
    for (auto text : parameters)
      statement->bind(++place, text);
  return statement;
}

status run(sqlite_session& session, std::string_view sql, std::initializer_list<std::string_view> parameters) {
  auto statement = prepare(session, sql, parameters);
  return statement ? statement->execute() : statement.error();
}

} // namespace

result<std::optional<batch_job>> sqlite_connection::job_where(std::string_view condition, std::string_view first,
                                                              std::string_view second) {
  auto statement = prepare(*session_, std::string{select_jobs}.append(condition), {first, second});
  if (!statement)
    return statement.error();
  auto rows = statement->fetch_texts();
  if (!rows)
    return rows.error();
  if (rows->empty())
    return std::optional<batch_job>{};
  auto job = job_of(rows->front());
  if (!job)
    return job.error();
  return std::optional{std::move(*job)};
}

result<created_job> sqlite_connection::create_job(const batch_job& job, utc_time expired, std::size_t most_unfinished) {
  return session_->in_transaction([&] { return create_unless_there(job, expired, most_unfinished); });
}

result<created_job> sqlite_connection::create_unless_there(const batch_job& job, utc_time expired,
                                                           std::size_t most_unfinished) {
  if (!job.idempotency_key.empty()) {
    if (auto gone = run(*session_, "DELETE FROM batch_jobs WHERE owner = ? AND idempotency_key = ? AND created_at <= ?",
                        {job.owner, job.idempotency_key, sql_time(expired)});
        !gone)
      return gone.error();
    auto before = job_where("owner = ? AND idempotency_key = ?", job.owner, job.idempotency_key);
    if (!before)
      return before.error();
    if (*before)
      return created_job{std::move(**before), true};
  }
  auto count =
      prepare(*session_, "SELECT COUNT(*) FROM batch_jobs WHERE lease_until IS NOT NULL AND owner = ?", {job.owner});
  if (!count)
    return count.error();
  auto unfinished = count->fetch_texts();
  if (!unfinished)
    return unfinished.error();
  if (std::stoull(unfinished->front().front()) >= most_unfinished)
    return too_many_jobs();
  if (auto added = insert_job(job); !added)
    return added.error();
  return created_job{job, false};
}

status sqlite_connection::insert_job(const batch_job& job) {
  auto sql = "INSERT INTO batch_jobs (job_id, owner, state, request, progress, created_at, updated_at, lease_until, "
             "idempotency_key) VALUES (?, ?, ?, ?, ?, ?, ?, "
             + std::string{time_now} + ", " + (job.idempotency_key.empty() ? "NULL" : "?") + ")";
  auto statement = sqlite_statement::prepare(*session_, sql);
  if (!statement)
    return statement.error();
  auto request = job_request_json(job);
  auto progress = job_progress_json(job);
  auto created = sql_time(job.created);
  auto updated = sql_time(job.updated);
  statement->bind(1, job.id);
  statement->bind(2, job.owner);
  statement->bind(3, to_string(job.state));
  statement->bind(4, request);
  statement->bind(5, progress);
  statement->bind(6, created);
  statement->bind(7, updated);
  if (!job.idempotency_key.empty())
    statement->bind(8, job.idempotency_key);
  return statement->execute();
}

result<std::optional<batch_job>> sqlite_connection::read_job(std::string_view owner, std::string_view id) {
  return job_where("owner = ? AND job_id = ?", owner, id);
}

result<leased_jobs> sqlite_connection::lease_jobs(const job_lease& lease, std::size_t count, utc_time at) {
  auto now = std::string{time_now};
  auto sql = "UPDATE batch_jobs SET state = 'running', updated_at = ?, lease_holder = ?, "
             "lease_until = strftime('%Y-%m-%d %H:%M:%f', 'now', ?) WHERE job_id IN (SELECT job_id FROM batch_jobs "
             "WHERE lease_until <= "
             + now + " ORDER BY created_at LIMIT " + std::to_string(count) + ")";
  return session_->in_transaction([&]() -> result<leased_jobs> {
    if (auto done = run(*session_, sql, {sql_time(at), lease.holder, modifier_of(lease)}); !done)
      return done.error();
    return jobs_held_by(lease.holder);
  });
}

result<leased_jobs> sqlite_connection::jobs_held_by(std::string_view holder) {
  constexpr std::string_view held = "lease_until IS NOT NULL AND lease_holder = ? ORDER BY created_at, job_id";
  auto statement = prepare(*session_, std::string{select_jobs}.append(held), {holder});
  if (!statement)
    return statement.error();
  auto rows = statement->fetch_texts();
  if (!rows)
    return rows.error();
  leased_jobs all;
  for (const auto& row : *rows) {
    if (auto job = job_of(row)) {
      all.jobs.push_back(std::move(*job));
      continue;
    }
    if (auto aside =
            run(*session_, "UPDATE batch_jobs SET lease_holder = NULL, lease_until = NULL, state = ? WHERE job_id = ?",
                {broken_job_state, row[0]});
        !aside)
      return aside.error();
    ++all.broken;
  }
  return all;
}

result<std::size_t> sqlite_connection::count_free_jobs() {
  auto statement = sqlite_statement::prepare(*session_, "SELECT COUNT(*) FROM batch_jobs WHERE lease_until <= "
                                                            + std::string{time_now});
  if (!statement)
    return statement.error();
  auto rows = statement->fetch_texts();
  if (!rows)
    return rows.error();
  return std::stoull(rows->front().front());
}

result<bool> sqlite_connection::save_job(const batch_job& job, const job_lease& lease) {
  auto saved = run(
      *session_,
      "UPDATE batch_jobs SET progress = ?1, updated_at = ?2, "
      "lease_until = IIF(?3 = 'done', NULL, strftime('%Y-%m-%d %H:%M:%f', 'now', ?4)), state = ?3 "
      "WHERE job_id = ?5 AND lease_holder = ?6",
      {job_progress_json(job), sql_time(job.updated), to_string(job.state), modifier_of(lease), job.id, lease.holder});
  if (!saved)
    return saved.error();
  return sqlite3_changes(session_->handle()) > 0;
}

status sqlite_connection::hand_back_jobs(std::string_view holder) {
  return run(*session_,
             "UPDATE batch_jobs SET lease_holder = NULL, lease_until = " + std::string{time_now}
                 + " WHERE lease_until IS NOT NULL AND lease_holder = ?",
             {holder});
}

status sqlite_connection::delete_jobs(utc_time created_until) {
  return run(*session_, "DELETE FROM batch_jobs WHERE created_at <= ?", {sql_time(created_until)});
}

} // namespace tessera
