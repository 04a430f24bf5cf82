#include "storage/l2_sealer.hpp"

#include "config/descriptor.hpp"
#include "config/small_file.hpp"

#include <sodium.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace tessera {

namespace {

std::string text_of(int system_error) {
  return std::generic_category().message(system_error);
}

failure wrong(const std::filesystem::path& file, const std::string& what) {
  return {error_code::validation, "the cache secret file " + file.string() + " " + what};
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
  auto content = read_small_file(file, "the cache secret file", file_privacy::owner_only);
  if (!content)
    return content.error();
  if (!*content)
    return std::optional<l2_sealer::secret>{};
  l2_sealer::secret out{};
  if ((*content)->size() != out.size())
    return wrong(file, "must hold exactly " + std::to_string(l2_sealer::secret_size)
                           + " bytes; copy it from another node, or remove it to have a new one made");
  std::ranges::copy(**content, out.begin());
  sodium_memzero((*content)->data(), (*content)->size());
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
