#include "storage/import/rejects_file.hpp"

#include "cards/csv_text.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace tessera {

namespace {

constexpr std::string_view first_column = "rejected_line";

std::string head_of(std::span<const std::string> names, char delimiter) {
  std::string head{first_column};
  for (auto name : {"rejected_column", "rejected_reason"})
    head.append(1, delimiter).append(name);
  for (const auto& name : names) {
    head.push_back(delimiter);
    append_csv_field(head, name, delimiter);
  }
  return head + "\n";
}

} // namespace

result<std::unique_ptr<rejects_file>> rejects_file::open(std::string path, std::span<const std::string> names,
                                                         char delimiter, std::uint64_t size) {
  auto descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  std::unique_ptr<rejects_file> file{new rejects_file{std::move(path), descriptor, delimiter}};
  struct stat found {};
  if (descriptor < 0 || ::fchmod(descriptor, 0600) != 0 || ::fstat(descriptor, &found) != 0)
    return file->fail("be opened");
  std::array<char, first_column.size()> start{};
  auto read = ::pread(descriptor, start.data(), start.size(), 0);
  auto is_ours =
      read == static_cast<ssize_t>(start.size()) && std::string_view{start.data(), start.size()} == first_column;
  if (found.st_size > 0 && !is_ours)
    return failure{error_code::conflict,
                   "the file " + file->path_ + " exists and is none of rejected rows: name another with --rejects"};
  auto head = head_of(names, delimiter);
  file->head_size_ = head.size();
  if (size == 0) {
    if (auto cut = file->cut(0); !cut)
      return cut.error();
    if (auto written = file->write(head); !written)
      return written.error();
    return file;
  }
  if (static_cast<std::uint64_t>(found.st_size) < size)
    return failure{error_code::conflict,
                   "the file " + file->path_
                       + " is not the one that the interrupted import left: name that with --rejects, or begin anew "
                         "with --from-start"};
  if (auto cut = file->cut(size); !cut)
    return cut.error();
  return file;
}

rejects_file::~rejects_file() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

status rejects_file::append(std::span<const rejected_row> rows) {
  if (rows.empty())
    return ok();
  std::string text;
  for (const auto& row : rows) {
    text.append(std::to_string(row.line)).push_back(delimiter_);
    append_csv_field(text, row.column, delimiter_);
    text.push_back(delimiter_);
    append_csv_field(text, row.detail.empty() ? row.reason : row.reason + " (" + row.detail + ")", delimiter_);
    for (std::size_t i = 0; i < row.source.size(); ++i) {
      text.push_back(delimiter_);
      append_csv_field(text, row.source[i], delimiter_);
    }
    text.push_back('\n');
  }
  if (auto written = write(text); !written)
    return written;
  return ::fdatasync(descriptor_) == 0 ? ok() : fail("be written");
}

status rejects_file::write(std::string_view text) {
  while (!text.empty()) {
    auto written = ::pwrite(descriptor_, text.data(), text.size(), static_cast<off_t>(size_));
    if (written < 0)
      return fail("be written");
    size_ += static_cast<std::uint64_t>(written);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ok();
}

status rejects_file::cut(std::uint64_t size) {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0)
    return fail("be shortened");
  size_ = size;
  return ok();
}

void rejects_file::remove_if_empty() noexcept {
  if (size_ <= head_size_)
    ::unlink(path_.c_str());
}

failure rejects_file::fail(const char* what) const {
  return {error_code::validation,
          "the file " + path_ + " cannot " + what + ": " + std::system_category().message(errno)};
}

} // namespace tessera
