#include "storage/l2_sealer.hpp"

#include <sodium.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace tessera {

namespace {

class descriptor {
public:
  explicit descriptor(int number) noexcept : number_(number) {
  }
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  int number() const noexcept {
    return number_;
  }
  explicit operator bool() const noexcept {
    return number_ >= 0;
  }

private:
  int number_;
};

std::string text_of(int system_error) {
  return std::generic_category().message(system_error);
}

failure wrong(const std::filesystem::path& file, const std::string& what) {
  return {error_code::validation, "the cache secret file " + file.string() + " " + what};
}

/// Reads up to `size` bytes; returns how many there were, or -1 with errno set.
ssize_t read_all(int from, std::uint8_t* to, std::size_t size) {
  std::size_t had = 0;
  while (had < size) {
    auto got = ::read(from, to + had, size - had);
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

bool write_all(int to, const std::uint8_t* from, std::size_t size) {
  while (size > 0) {
    auto put = ::write(to, from, size);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return false;
    from += put;
    size -= static_cast<std::size_t>(put);
  }
  return true;
}

/// Returns the secret, nothing if there is no such file, or what is wrong with it.
result<std::optional<l2_sealer::secret>> load(const std::filesystem::path& file) {
  // Not blocking: a FIFO in its place must not hold up the start.
  descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!in && errno == ENOENT)
    return std::optional<l2_sealer::secret>{};
  if (!in)
    return wrong(file, "cannot be opened (" + text_of(errno) + "); let the user that runs the service read it");
  struct stat about {};
  if (::fstat(in.number(), &about) != 0)
    return wrong(file, "cannot be examined (" + text_of(errno) + ")");
  if (!S_ISREG(about.st_mode))
    return wrong(file, "is not a regular file; name a file, or remove it to have a new one made");
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return wrong(file, "may be used by others than its owner; run chmod 600 on it");
  auto size_is_wrong = [&] {
    return wrong(file, "must hold exactly " + std::to_string(l2_sealer::secret_size)
                           + " bytes; copy it from another node, or remove it to have a new one made");
  };
  l2_sealer::secret out{};
  if (about.st_size != static_cast<off_t>(out.size()))
    return size_is_wrong();
  auto got = read_all(in.number(), out.data(), out.size());
  if (got < 0)
    return wrong(file, "cannot be read (" + text_of(errno) + ")");
  if (static_cast<std::size_t>(got) != out.size())
    return size_is_wrong();
  return std::optional{out};
}

/// Makes the file with a random secret unless there is one by then, whoever made it.
status create(const std::filesystem::path& file) {
  auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
  std::error_code fault;
  std::filesystem::create_directories(directory, fault);
  if (fault)
    return wrong(file, "cannot be made: its directory cannot be created (" + fault.message() + ")");
  l2_sealer::secret made{};
  randombytes_buf(made.data(), made.size());
  std::uint64_t unique = 0;
  randombytes_buf(&unique, sizeof unique);
  auto temporary = directory / ("." + file.filename().string() + "." + std::to_string(unique));
  descriptor out{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!out)
    return wrong(file, "cannot be made (" + text_of(errno) + "); let the user that runs the service write to "
                           + directory.string());
  // link() puts the finished file into place in one step and fails where one is: of several processes that start at
  // once one wins, and the others read what it wrote.
  auto done = write_all(out.number(), made.data(), made.size()) && ::fsync(out.number()) == 0
              && (::link(temporary.c_str(), file.c_str()) == 0 || errno == EEXIST);
  auto why = errno;
  ::unlink(temporary.c_str());
  sodium_memzero(made.data(), made.size());
  if (!done)
    return wrong(file, "cannot be made (" + text_of(why) + ")");
  if (descriptor at{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)}; at)
    ::fsync(at.number());
  return ok();
}

} // namespace

result<l2_sealer::secret> l2_sealer::load_or_create(const std::filesystem::path& file) {
  if (sodium_init() < 0)
    return failure{error_code::internal, "libsodium cannot be used on this system"};
  if (!file.has_filename())
    return failure{error_code::validation, "the cache secret needs the path of a file"};
  auto found = load(file);
  if (found && !*found) {
    if (auto created = create(file); !created)
      return created.error();
    found = load(file);
  }
  if (!found)
    return found.error();
  if (!*found)
    return wrong(file, "vanished while it was being made; start again");
  return **found;
}

} // namespace tessera
