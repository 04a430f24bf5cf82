#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// What is wrong with a record of a CSV file.
enum class csv_fault : std::uint8_t {
  none,
  text_after_quote, ///< as in `"a"b`
  too_long,         ///< over `longest_csv_record`; where the next one begins is unknown
  unclosed_quote,   ///< the input ended within quotes
};

/// A quote that is never closed takes all that follows into its field. Nobody has a row of a mebibyte.
inline constexpr std::size_t longest_csv_record = 1 << 20;

/// The fields of a record, unquoted.
class csv_record {
public:
  std::size_t size() const noexcept {
    return ends_.size();
  }

  /// REQUIRES: field < size().
  std::string_view operator[](std::size_t field) const noexcept {
    auto begin = field == 0 ? 0 : ends_[field - 1];
    return std::string_view{text_}.substr(begin, ends_[field] - begin);
  }

  std::uint64_t line = 0; ///< where it begins, from 1, as an editor counts
  csv_fault fault = csv_fault::none;

  bool operator==(const csv_record&) const = default;

private:
  friend class csv_reader;

  std::string text_; ///< of all fields, one after another
  std::vector<std::uint32_t> ends_;
};

/// Reads CSV (RFC 4180) from pieces of any size: whatever the pieces, the records are the same. Lines end with LF, CRLF
/// or CR; empty lines are no records; a quote within an unquoted field is a character like others. Bytes are taken as
/// they are: encodings and byte order marks are the caller's affair. Each byte is looked at once.
class csv_reader {
public:
  explicit csv_reader(char delimiter) noexcept : delimiter_(delimiter) {
  }

  /// Takes bytes off the front of `bytes` up to the end of the next record. Returns whether there is one; if not, all
  /// is taken. After the fault `too_long` nothing more can be read.
  bool next(std::string_view& bytes);

  /// Says that no more bytes will come. Returns whether a record was complete but for its line end.
  bool finish();

  /// The record that `next` or `finish` returned last.
  const csv_record& record() const noexcept {
    return record_;
  }

  /// Returns how many bytes were taken.
  std::uint64_t position() const noexcept {
    return position_;
  }

  /// Returns the line of the next byte.
  std::uint64_t line() const noexcept {
    return line_;
  }

private:
  enum class state : std::uint8_t { field_start, plain, quoted, quote_in_quoted };

  bool take(char c);
  std::size_t take_run(std::string_view bytes);
  void begin_record();
  void end_field();
  bool end_record();

  char delimiter_;
  state state_ = state::field_start;
  bool complete_ = true; ///< the record was handed out; the next byte begins another
  bool quotes_ = false;  ///< the record has had quotes, so it is no empty line
  bool after_cr_ = false;
  std::uint64_t position_ = 0;
  std::uint64_t line_ = 1;
  csv_record record_;
};

} // namespace tessera
