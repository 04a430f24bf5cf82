#pragma once

#include "cards/csv_reader.hpp"
#include "cards/result.hpp"
#include "storage/import/csv_dialect.hpp"
#include "storage/import/import_header.hpp"
#include "storage/import/rejected_row.hpp"
#include "storage/import/row_parser.hpp"
#include "storage/import_row.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <sodium.h>
#include <string>
#include <vector>

namespace tessera {

/// How a file is to be read.
struct import_file_options {
  std::string path; ///< "-": standard input
  std::vector<column_mapping> mappings;
  std::optional<char> delimiter; ///< else the one that the header seems to have
  bool windows_1252 = false;     ///< else UTF-8
  bool update_only = false;
};

/// So many records of a file, always the same ones, in whatever pieces the file was read: what is committed at once,
/// and where an interrupted import goes on.
inline constexpr std::size_t records_per_batch = 50'000;

struct import_batch {
  std::vector<import_row> rows;
  std::vector<rejected_row> rejected;
  std::vector<import_place> places; ///< see `row_parser::take_places`
  std::uint64_t restored = 0;       ///< see `row_parser::restored`; of these rows
  std::uint64_t position = 0;       ///< bytes of the file up to the end of the last record
  std::uint64_t line = 0;           ///< where that record begins
  std::string digest;               ///< of those bytes (BLAKE2b), 64 hex digits
};

/// Reads a file of members, batch by batch, in as much memory as two batches and the keys of all rows take. One thread.
class import_reader {
public:
  /// Opens the file and reads its header. Errors are one sentence. `stop` ends a read that waits.
  static result<std::unique_ptr<import_reader>> open(const import_file_options& options, const std::atomic<bool>& stop);

  ~import_reader();
  import_reader(const import_reader&) = delete;
  import_reader& operator=(const import_reader&) = delete;

  const import_header& header() const noexcept {
    return header_;
  }
  const csv_dialect& dialect() const noexcept {
    return dialect_;
  }

  /// Returns the file's size; 0 if it is no regular file.
  std::uint64_t size() const noexcept {
    return size_;
  }

  /// Returns 64 hex digits that tell this import from others: of the file's size and first bytes, and of the options
  /// that decide what comes of it.
  const std::string& identity() const noexcept {
    return identity_;
  }

  /// Sets what rows must satisfy; to be called before `next`.
  void begin(const import_limits& limits, bool keep_source);

  /// Reads the next batch. Returns whether there was one, also a last one that is shorter; false when `stop` is set.
  /// After a failure, whose sentence names the line, nothing more is to be read.
  result<bool> next(import_batch& batch);

  /// Has a read that waits end soon, and all later ones. Any thread.
  void abandon() noexcept {
    abandoned_ = true;
  }

private:
  explicit import_reader(const import_file_options& options, const std::atomic<bool>& stop)
      : options_(options), stop_(stop) {
  }
  bool stopped() const noexcept {
    return stop_ || abandoned_;
  }
  status open_file();
  status read_start();
  status read_header();
  void identify(std::string_view start);

  /// Reads the next piece of the file, if all of the last one is used up. Returns false at the end.
  result<bool> fill();

  /// Returns whether a record was read; false at the end of the file.
  result<bool> next_record();
  status check(const csv_record& record) const;
  void parse(const csv_record& record, import_batch& batch);
  void hash_up_to(std::uint64_t position);

  import_file_options options_;
  const std::atomic<bool>& stop_;
  std::atomic<bool> abandoned_{false};
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::string piece_;
  std::string_view rest_; ///< of `piece_`
  std::uint64_t piece_begin_ = 0;
  std::uint64_t hashed_ = 0;
  bool at_end_ = false;
  crypto_generichash_state hash_{};
  csv_dialect dialect_;
  std::optional<csv_reader> csv_;
  import_header header_;
  std::string identity_;
  std::optional<row_parser> parser_;
};

} // namespace tessera
