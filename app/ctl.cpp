#include "app/command.hpp"
#include "app/ctl_status.hpp"
#include "app/operator_client.hpp"
#include "cards/json_text.hpp"
#include "cards/strict_json.hpp"
#include "config/quote.hpp"
#include "config/value_text.hpp"

#include <CLI/App.hpp>
#include <CLI/Formatter.hpp>
#include <rapidjson/document.h>

#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tessera {

namespace {

/// What every action takes. `complete` adds to the body what this one takes, or returns what is wrong with it.
struct action_options {
  operator_client node;
  std::string reason;
  std::string member;
  bool everything = false;
  std::uint32_t members = 1'000;
  std::string state;
  std::string level;
  std::string time;
  std::string until;
};

using completion = status (*)(const action_options& given, json_text& body);

std::string text_of(const rapidjson::Value& from, const char* name) {
  auto found = from.FindMember(name);
  std::string out;
  if (found != from.MemberEnd() && found->value.IsString())
    append_printable(out, {found->value.GetString(), found->value.GetStringLength()});
  return out;
}

/// Prints what a node answered to an action; returns the exit code.
int show(const operator_client::answer& answer) {
  rapidjson::Document body;
  body.Parse<rapidjson::kParseIterativeFlag>(answer.body.data(), answer.body.size());
  if (body.HasParseError() || !body.IsObject())
    return give_up(exit_failure,
                   "What answers there is no node of Tessera (status " + std::to_string(answer.status) + ").");
  if (answer.status != 200 && answer.status != 202) {
    auto sentence = text_of(body, "detail");
    if (auto errors = body.FindMember("errors"); errors != body.MemberEnd() && errors->value.IsArray())
      for (const auto& each : errors->value.GetArray())
        if (each.IsObject() && text_of(each, "detail") != sentence)
          sentence += "; " + text_of(each, "detail");
    if (!answer.retry_after.empty())
      sentence += "; try again in " + answer.retry_after + " s";
    return give_up(exit_failure, "Refused (" + std::to_string(answer.status) + "): " + sentence + ".");
  }
  std::cout << text_of(body, "message");
  if (auto until = text_of(body, "until"); !until.empty())
    std::cout << " Until " << until << ".";
  std::cout << "\n";
  bool failed = false;
  if (auto parts = body.FindMember("parts"); parts != body.MemberEnd() && parts->value.IsArray())
    for (const auto& each : parts->value.GetArray()) {
      if (!each.IsObject())
        continue;
      failed |= text_of(each, "outcome") == "failed";
      auto detail = text_of(each, "detail");
      std::cout << text_of(each, "what") << ": " << text_of(each, "outcome") << (detail.empty() ? "" : ": ") << detail
                << "\n";
    }
  return failed ? exit_failure : exit_ok;
}

int run_action(const action_options& given, const char* name, completion complete) {
  json_text body;
  body.open().put("reason", given.reason);
  if (auto done = complete(given, body); !done)
    return give_up(exit_usage, done.error().detail);
  body.close();
  auto answer = given.node.post(std::string{"/actions/"} + name, body.text());
  if (!answer)
    return give_up(exit_failure, answer.error().detail + ".");
  return show(*answer);
}

int run_status(const operator_client& node) {
  auto answer = node.get("/stats");
  if (!answer)
    return give_up(exit_failure, answer.error().detail + ".");
  if (answer->status != 200)
    return show(*answer);
  auto text = status_text(answer->body);
  if (text.empty())
    return give_up(exit_failure, "What answers there is no node of Tessera.");
  std::string printable;
  for (std::size_t start = 0; start < text.size();) {
    auto end = text.find('\n', start);
    append_printable(printable, std::string_view{text}.substr(start, end - start));
    printable += '\n';
    start = end + 1;
  }
  std::cout << printable;
  return exit_ok;
}

failure wrong(std::string sentence) {
  return {error_code::validation, std::move(sentence)};
}

/// Puts `for_s` if a time was given.
status put_time(const action_options& given, json_text& body) {
  if (given.time.empty())
    return ok();
  auto time = parse_duration(given.time, std::chrono::milliseconds{1'000});
  if (!time || time->count() < 1'000 || time->count() % 1'000 != 0)
    return wrong("--for must be a time such as 30s, 10m or 2h.");
  body.put("for_s", static_cast<std::uint64_t>(time->count()) / 1'000);
  return ok();
}

status complete_clear(const action_options& given, json_text& body) {
  if (given.everything == !given.member.empty())
    return wrong("Give either --everything or --member.");
  if (given.everything)
    body.put("everything", true);
  else
    body.put("member_id", given.member);
  return ok();
}

status complete_warm(const action_options& given, json_text& body) {
  body.put("member_limit", std::uint64_t{given.members});
  return ok();
}

status complete_breaker(const action_options& given, json_text& body) {
  body.put("state", given.state);
  if (!given.until.empty())
    body.put("until", given.until);
  return put_time(given, body);
}

status complete_log_level(const action_options& given, json_text& body) {
  body.put("level", given.level);
  return put_time(given, body);
}

status complete_nothing(const action_options&, json_text&) {
  return ok();
}

struct added_action {
  std::shared_ptr<action_options> options = std::make_shared<action_options>();
  CLI::App* parsed = nullptr;
  command made;
};

added_action add_action(CLI::App& app, const char* name, const char* help, completion complete) {
  added_action result;
  result.parsed = app.add_subcommand(name, help);
  result.parsed
      ->add_option("--reason", result.options->reason, "why, for the audit log: 1 to 200 letters, nothing personal")
      ->type_name("TEXT")
      ->required();
  result.options->node.add_to(*result.parsed);
  result.made = {result.parsed,
                 [options = result.options, name, complete] { return run_action(*options, name, complete); }};
  return result;
}

command add_clear(CLI::App& app) {
  auto added =
      add_action(app, "clear-cache", "Forget a member, or everything, in memory and in Redis.", complete_clear);
  added.parsed->add_option("--member", added.options->member, "the member's id")->type_name("MEMBER_ID");
  added.parsed->add_flag("--everything", added.options->everything, "all members, and all cards that were made");
  return added.made;
}

command add_warm(CLI::App& app) {
  auto added = add_action(app, "warm-cache", "Load the newest members into memory.", complete_warm);
  added.parsed->add_option("--members", added.options->members, "how many, 100 to 10000 [1000]")->type_name("N");
  return added.made;
}

command add_breaker(CLI::App& app) {
  auto added = add_action(app, "breaker", "Keep the circuit breaker open or closed for a time, or let it decide.",
                          complete_breaker);
  added.parsed->add_option("state", added.options->state, "open, closed or auto")->type_name("STATE")->required();
  added.parsed->add_option("--for", added.options->time, "for how long, such as 10m; 24h at most")->type_name("TIME");
  added.parsed->add_option("--until", added.options->until, "until when, such as 2027-01-31T18:30:00Z")
      ->type_name("TIME");
  return added.made;
}

command add_drain(CLI::App& app) {
  return add_action(app, "drain", "Have the node answer what is in flight and end, as on SIGTERM.", complete_nothing)
      .made;
}

command add_log_level(CLI::App& app) {
  auto added = add_action(app, "log-level", "Change from which level on the node logs.", complete_log_level);
  added.parsed->add_option("level", added.options->level, "trace, debug, info, warn, error or off")
      ->type_name("LEVEL")
      ->required();
  added.parsed->add_option("--for", added.options->time, "then back to the configured one, such as 10m [never]")
      ->type_name("TIME");
  return added.made;
}

command add_reload(CLI::App& app) {
  return add_action(app, "reload", "Read API keys, card keys and the TLS certificate again.", complete_nothing).made;
}

command add_status(CLI::App& app) {
  auto node = std::make_shared<operator_client>();
  auto* parsed = app.add_subcommand("status", "Show how a node is doing.");
  node->add_to(*parsed);
  return {parsed, [node] { return run_status(*node); }};
}

} // namespace

command add_ctl_command(CLI::App& app) {
  auto* parsed = app.add_subcommand("ctl", "Operate a running node: see how it does, clear its caches, drain it.");
  parsed->require_subcommand(0, 1);
  std::vector actions{add_status(*parsed), add_clear(*parsed),     add_warm(*parsed),  add_breaker(*parsed),
                      add_drain(*parsed),  add_log_level(*parsed), add_reload(*parsed)};
  parsed->footer("Acts need the token that the node wrote at its start, or an API key with the scope operate in the "
                 "environment variable TESSERA_KEY: flags are visible to others.");
  return {parsed, [actions = std::move(actions)] { return run_parsed(actions); }};
}

} // namespace tessera
