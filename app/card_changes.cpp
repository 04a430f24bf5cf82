#include "app/command.hpp"
#include "app/opened_store.hpp"
#include "cards/card_claims.hpp"
#include "cards/wall_clock.hpp"

#include <CLI/App.hpp>

#include <iostream>
#include <memory>
#include <string>

/// `tessera reissue` and `tessera revoke`: what the store has of a member's cards.
namespace tessera {

namespace {

/// What the column of the store takes.
constexpr std::size_t longest_reason = 255;

struct options {
  store_options store;
  std::string id;
  std::string reason;
};

/// Returns what `change` returns of the opened store, and writes the line for the audit log first: one about a change
/// that then failed does no harm, a change without one would.
template <class Change>
int change_cards_of(const options& given, const char* action, Change&& change) {
  auto member = parse_member_id(given.id);
  if (!member || member->value > max_card_member) // an ID number must not get into the audit log
    return give_up(exit_usage, "A member id is a whole number from 1, and no ID number.");
  auto at = open_store(given.store);
  if (!at)
    return give_up(exit_failure, at.error().detail);
  auto done = at->write_audit(action, given.id);
  if (!done)
    return give_up(exit_failure, "Nothing was changed: " + done.error().detail + ".");
  auto changed = change(*at->connection, *member);
  if (!changed)
    return give_up(exit_failure,
                   "The cards of member " + given.id + " stay as they are: " + changed.error().detail + ".");
  std::cout << "Member " << given.id << ": cards are of epoch " << changed->epoch << ", and revoked up to "
            << changed->revoked_up_to << ". Services go by that within a second.\n";
  return exit_ok;
}

std::shared_ptr<options> add_to(CLI::App& parsed) {
  auto given = std::make_shared<options>();
  parsed.add_option("member", given->id, "the member's id")->type_name("MEMBER_ID")->required();
  given->store.add_to(parsed);
  return given;
}

int revoke(const options& given) {
  if (given.reason.empty() || given.reason.size() > longest_reason)
    return give_up(exit_usage, "--reason must be 1 to 255 bytes long.");
  return change_cards_of(given, "card.revoke", [&](store_connection& store, member_id member) {
    return store.revoke_cards({member, given.reason, "cli", wall_clock()});
  });
}

} // namespace

command add_reissue_command(CLI::App& app) {
  auto* parsed = app.add_subcommand("reissue", "Have a member's cards so far superseded by those made from now on.");
  auto given = add_to(*parsed);
  return {parsed, [given] {
            return change_cards_of(*given, "card.reissue", [](store_connection& store, member_id member) {
              return store.reissue_card(member, wall_clock());
            });
          }};
}

command add_revoke_command(CLI::App& app) {
  auto* parsed = app.add_subcommand("revoke", "Revoke a member's cards; until a reissue no new ones are made.");
  auto given = add_to(*parsed);
  parsed->add_option("--reason", given->reason, "why, for the store")->type_name("TEXT")->required();
  return {parsed, [given] { return revoke(*given); }};
}

} // namespace tessera
