#pragma once

#include "tests/support/mariadb_server.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::test {

/// A migrated store without members.
class import_store {
public:
  virtual ~import_store() = default;
  virtual std::string url() const = 0;

  /// Returns the first column of the first row, "" for NULL or no row. Throws std::runtime_error.
  virtual std::string value(const std::string& sql) = 0;

  /// Returns what differs if any value of any member does, or of what summarises members.
  virtual std::string digest() = 0;
};

std::unique_ptr<import_store> sqlite_import_store();

/// On a server that all tests share; each call empties it.
std::unique_ptr<import_store> mysql_import_store();

/// Does the same with an empty store of each kind.
void with_each_store(const std::function<void(import_store&)>& test);

struct import_outcome {
  int code = 0;
  std::string output;
};

/// `tessera import` in a directory of its own.
class import_command {
public:
  explicit import_command(import_store& store) : store_(store) {
  }

  /// Writes a file there and returns its path.
  std::string write(const std::string& name, std::string_view text) const;
  std::string path(const std::string& name) const {
    return (dir_ / name).string();
  }

  std::unique_ptr<process> start(const std::vector<std::string>& arguments) const;

  /// Runs it to its end.
  import_outcome run(const std::vector<std::string>& arguments) const;

private:
  import_store& store_;
  temp_dir dir_;
};

/// Returns the number-th of a sequence of different valid ID numbers.
std::string valid_number(std::size_t number);

std::string text_of(const std::filesystem::path& path);

} // namespace tessera::test
