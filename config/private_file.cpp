#include "config/private_file.hpp"

#include "config/descriptor.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sodium.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace tessera {

namespace {

namespace fs = std::filesystem;

std::string text_of(int system_error) {
  return std::generic_category().message(system_error);
}

failure wrong(const fs::path& file, std::string_view what, const std::string& why) {
  return {error_code::validation, std::string{what} + " " + file.string() + " " + why};
}

fs::path directory_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path{"."};
}

/// A file beside another, of a name that nobody else uses, that is gone with this object unless it was renamed. Only
/// its owner may use it.
class temporary_file {
public:
  explicit temporary_file(const fs::path& beside) : path_(directory_of(beside) / name_for(beside)), out_(open(path_)) {
  }
  ~temporary_file() {
    if (out_)
      ::unlink(path_.c_str());
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  explicit operator bool() const noexcept {
    return static_cast<bool>(out_);
  }
  const char* path() const noexcept {
    return path_.c_str();
  }
  int number() const noexcept {
    return out_.number();
  }

  /// Writes it to disk; returns whether that went well, or sets errno.
  bool write(std::string_view content) const noexcept {
    while (!content.empty()) {
      auto put = ::write(out_.number(), content.data(), content.size());
      if (put < 0 && errno == EINTR)
        continue;
      if (put < 0)
        return false;
      content.remove_prefix(static_cast<std::size_t>(put));
    }
    return ::fsync(out_.number()) == 0;
  }

private:
  static std::string name_for(const fs::path& beside) {
    std::uint64_t unique = 0;
    randombytes_buf(&unique, sizeof unique);
    return "." + beside.filename().string() + "." + std::to_string(unique);
  }
  static int open(const fs::path& path) noexcept {
    return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  }

  fs::path path_;
  descriptor out_;
};

/// Has the directory remember what was put into it.
void sync_directory_of(const fs::path& file) {
  if (descriptor at{::open(directory_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)}; at)
    ::fsync(at.number());
}

} // namespace

status create_private_file(const fs::path& file, std::string_view content, std::string_view what) {
  std::error_code fault;
  fs::create_directories(directory_of(file), fault);
  if (fault)
    return wrong(file, what, "cannot be made: its directory cannot be created (" + fault.message() + ")");
  temporary_file made{file};
  if (!made)
    return wrong(file, what,
                 "cannot be made (" + text_of(errno) + "); let the user that runs the service write to "
                     + directory_of(file).string());
  // link() puts the finished file into place in one step and fails where one is: of several processes that start at
  // once one wins, and the others read what it wrote.
  if (!made.write(content) || (::link(made.path(), file.c_str()) != 0 && errno != EEXIST))
    return wrong(file, what, "cannot be made (" + text_of(errno) + ")");
  sync_directory_of(file);
  return ok();
}

status replace_private_file(const fs::path& file, std::string_view content, std::string_view what) {
  std::error_code fault;
  auto real = fs::canonical(file, fault);
  struct stat before {};
  if (fault || ::stat(real.c_str(), &before) != 0)
    return wrong(file, what, "cannot be found (" + (fault ? fault.message() : text_of(errno)) + ")");
  temporary_file made{real};
  if (!made)
    return wrong(file, what,
                 "cannot be changed (" + text_of(errno) + "); let this user write to " + directory_of(real).string());
  if (::fchown(made.number(), before.st_uid, before.st_gid) != 0)
    return wrong(file, what, "cannot be changed, as it belongs to another user; be that user, or root");
  if (!made.write(content) || ::fchmod(made.number(), before.st_mode & 07777) != 0
      || ::rename(made.path(), real.c_str()) != 0)
    return wrong(file, what, "cannot be changed (" + text_of(errno) + ")");
  sync_directory_of(real);
  return ok();
}

} // namespace tessera
