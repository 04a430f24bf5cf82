#include "app/command.hpp"
#include "app/opened_store.hpp"
#include "app/store_options.hpp"
#include "cards/wall_clock.hpp"
#include "config/quote.hpp"
#include "guard/api_key.hpp"
#include "storage/card_key_file.hpp"
#include "storage/sql_time.hpp"

#include <CLI/App.hpp>

#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <sodium.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera {

namespace {

/// What the column of the store takes, in bytes to be sure.
constexpr std::size_t longest_name = 255;

/// A thousand times the default limits is a million requests per 15 minutes: more than that wants no limit at all.
constexpr std::uint32_t largest_multiplier = 1'000;

struct create_options {
  store_options store;
  std::string name;
  std::string scopes;
  std::uint32_t limit_multiplier = 1;
  std::string expires;
};

struct list_options {
  store_options store;
};

struct revoke_options {
  store_options store;
  std::string id;
};

struct rotate_options {
  std::string file;
};

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > longest_name)
    return false;
  while (!text.empty()) {
    auto size = utf8_sequence(text);
    if (size == 0 || static_cast<unsigned char>(text.front()) < 0x20 || text.front() == 0x7f)
      return false;
    text.remove_prefix(size);
  }
  return true;
}

// -- create -----------------------------------------------------------------------------------------------------------

/// Returns the record that the options ask for, as yet without a key, or what is wrong with them.
result<api_key_record> record_of(const create_options& options) {
  auto wrong = [](std::string sentence) { return failure{error_code::validation, std::move(sentence)}; };
  api_key_record record;
  if (!is_name(options.name))
    return wrong("--name must be 1 to 255 bytes of UTF-8 text without control characters.");
  record.name = options.name;
  auto scopes = parse_scopes(options.scopes);
  if (!scopes)
    return wrong("--scopes is wrong: " + scopes.error().detail + ".");
  if (scopes->empty())
    return wrong("--scopes must name one of " + to_string(scope_set::all()) + " at least.");
  record.scopes = *scopes;
  record.limit_multiplier = options.limit_multiplier;
  record.created = wall_clock();
  if (options.expires.empty())
    return record;
  record.expires = parse_sql_time(options.expires);
  if (!record.expires || *record.expires == utc_time{})
    return wrong("--expires must be a date such as 2030-01-31, or a date and a time such as 2030-01-31T18:00, in UTC.");
  if (*record.expires <= record.created)
    return wrong("--expires must lie in the future, but is " + iso8601(*record.expires) + ".");
  return record;
}

int create(const create_options& options) {
  auto record = record_of(options);
  if (!record)
    return give_up(exit_usage, record.error().detail);
  auto at = open_store(options.store);
  if (!at)
    return give_up(exit_failure, at.error().detail);
  auto before = at->connection->list_api_keys();
  if (!before)
    return give_up(exit_failure, "The API keys cannot be read: " + before.error().detail + ".");
  if (sodium_init() < 0)
    return give_up(exit_failure, "libsodium cannot be used on this system.");
  key_seed random;
  randombytes_buf(random.data(), random.size());
  auto key = make_api_key(random);
  record->id = key.id.text();
  record->hash = key.hash;
  // A line about a key that then was not made does no harm; a key without a line would.
  auto done = at->write_audit("key.create", record->id);
  if (done)
    done = at->connection->add_api_key(*record);
  if (!done)
    return give_up(exit_failure, "No key was made: " + done.error().detail + ".");
  std::cout << key.text << std::endl;
  if (!std::cout)
    return give_up(exit_failure, "The key could not be written to standard output; revoke it (tessera keys revoke "
                                     + record->id + ") and make another.");
  std::cerr << "Made key " << record->id << " for " << to_string(record->scopes) << " in " << at->store->describe()
            << ". It is not shown again. Services take it within a second, as Authorization: Bearer KEY.\n";
  if (before->empty())
    std::cerr << "It is the first one: from now on requests need a key from this machine, too, unless --open says "
                 "otherwise.\n";
  return exit_ok;
}

command add_create(CLI::App& app) {
  auto options = std::make_shared<create_options>();
  auto* parsed = app.add_subcommand("create", "Make a key and print it, this once, to standard output.");
  parsed->add_option("--name", options->name, "whom or what it is for")->type_name("NAME")->required();
  parsed->add_option("--scopes", options->scopes, "what it may do, of " + to_string(scope_set::all()))
      ->type_name("LIST")
      ->required();
  parsed
      ->add_option("--limit-multiplier", options->limit_multiplier,
                   "how many times the limits of an address it has [1]")
      ->type_name("N")
      ->check(CLI::Range(std::uint32_t{1}, largest_multiplier));
  parsed
      ->add_option("--expires", options->expires,
                   "from when on it is refused: a date, or date and time, in UTC [never]")
      ->type_name("DATE");
  options->store.add_to(*parsed);
  return {parsed, [options] { return create(*options); }};
}

