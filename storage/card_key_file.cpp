#include "storage/card_key_file.hpp"

#include "cards/wall_clock.hpp"
#include "config/descriptor.hpp"
#include "config/private_file.hpp"
#include "config/small_file.hpp"

#include <sodium.h>

#include <chrono>
#include <fcntl.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <system_error>

namespace tessera {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view what = "the card key file";

constexpr std::string_view heading =
    "# The keys that sign cards, secret: KID CREATED SEED. The last one signs, all verify; "
    "removing a line ends what it signed.\n";

failure wrong(const fs::path& file, const std::string& why) {
  return {error_code::validation, std::string{what} + " " + file.string() + " " + why};
}

/// A text that is wiped when it is no longer needed.
struct secret_text {
  secret_text() = default;
  explicit secret_text(std::string&& from) noexcept : text(std::move(from)) {
  }
  ~secret_text() {
    sodium_memzero(text.data(), text.size());
  }
  secret_text(const secret_text&) = delete;
  secret_text& operator=(const secret_text&) = delete;

  std::string text;
};

status check(const fs::path& file) {
  if (sodium_init() < 0)
    return failure{error_code::internal, "libsodium cannot be used on this system"};
  if (!file.has_filename())
    return failure{error_code::validation, "the card keys need the path of a file"};
  return ok();
}

result<card_keys> parse(const fs::path& file, std::string_view text) {
  auto keys = card_keys::parse(text);
  if (!keys)
    return wrong(file, "is wrong: " + keys.error().detail);
  return keys;
}

/// Returns the keys, nothing if there is no such file, or what is wrong with it.
result<std::optional<card_keys>> load(const fs::path& file) {
  auto content = read_small_file(file, what, file_privacy::owner_only);
  if (!content)
    return content.error();
  if (!*content)
    return std::optional<card_keys>{};
  secret_text secret{std::move(**content)};
  auto keys = parse(file, secret.text);
  if (!keys)
    return keys.error();
  return std::optional<card_keys>{std::move(*keys)};
}

new_card_key random_key() {
  card_key_seed seed;
  randombytes_buf(seed.data(), seed.size());
  auto made = make_card_key(seed, wall_clock());
  sodium_memzero(seed.data(), seed.size());
  return made;
}

/// Makes the file with one key unless there is one by then, whoever made it.
status create(const fs::path& file) {
  secret_text line{random_key().line};
  secret_text content;
  content.text.reserve(heading.size() + line.text.size());
  content.text.append(heading).append(line.text);
  return create_private_file(file, content.text, what);
}

/// Appends a key to a file that is there.
result<card_key_id> append(const fs::path& file) {
  auto content = read_small_file(file, what, file_privacy::owner_only);
  if (!content)
    return content.error();
  if (!*content)
    return wrong(file, "vanished while a key was added to it");
  secret_text before{std::move(**content)};
  auto keys = parse(file, before.text);
  if (!keys)
    return keys.error();
  auto made = random_key();
  while (keys->find(made.id) != nullptr) // once in four billion times
    made = random_key();
  secret_text line{std::move(made.line)};
  secret_text after;
  after.text.reserve(before.text.size() + 1 + line.text.size());
  after.text.append(before.text).append(before.text.ends_with('\n') ? "" : "\n").append(line.text);
  if (auto replaced = replace_private_file(file, after.text, what); !replaced)
    return replaced.error();
  return made.id;
}

} // namespace

result<card_keys> load_card_keys(const fs::path& file) {
  if (auto checked = check(file); !checked)
    return checked.error();
  auto found = load(file);
  if (!found)
    return found.error();
  if (!*found)
    return wrong(file, "is not there; copy it from another node");
  return std::move(**found);
}

result<card_keys> load_or_create_card_keys(const fs::path& file) {
  if (auto checked = check(file); !checked)
    return checked.error();
  auto found = load(file);
  if (!found)
    return found.error();
  if (*found)
    return std::move(**found);
  if (auto created = create(file); !created)
    return created.error();
  return load_card_keys(file);
}

result<card_key_id> rotate_card_keys(const fs::path& file) {
  if (auto checked = check(file); !checked)
    return checked.error();
  std::error_code fault;
  if (!fs::exists(file, fault)) {
    auto made = load_or_create_card_keys(file);
    return made ? result<card_key_id>{made->signing_id()} : made.error();
  }
  // The lock is the directory's, as the file itself is replaced.
  auto directory = file.has_parent_path() ? file.parent_path() : fs::path{"."};
  descriptor lock{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!lock || ::flock(lock.number(), LOCK_EX) != 0)
    return wrong(file, "cannot be locked; let this user read " + directory.string());
  return append(file);
}

} // namespace tessera
