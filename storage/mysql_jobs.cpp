#include "cards/batch_job_json.hpp"
#include "storage/job_rows.hpp"
#include "storage/mysql_connection.hpp"
#include "storage/sql_time.hpp"

/// A MySQL connection's part in batches that are jobs. Leases end by the server's clock: those of nodes may differ.
namespace tessera {

namespace {

std::string end_of(const job_lease& lease) {
  auto microseconds = std::chrono::microseconds{lease.length}.count();
  return "UTC_TIMESTAMP(3) + INTERVAL " + std::to_string(microseconds) + " MICROSECOND";
}

result<batch_job> job_in(mysql_row&& row) {
  return job_of(texts_of(std::move(row)));
}

} // namespace

std::string mysql_connection::literal(std::string_view text) {
  std::string quoted;
  session_->append_literal(quoted, text);
  return quoted;
}

result<std::optional<batch_job>> mysql_connection::job_where(std::string_view condition) {
  auto rows = session_->query(std::string{select_jobs}.append(condition), job_column_count);
  if (!rows)
    return rows.error();
  if (rows->empty())
    return std::optional<batch_job>{};
  auto job = job_in(std::move(rows->front()));
  if (!job)
    return job.error();
  return std::optional{std::move(*job)};
}

result<created_job> mysql_connection::create_job(const batch_job& job, utc_time expired, std::size_t most_unfinished) {
  auto same_key = "owner = " + literal(job.owner) + " AND idempotency_key = " + literal(job.idempotency_key);
  auto there = [&]() -> result<std::optional<batch_job>> {
    if (job.idempotency_key.empty())
      return std::optional<batch_job>{};
    return job_where(same_key + " AND created_at > " + literal(sql_time(expired)));
  };
  auto before = there();
  if (!before)
    return before.error();
  if (*before)
    return created_job{std::move(**before), true};
  auto unfinished =
      session_->query_row("SELECT COUNT(*) >= " + std::to_string(most_unfinished)
                              + " FROM batch_jobs WHERE lease_until IS NOT NULL AND owner = " + literal(job.owner),
                          1);
  if (!unfinished)
    return unfinished.error();
  if (unfinished->front() == "1")
    return too_many_jobs();
  if (!job.idempotency_key.empty())
    if (auto gone = session_->execute("DELETE FROM batch_jobs WHERE " + same_key
                                      + " AND created_at <= " + literal(sql_time(expired)));
        !gone)
      return gone.error();
  auto added = insert_job(job);
  if (added)
    return created_job{job, false};
  if (added.error().code != error_code::conflict)
    return added.error();
  // Another node was faster.
  auto theirs = there();
  if (!theirs)
    return theirs.error();
  if (!*theirs)
    return added.error();
  return created_job{std::move(**theirs), true};
}

status mysql_connection::insert_job(const batch_job& job) {
  std::string sql{"INSERT INTO batch_jobs (job_id, owner, idempotency_key, state, request, progress, created_at, "
                  "updated_at, lease_until) VALUES ("};
  sql.append(literal(job.id)).append(", ").append(literal(job.owner)).append(", ");
  sql.append(job.idempotency_key.empty() ? "NULL" : literal(job.idempotency_key));
  sql.append(", ").append(literal(to_string(job.state)));
  sql.append(", ").append(literal(job_request_json(job))).append(", ").append(literal(job_progress_json(job)));
  sql.append(", ").append(literal(sql_time(job.created))).append(", ").append(literal(sql_time(job.updated)));
  return session_->execute(sql.append(", UTC_TIMESTAMP(3))"));
}

result<std::optional<batch_job>> mysql_connection::read_job(std::string_view owner, std::string_view id) {
  return job_where("owner = " + literal(owner) + " AND job_id = " + literal(id));
}

result<leased_jobs> mysql_connection::lease_jobs(const job_lease& lease, std::size_t count, utc_time at) {
  // Of two holders who update at once one waits for the other, and then finds the lease taken.
  auto sql = "UPDATE batch_jobs SET state = 'running', updated_at = " + literal(sql_time(at))
             + ", lease_holder = " + literal(lease.holder) + ", lease_until = " + end_of(lease)
             + " WHERE lease_until <= UTC_TIMESTAMP(3) ORDER BY created_at LIMIT " + std::to_string(count);
  if (auto done = session_->execute(sql); !done)
    return done.error();
  auto held = "lease_until IS NOT NULL AND lease_holder = " + literal(lease.holder) + " ORDER BY created_at, job_id";
  auto rows = session_->query(std::string{select_jobs}.append(held), job_column_count);
  if (!rows)
    return rows.error();
  leased_jobs all;
  for (auto& row : *rows) {
    auto id = row[0].value_or("");
    if (auto job = job_in(std::move(row))) {
      all.jobs.push_back(std::move(*job));
      continue;
    }
    if (auto aside = set_aside(id); !aside)
      return aside.error();
    ++all.broken;
  }
  return all;
}

status mysql_connection::set_aside(std::string_view job_id) {
  return session_->execute("UPDATE batch_jobs SET lease_holder = NULL, lease_until = NULL, state = "
                           + literal(broken_job_state) + " WHERE job_id = " + literal(job_id));
}

result<std::size_t> mysql_connection::count_free_jobs() {
  auto row = session_->query_row("SELECT COUNT(*) FROM batch_jobs WHERE lease_until <= UTC_TIMESTAMP(3)", 1);
  if (!row)
    return row.error();
  return std::stoull(row->front().value_or("0"));
}

result<bool> mysql_connection::save_job(const batch_job& job, const job_lease& lease) {
  auto still_held = " WHERE job_id = " + literal(job.id) + " AND lease_holder = " + literal(lease.holder);
  auto sql = "UPDATE batch_jobs SET state = " + literal(to_string(job.state))
             + ", progress = " + literal(job_progress_json(job)) + ", updated_at = " + literal(sql_time(job.updated))
             + ", lease_until = " + (job.state == job_state::done ? "NULL" : end_of(lease)) + still_held;
  if (auto done = session_->execute(sql); !done)
    return done.error();
  auto count = session_->query_row("SELECT ROW_COUNT()", 1);
  if (!count)
    return count.error();
  if (count->front() != "0")
    return true;
  // A row that stays as it is counts as not changed.
  auto held = session_->query("SELECT job_id FROM batch_jobs" + still_held, 1);
  if (!held)
    return held.error();
  return !held->empty();
}

status mysql_connection::hand_back_jobs(std::string_view holder) {
  return session_->execute("UPDATE batch_jobs SET lease_holder = NULL, lease_until = UTC_TIMESTAMP(3) "
                           "WHERE lease_until IS NOT NULL AND lease_holder = "
                           + literal(holder));
}

status mysql_connection::delete_jobs(utc_time created_until) {
  return session_->execute("DELETE FROM batch_jobs WHERE created_at <= " + literal(sql_time(created_until)));
}

} // namespace tessera