// -- list -------------------------------------------------------------------------------------------------------------

std::string text_of(const std::optional<utc_time>& time) {
  return time ? iso8601(*time) : "-";
}

/// One line each; the name, which may hold blanks, comes last.
void print(const std::vector<api_key_record>& keys) {
  const auto time = std::setw(26);
  auto put = [&](const auto& id, const auto& created, const auto& expires, const auto& revoked, const auto& limits,
                 const auto& scopes, const std::string& name) {
    std::cout << std::left << std::setw(12) << id << time << created << time << expires << time << revoked
              << std::setw(8) << limits << std::setw(36) << scopes << name << "\n";
  };
  put("ID", "CREATED", "EXPIRES", "REVOKED", "LIMITS", "SCOPES", "NAME");
  for (const auto& key : keys) {
    std::string name;
    append_printable(name, key.name);
    put(key.id, iso8601(key.created), text_of(key.expires), text_of(key.revoked),
        "x" + std::to_string(key.limit_multiplier), to_string(key.scopes), name);
  }
}

int list(const list_options& options) {
  auto at = open_store(options.store);
  if (!at)
    return give_up(exit_failure, at.error().detail);
  auto keys = at->connection->list_api_keys();
  if (!keys)
    return give_up(exit_failure, "The API keys cannot be read: " + keys.error().detail + ".");
  print(*keys);
  return exit_ok;
}

command add_list(CLI::App& app) {
  auto options = std::make_shared<list_options>();
  auto* parsed = app.add_subcommand("list", "Show all keys, also those that have expired or are revoked.");
  options->store.add_to(*parsed);
  return {parsed, [options] { return list(*options); }};
}

// -- revoke -----------------------------------------------------------------------------------------------------------

int revoke(const revoke_options& options) {
  // Who gives the key itself shall not find it repeated in a log.
  if (!key_id::parse(options.id))
    return give_up(exit_usage, "That is no key's id: it has 10 characters, which tessera keys list shows and which "
                               "stand in the key, behind tsk_.");
  auto at = open_store(options.store);
  if (!at)
    return give_up(exit_failure, at.error().detail);
  auto revoked = at->connection->revoke_api_key(options.id, wall_clock());
  if (!revoked)
    return give_up(exit_failure, "Key " + options.id + " was not revoked: " + revoked.error().detail + ".");
  if (!*revoked) {
    std::cout << "Key " << options.id << " had been revoked before.\n";
    return exit_ok;
  }
  if (auto written = at->write_audit("key.revoke", options.id); !written)
    return give_up(exit_failure, "Key " + options.id + " is revoked, but the audit log does not take that: "
                                     + written.error().detail + ".");
  std::cout << "Revoked key " << options.id << "; services refuse it within a second.\n";
  return exit_ok;
}

command add_revoke(CLI::App& app) {
  auto options = std::make_shared<revoke_options>();
  auto* parsed = app.add_subcommand("revoke", "Refuse a key from now on, for good.");
  parsed->add_option("id", options->id, "the key's id")->type_name("ID")->required();
  options->store.add_to(*parsed);
  return {parsed, [options] { return revoke(*options); }};
}

// -- rotate -----------------------------------------------------------------------------------------------------------

/// Leaves no line in an audit log: the keys of cards belong to no store, and their file says when each was made.
int rotate(const rotate_options& options) {
  auto made = rotate_card_keys(options.file);
  if (!made)
    return give_up(exit_failure, "No card key was made: " + made.error().detail + ".");
  std::cout << made->text() << std::endl;
  std::cerr
      << "Made card key " << made->text() << " in " << options.file
      << ". It signs the cards of services that read it from now on; the keys before it still verify. Copy the file "
         "to all nodes, then send each service SIGHUP.\n";
  return exit_ok;
}

command add_rotate(CLI::App& app) {
  auto options = std::make_shared<rotate_options>();
  auto* parsed = app.add_subcommand("rotate", "Make a new key that signs cards, and print its id, no secret.");
  parsed->add_option("--card-keys", options->file, "the file with the keys of cards, made if there is none")
      ->type_name("FILE")
      ->required();
  return {parsed, [options] { return rotate(*options); }};
}

} // namespace

command add_keys_command(CLI::App& app) {
  auto* parsed =
      app.add_subcommand("keys", "Make, list and revoke the API keys of a member store; make keys that sign cards.");
  parsed->require_subcommand(0, 1);
  std::vector actions{add_create(*parsed), add_list(*parsed), add_revoke(*parsed), add_rotate(*parsed)};
  return {parsed, [actions = std::move(actions)] { return run_parsed(actions); }};
}

} // namespace tessera
