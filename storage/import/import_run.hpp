#pragma once

#include "cards/member.hpp"
#include "cards/result.hpp"
#include "storage/import/import_reader.hpp"
#include "storage/import/reject_summary.hpp"
#include "storage/import/rejects_file.hpp"
#include "storage/import/upsert_planner.hpp"
#include "storage/member_importer.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// How the rows of a file are to be written.
struct import_options {
  std::string file_name; ///< for people
  std::string rejects;   ///< path of the file of rejected rows; empty: none
  utc_time created{};    ///< of new members whose row does not say
  bool dry_run = false;
  bool update_only = false;
  bool from_start = false; ///< not where an earlier run was interrupted
};

/// What came of an import, or of a part if it was stopped.
struct import_report {
  import_counts counts;                    ///< of earlier runs, too
  reject_summary rejects;                  ///< of this run
  std::vector<std::string> unknown_places; ///< the first few codes, of this run
  std::uint64_t line = 0;                  ///< the last one that is done
  bool stopped = false;
};

/// Brings the rows of a file into a store: one thread reads and checks, the caller's compares and writes, batch by
/// batch, each in one transaction with how far the import has come. So whatever interrupts it, it goes on from the last
/// commit, and no row counts twice.
class import_run {
public:
  /// Told after each batch: the rows so far, and the share of the file's bytes, 0 if that is unknown.
  using progress_function = std::function<void(std::uint64_t rows, double share)>;

  /// All must outlive this object.
  import_run(member_importer& store, import_reader& reader, import_options options, const std::atomic<bool>& stop);

  /// Finds out whether an earlier run was interrupted, and prepares the file of rejected rows. Returns how far that run
  /// came.
  result<std::optional<import_progress>> begin();

  /// Does the work. After a failure what was committed counts; `done` says how far that is.
  result<import_report> run(const progress_function& progress);

  /// How far it has come.
  const import_progress& done() const noexcept {
    return done_;
  }

private:
  /// Returns whether the batch was done by an earlier run; fails if the file has changed since.
  result<bool> was_done(const import_batch& batch) const;

  /// Plans and writes a batch, again if the store says that it may then succeed.
  status take(import_batch& batch);
  status write(const import_batch& batch);
  status dry_write(const import_batch& batch);
  status conclude();

  /// What a batch comes to, besides the rows that it writes.
  struct outcome {
    import_counts counts; ///< of the batch
    std::vector<rejected_row> rejected;
    std::vector<import_place> added;
    std::vector<import_place> unknown;
  };
  status plan_places(const import_batch& batch, outcome& out);
  upsert_plan plan_rows(const import_batch& batch, std::vector<existing_member> existing, outcome& out);
  void note(const outcome& out);

  member_importer& store_;
  import_reader& reader_;
  import_options options_;
  const std::atomic<bool>& stop_;
  upsert_planner planner_;
  std::unique_ptr<rejects_file> rejects_;
  import_progress done_;
  std::uint64_t resume_at_ = 0; ///< position where an earlier run stopped
  bool is_saved_ = false;       ///< the store has a row of our progress
  import_report report_;
};

} // namespace tessera
