#pragma once

#include "cards/batch_job.hpp"
#include "messages/card.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// Prints without what was named, which may be anything.
template <class Inspector>
auto inspect(Inspector& f, job_card& x) {
  if constexpr (prints<Inspector>)
    return f(caf::meta::type_name("tessera::job_card"), x.member, x.finished, x.error);
  else
    return f(caf::meta::type_name("tessera::job_card"), x.named, x.member, x.finished, x.error, x.why, x.card_number);
}

template <class Inspector>
auto inspect(Inspector& f, batch_job& x) {
  auto created = static_cast<std::int64_t>(x.created.time_since_epoch().count());
  auto updated = static_cast<std::int64_t>(x.updated.time_since_epoch().count());
  auto load = [&]() -> caf::error {
    x.created = utc_time{std::chrono::milliseconds{created}};
    x.updated = utc_time{std::chrono::milliseconds{updated}};
    return caf::none;
  };
  if constexpr (prints<Inspector>)
    return f(caf::meta::type_name("tessera::batch_job"), x.id, x.owner, x.state);
  else
    return f(caf::meta::type_name("tessera::batch_job"), x.id, x.owner, x.idempotency_key, x.card, x.concurrency,
             x.cards, x.state, created, updated, caf::meta::load_callback(load));
}

/// Take on a job, of which `id`, `state` and the times are chosen by whoever takes it. Answered by a job_answer when
/// the store has it. If this owner has used the idempotency key in the job's lifetime, the job of then is the answer
/// (`replayed`), or a conflict if it asks for something else.
struct open_job {
  job_client_actor asker;
  ticket asked_by;
  batch_job job;
  std::string request_id; ///< for the audit log

  bool operator==(const open_job&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, open_job& x) {
  if constexpr (prints<Inspector>)
    return f(caf::meta::type_name("tessera::open_job"), x.asked_by, x.job, x.request_id);
  else
    return f(caf::meta::type_name("tessera::open_job"), x.asker, x.asked_by, x.job, x.request_id);
}

/// How is this job? Answered by a job_answer; not_found if it is somebody else's.
struct find_job {
  job_client_actor asker;
  ticket asked_by;
  std::string owner;
  std::string id;
  /// After the answer there is another one each time when something has changed, about four in a second at most, up to
  /// the one in which the job is done or that has an error; unless an abandon_jobs comes before.
  bool follow = false;

  bool operator==(const find_job&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, find_job& x) {
  if constexpr (prints<Inspector>)
    return f(caf::meta::type_name("tessera::find_job"), x.asked_by, x.owner, x.id, x.follow);
  else
    return f(caf::meta::type_name("tessera::find_job"), x.asker, x.asked_by, x.owner, x.id, x.follow);
}

/// What the cards of a job are put into.
enum class job_format : std::uint8_t {
  zip,   ///< a ZIP file with a PDF of each card
  sheets ///< a PDF of A4 sheets to be cut
};

/// Give the cards of a job that is done as one file. Answered by a job_file: a conflict if the job is not done,
/// not_found if it is somebody else's or has no card that can be drawn.
struct fetch_job {
  job_client_actor asker;
  ticket asked_by;
  std::string owner;
  std::string id;
  job_format format = job_format::zip;
  std::uint32_t time_left_ms = 0; ///< of the request, when it was sent

  bool operator==(const fetch_job&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, fetch_job& x) {
  if constexpr (prints<Inspector>)
    return f(caf::meta::type_name("tessera::fetch_job"), x.asked_by, x.owner, x.id, x.format);
  else
    return f(caf::meta::type_name("tessera::fetch_job"), x.asker, x.asked_by, x.owner, x.id, x.format, x.time_left_ms);
}

/// Nobody waits for these tickets of `asker` any more; an answer to them would be dropped.
struct abandon_jobs {
  job_client_actor asker;
  std::vector<ticket> tickets;

  bool operator==(const abandon_jobs&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, abandon_jobs& x) {
  return f(caf::meta::type_name("tessera::abandon_jobs"), x.asker, x.tickets);
}

struct job_answer {
  ticket to;
  error_code error = error_code::none; ///< else there is no job
  std::string why;                     ///< one sentence for the client, where the code alone does not tell
  bool replayed = false;               ///< the job was there before
  std::uint32_t retry_after_s = 0;
  batch_job job;

  bool operator==(const job_answer&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, job_answer& x) {
  return f(caf::meta::type_name("tessera::job_answer"), x.to, x.error, x.why, x.replayed, x.retry_after_s, x.job);
}

struct job_file {
  ticket to;
  error_code error = error_code::none; ///< `none` if and only if `body` is set
  std::string why;                     ///< one sentence for the client, where the code alone does not tell
  std::uint32_t retry_after_s = 0;
  body_ptr body; ///< its text is the file

  bool operator==(const job_file&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, job_file& x) {
  return f(caf::meta::type_name("tessera::job_file"), x.to, x.error, x.why, x.retry_after_s, x.body);
}

/// Whose card is to be in a file: the member as they are now and the state of their cards.
struct card_holder {
  body_ptr member; ///< its packed part holds the member
  card_state state;

  bool operator==(const card_holder&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, card_holder& x) {
  return f(caf::meta::type_name("tessera::card_holder"), x.member, x.state);
}

/// Work for a renderer: draw the cards of a job into one file. Answered by file_composed.
struct compose_file {
  file_client_actor asker;
  work_id work;
  job_format format = job_format::zip;
  batch_job job;
  std::vector<card_holder> holders; ///< of cards that were made, in any order; one that is gone is absent

  bool operator==(const compose_file&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, compose_file& x) {
  if constexpr (prints<Inspector>)
    return f(caf::meta::type_name("tessera::compose_file"), x.work, x.format, x.job);
  else
    return f(caf::meta::type_name("tessera::compose_file"), x.asker, x.work, x.format, x.job, x.holders);
}

struct file_composed {
  work_id work;
  error_code error = error_code::none; ///< `none` if and only if `body` is set
  std::string why;
  body_ptr body;

  bool operator==(const file_composed&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, file_composed& x) {
  return f(caf::meta::type_name("tessera::file_composed"), x.work, x.error, x.why, x.body);
}

} // namespace tessera
