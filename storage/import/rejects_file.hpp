#pragma once

#include "cards/result.hpp"
#include "storage/import/rejected_row.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tessera {

/// A CSV file of rejected rows: line, column and reason, then the row as it was, under the names of the imported file.
/// So it can be put right and imported itself. It holds personal data: nobody but its owner may read it (0600). One
/// thread.
class rejects_file {
public:
  /// Opens the file and writes its head, or, if `size` is not 0, goes on after that many bytes of an earlier run, and
  /// forgets the rest. A file that is no such file is left alone. Errors are one sentence.
  static result<std::unique_ptr<rejects_file>> open(std::string path, std::span<const std::string> names,
                                                    char delimiter, std::uint64_t size);

  ~rejects_file();
  rejects_file(const rejects_file&) = delete;
  rejects_file& operator=(const rejects_file&) = delete;

  /// Appends the rows and makes them durable.
  status append(std::span<const rejected_row> rows);

  /// Undoes what was appended after the file had that size.
  status cut(std::uint64_t size);

  std::uint64_t size() const noexcept {
    return size_;
  }

  /// Removes the file if it has no row.
  void remove_if_empty() noexcept;

private:
  rejects_file(std::string path, int descriptor, char delimiter)
      : path_(std::move(path)), descriptor_(descriptor), delimiter_(delimiter) {
  }
  status write(std::string_view text);
  failure fail(const char* what) const;

  std::string path_;
  int descriptor_;
  char delimiter_;
  std::uint64_t size_ = 0;
  std::uint64_t head_size_ = 0;
};

} // namespace tessera
