#include "storage/import/import_run.hpp"

#include "cards/wall_clock.hpp"
#include "storage/import/bounded_queue.hpp"
#include "storage/sql_time.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace tessera {

namespace {

/// Enough for neither thread to wait for the other's pauses.
constexpr std::size_t batches_between = 3;

/// Deadlocks with other writers are rare, and rarely come twice.
constexpr int most_attempts = 5;

constexpr std::size_t unknown_places_named = 5;

import_counts sum(import_counts a, const import_counts& b) {
  a.inserted += b.inserted;
  a.updated += b.updated;
  a.unchanged += b.unchanged;
  a.rejected += b.rejected;
  a.restored += b.restored;
  a.places_added += b.places_added;
  a.places_unknown += b.places_unknown;
  return a;
}

upsert_planner::rules rules_of(const import_reader& reader, const import_options& options) {
  return {.columns = reader.header().values(),
          .numbered_by_file = reader.header().field_of(import_column::member_id).has_value(),
          .update_only = options.update_only,
          .created = sql_time(options.created),
          .dry_run = options.dry_run};
}

} // namespace

import_run::import_run(member_importer& store, import_reader& reader, import_options options,
                       const std::atomic<bool>& stop)
    : store_(store), reader_(reader), options_(std::move(options)), stop_(stop), planner_(rules_of(reader_, options_)) {
  done_.id = reader_.identity();
  done_.file = options_.file_name;
}

result<std::optional<import_progress>> import_run::begin() {
  auto limits = store_.limits();
  if (!limits)
    return limits.error();
  reader_.begin(*limits, !options_.rejects.empty());
  std::optional<import_progress> earlier;
  if (!options_.dry_run) {
    auto found = store_.progress_of(reader_.identity());
    if (!found)
      return found.error();
    earlier = std::move(*found);
  }
  if (earlier && options_.from_start) {
    if (auto forgotten = store_.forget(reader_.identity()); !forgotten)
      return forgotten.error();
    earlier.reset();
  }
  if (!options_.rejects.empty()) {
    auto file = rejects_file::open(options_.rejects, reader_.header().names(), reader_.dialect().delimiter,
                                   earlier ? earlier->rejects_size : 0);
    if (!file)
      return file.error();
    rejects_ = std::move(*file);
  }
  if (earlier) {
    done_ = *earlier;
    resume_at_ = earlier->position;
    is_saved_ = true;
  }
  return earlier;
}

result<import_report> import_run::run(const progress_function& progress) {
  bounded_queue<import_batch> queue{batches_between};
  status read = ok(); // the other thread's, until it is joined
  std::thread reading{[&] {
    for (;;) {
      import_batch batch;
      auto got = reader_.next(batch);
      if (!got)
        read = got.error();
      if (!got || !*got || !queue.push(std::move(batch)))
        break;
    }
    queue.close();
  }};
  status written = ok();
  auto passed = resume_at_ == 0; // where an earlier run stopped
  while (auto batch = queue.pop()) {
    if (stop_)
      break;
    if (!passed) {
      auto was = was_done(*batch);
      if (!was)
        written = was.error();
      passed = batch->position == resume_at_;
    } else {
      written = take(*batch);
    }
    if (!written)
      break;
    if (progress)
      progress(done_.counts.rows(),
               reader_.size() > 0 ? static_cast<double>(done_.position) / static_cast<double>(reader_.size()) : 0);
  }
  reader_.abandon();
  queue.close();
  reading.join();
  if (!written)
    return written.error();
  if (!read)
    return read.error();
  report_.stopped = stop_;
  if (!passed && !report_.stopped)
    return was_done(import_batch{.rows = {}, .rejected = {}, .places = {}, .position = resume_at_, .digest = {}})
        .error();
  if (auto concluded = conclude(); !concluded)
    return concluded.error();
  report_.counts = done_.counts;
  report_.line = done_.line;
  return report_;
}

result<bool> import_run::was_done(const import_batch& batch) const {
  if (batch.position < resume_at_)
    return true;
  if (batch.position == resume_at_ && batch.digest == done_.digest)
    return true;
  return failure{error_code::conflict,
                 "the file is not any more what it was when its import was interrupted after line "
                     + std::to_string(done_.line) + ": give the same file, or begin anew with --from-start"};
}

status import_run::take(import_batch& batch) {
  if (options_.dry_run)
    return dry_write(batch);
  auto rejects_size = rejects_ ? rejects_->size() : 0;
  for (int attempt = 1;; ++attempt) {
    auto done = write(batch);
    if (done)
      return done;
    auto again = store_.may_retry() && attempt < most_attempts;
    store_.roll_back();
    if (!again)
      return done;
    if (auto cut = rejects_ ? rejects_->cut(rejects_size) : ok(); !cut)
      return cut;
  }
}

