#include "storage/l2_sealer.hpp"

#include "config/private_file.hpp"
#include "config/small_file.hpp"

#include <sodium.h>

#include <algorithm>

namespace tessera {

namespace {

constexpr std::string_view what = "the cache secret file";

failure wrong(const std::filesystem::path& file, const std::string& why) {
  return {error_code::validation, std::string{what} + " " + file.string() + " " + why};
}

/// Returns the secret, nothing if there is no such file, or what is wrong with it.
result<std::optional<l2_sealer::secret>> load(const std::filesystem::path& file) {
  auto content = read_small_file(file, what, file_privacy::owner_only);
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
  l2_sealer::secret made{};
  randombytes_buf(made.data(), made.size());
  auto created = create_private_file(file, {reinterpret_cast<const char*>(made.data()), made.size()}, what);
  sodium_memzero(made.data(), made.size());
  return created;
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
