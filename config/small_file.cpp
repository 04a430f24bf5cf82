#include "config/small_file.hpp"

#include "config/descriptor.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>

namespace tessera {

namespace {

/// Secrets, keys and chains of certificates have a few KiB; who names a larger file has named a wrong one.
constexpr off_t most_bytes = 1024 * 1024;

std::string text_of(int system_error) {
  return std::generic_category().message(system_error);
}

/// Reads into all of `to`; returns how many bytes there were, or -1 with errno set.
ssize_t read_all(int from, std::string& to) {
  std::size_t had = 0;
  while (had < to.size()) {
    auto got = ::read(from, to.data() + had, to.size() - had);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return -1;
    if (got == 0)
      break;
    had += static_cast<std::size_t>(got);
  }
  return static_cast<ssize_t>(had);
}

} // namespace

bool is_private(mode_t mode, uid_t owner, uid_t user) noexcept {
  mode_t others = S_IRWXG | S_IRWXO;
  if (owner == 0 && user != 0)
    others &= ~static_cast<mode_t>(S_IRGRP);
  return (mode & others) == 0;
}

result<std::optional<std::string>> read_small_file(const std::filesystem::path& file, std::string_view what,
                                                   file_privacy privacy) {
  auto wrong = [&](const std::string& why) {
    return failure{error_code::validation, std::string{what} + " " + file.string() + " " + why};
  };
  // Not blocking: a FIFO in its place must not hold up the start.
  descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!in && errno == ENOENT)
    return std::optional<std::string>{};
  if (!in)
    return wrong("cannot be opened (" + text_of(errno) + "); let the user that runs the service read it");
  struct stat about {};
  if (::fstat(in.number(), &about) != 0)
    return wrong("cannot be examined (" + text_of(errno) + ")");
  if (!S_ISREG(about.st_mode))
    return wrong("is not a regular file; name a file");
  if (privacy == file_privacy::owner_only && !is_private(about.st_mode, about.st_uid, ::geteuid()))
    return wrong("may be used by others than its owner; run chmod 600 on it");
  if (about.st_size > most_bytes)
    return wrong("has over 1 MiB, so it is surely another file; name the right one");
  std::string content(static_cast<std::size_t>(about.st_size), '\0');
  auto got = read_all(in.number(), content);
  if (got < 0)
    return wrong("cannot be read (" + text_of(errno) + ")");
  content.resize(static_cast<std::size_t>(got));
  return std::optional{std::move(content)};
}

} // namespace tessera