status import_run::write(const import_batch& batch) {
  if (auto begun = store_.begin(); !begun)
    return begun;
  outcome out;
  out.rejected = batch.rejected;
  if (auto planned = plan_places(batch, out); !planned)
    return planned;
  auto existing = store_.find(batch.rows);
  if (!existing)
    return existing.error();
  auto plan = plan_rows(batch, std::move(*existing), out);
  auto bulk = plan.writes.size() + out.added.size() >= bulk_rows;
  if (auto added = store_.add(out.added, bulk); !added)
    return added;
  auto refused = store_.write(plan.writes, reader_.header().values(), bulk);
  if (!refused)
    return refused.error();
  for (auto& one : *refused) {
    const auto& write = plan.writes[one.index];
    --(write.is_new ? out.counts.inserted : out.counts.updated);
    out.rejected.push_back({write.row->line, "", "is refused by the store", std::move(one.reason), write.row->source});
  }
  std::ranges::stable_sort(out.rejected, {}, &rejected_row::line);
  out.counts.rejected = out.rejected.size();
  if (auto appended = rejects_ ? rejects_->append(out.rejected) : ok(); !appended)
    return appended;

  auto now = done_;
  now.position = batch.position;
  now.line = batch.line;
  now.digest = batch.digest;
  now.rejects_size = rejects_ ? rejects_->size() : 0;
  now.counts = sum(done_.counts, out.counts);
  now.at = wall_clock();
  if (auto saved = store_.save(now, !is_saved_); !saved)
    return saved;
  if (auto committed = store_.commit(); !committed)
    return committed;
  is_saved_ = true;
  done_ = std::move(now);
  note(out);
  return ok();
}

status import_run::dry_write(const import_batch& batch) {
  outcome out;
  out.rejected = batch.rejected;
  if (auto planned = plan_places(batch, out); !planned)
    return planned;
  auto existing = store_.find(batch.rows);
  if (!existing)
    return existing.error();
  plan_rows(batch, std::move(*existing), out);
  std::ranges::stable_sort(out.rejected, {}, &rejected_row::line);
  out.counts.rejected = out.rejected.size();
  if (auto appended = rejects_ ? rejects_->append(out.rejected) : ok(); !appended)
    return appended;
  done_.position = batch.position;
  done_.line = batch.line;
  done_.counts = sum(done_.counts, out.counts);
  note(out);
  return ok();
}

status import_run::plan_places(const import_batch& batch, outcome& out) {
  auto missing = store_.missing(batch.places);
  if (!missing)
    return missing.error();
  for (auto index : *missing) {
    const auto& place = batch.places[index];
    // One that a row names and a later one of the batch names in full is in the batch twice.
    (is_complete(place) ? out.added : out.unknown).push_back(place);
  }
  std::ranges::stable_sort(out.added, {}, &import_place::kind);
  out.counts.places_added = out.added.size();
  std::erase_if(out.unknown, [&](const auto& place) {
    return std::ranges::any_of(out.added,
                               [&](const auto& other) { return other.kind == place.kind && other.code == place.code; });
  });
  out.counts.places_unknown = out.unknown.size();
  return ok();
}

upsert_plan import_run::plan_rows(const import_batch& batch, std::vector<existing_member> existing, outcome& out) {
  auto plan = planner_.plan(batch.rows, std::move(existing));
  out.counts.restored = batch.restored;
  out.counts.unchanged = plan.unchanged;
  out.counts.inserted = static_cast<std::uint64_t>(std::ranges::count_if(plan.writes, &member_write::is_new));
  out.counts.updated = plan.writes.size() - out.counts.inserted;
  for (auto& row : plan.rejected) {
    // The planner knows columns by the tables' names only.
    auto column = std::ranges::find(import_column_names, row.column) - import_column_names.begin();
    if (auto field = reader_.header().field_of(static_cast<import_column>(column)))
      row.column = reader_.header().names()[*field];
    out.rejected.push_back(std::move(row));
  }
  return plan;
}

void import_run::note(const outcome& out) {
  report_.rejects.add(out.rejected);
  for (const auto& place : out.unknown)
    if (report_.unknown_places.size() < unknown_places_named)
      report_.unknown_places.push_back(place.code);
}

status import_run::conclude() {
  if (rejects_ && !report_.stopped)
    rejects_->remove_if_empty();
  if (options_.dry_run || report_.stopped)
    return ok();
  if (auto forgotten = is_saved_ ? store_.forget(done_.id) : ok(); !forgotten)
    return forgotten;
  return store_.finish(done_.counts.inserted + done_.counts.updated >= bulk_rows);
}

} // namespace tessera
