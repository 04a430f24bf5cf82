#include "app/command.hpp"
#include "app/loadtest_options.hpp"
#include "app/opened_store.hpp"
#include "app/progress.hpp"
#include "cards/json_text.hpp"
#include "cards/wall_clock.hpp"
#include "config/descriptor_limit.hpp"
#include "loadtest/card_collector.hpp"
#include "loadtest/load_report.hpp"
#include "loadtest/load_run.hpp"
#include "loadtest/number_text.hpp"
#include "loadtest/rate_search.hpp"

#include <CLI/App.hpp>

#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tessera {

namespace {

using namespace loadtest;

/// Cards that are verified must outlast the load.
constexpr auto card_validity = std::chrono::days{2};

volatile std::sig_atomic_t interrupted = 0;

/// The first Ctrl-C stops the load, the second one the program.
void on_interrupt(int number) {
  interrupted = 1;
  std::signal(number, SIG_DFL);
}

/// Who is asked for, and the cards that are verified.
struct subjects {
  std::vector<load_member> members;
  std::vector<issued_card> cards;
};

result<std::vector<load_member>> read_members(const loadtest_options& options, utc_time valid_until) {
  if (!options.ids_file.empty())
    return members_of_file(options.ids_file, options.members);
  auto opened = open_store(options.store);
  if (!opened)
    return opened.error();
  progress_line progress{"members read", options.members};
  auto members = members_of_store(*opened->connection, options.members, valid_until,
                                  [&](std::size_t count) { progress.update(count); });
  progress.finish();
  return members;
}

result<subjects> find_subjects(const loadtest_options& options, const load_plan& plan) {
  auto valid_until = wall_clock() + card_validity;
  auto members = read_members(options, valid_until);
  if (!members)
    return members.error();
  if (members->empty())
    return failure{error_code::validation, "There is no member to ask for."};
  bool by_id = plan.mix.has(scenario::generate) || plan.mix.has(scenario::verify);
  if (by_id && std::ranges::any_of(*members, [](const load_member& each) { return each.id.value == 0; }))
    return failure{error_code::validation, "Cards are asked for by member id: give them in the file of --ids, behind a "
                                           "comma on each line, or leave generate and verify out of --mix."};
  shuffle(*members, plan.seed);
  subjects found{std::move(*members), {}};
  if (!plan.mix.has(scenario::verify))
    return found;
  auto cards = collect_cards(plan, found.members, cards_to_verify, valid_until);
  if (!cards)
    return cards.error();
  found.cards = std::move(*cards);
  return found;
}

result<load_report> put_load(const load_plan& plan, const subjects& whom) {
  progress_line progress{"requests"};
  auto outcome = run_load(plan, whom.members, whom.cards, [&](const run_progress& now) {
    progress.update(now.answered, std::min(1.0, std::chrono::duration<double>(now.elapsed) / plan.length()));
    return interrupted == 0;
  });
  if (!outcome)
    return outcome.error();
  progress.finish();
  return load_report{plan, std::move(*outcome), whom.members.size(), whom.cards.size()};
}

/// Writes a file that was asked for; returns whether that worked.
bool write(const std::string& file, const std::string& text) {
  if (file.empty())
    return true;
  std::ofstream out{file, std::ios::binary | std::ios::trunc};
  out << text;
  return static_cast<bool>(out.flush());
}

int write_files(const loadtest_options& options, const std::string& json, const load_report* shown) {
  if (!write(options.json_file, json + "\n"))
    return give_up(exit_failure, options.json_file + " cannot be written.");
  if (shown && !write(options.page_file, to_html(*shown)))
    return give_up(exit_failure, options.page_file + " cannot be written.");
  return exit_ok;
}

int measure(const loadtest_options& options, const load_plan& plan, const subjects& whom) {
  auto report = put_load(plan, whom);
  if (!report)
    return give_up(exit_failure, report.error().detail);
  std::cout << to_text(*report);
  if (auto code = write_files(options, to_json(*report), &*report); code != exit_ok)
    return code;
  auto shortcoming = report->shortcoming();
  return shortcoming.empty() ? exit_ok : give_up(exit_failure, shortcoming);
}

/// Returns why a step of the search was not good enough; empty if it was.
std::string shortcoming_of(const load_report& step, std::chrono::nanoseconds limit) {
  auto why = step.shortcoming();
  auto all = step.total();
  std::chrono::nanoseconds p99{static_cast<std::int64_t>(all.latency_ns.percentile(0.99))};
  if (why.empty() && all.of(outcome::refused) > 0)
    why = grouped(all.of(outcome::refused)) + " requests were refused.";
  if (why.empty() && p99 > limit)
    why = "p99 is " + milliseconds_text(p99) + " ms.";
  return why;
}

int find_rate(const loadtest_options& options, load_plan plan, const subjects& whom) {
  auto limit = options.latency_limit();
  if (!limit)
    return give_up(exit_usage, limit.error().detail);
  rate_search search{options.lowest_rate, options.highest_rate};
  std::optional<load_report> best;
  json_text json;
  json.open().put("p99_limit_ms", std::chrono::duration<double, std::milli>(*limit).count()).list("steps");
  while (auto rate = search.next()) {
    plan.rate = *rate / static_cast<double>(plan.users);
    auto step = put_load(plan, whom);
    if (!step)
      return give_up(exit_failure, step.error().detail);
    if (step->outcome.stopped)
      return give_up(exit_failure, "The search was stopped early.");
    auto why = shortcoming_of(*step, *limit);
    std::cout << grouped(*rate) << "/s: " << (why.empty() ? "kept." : "not kept. " + why) << std::endl;
    json.open().put("rate", *rate).put("kept", why.empty()).put("why", why).put_raw("run", to_json(*step)).close();
    search.tried(why.empty());
    if (why.empty())
      best = std::move(*step);
  }
  json.end_list().put("highest_rate", search.highest_kept()).close();
  if (auto code = write_files(options, json.text(), best ? &*best : nullptr); code != exit_ok)
    return code;
  if (!best)
    return give_up(exit_failure, "Not even the lowest rate was kept; try a lower --from.");
  std::cout << "The highest rate that was kept: " << grouped(*search.highest_kept()) << "/s.\n\n" << to_text(*best);
  return exit_ok;
}

int run_loadtest(const loadtest_options& options) {
  auto plan = options.plan();
  if (!plan)
    return give_up(exit_usage, plan.error().detail);
  if (auto valid = validate(*plan, raise_descriptor_limit()); !valid)
    return give_up(exit_usage, valid.error().detail);
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  auto whom = find_subjects(options, *plan);
  if (!whom)
    return give_up(whom.error().code == error_code::validation ? exit_usage : exit_failure, whom.error().detail);
  return options.find_rate ? find_rate(options, *plan, *whom) : measure(options, *plan, *whom);
}

} // namespace

command add_loadtest_command(CLI::App& app) {
  auto options = std::make_shared<loadtest_options>();
  auto* parsed =
      app.add_subcommand("loadtest", "Put load on a server as many users would, check each answer, and report.");
  options->add_to(*parsed);
  return {parsed, [options] { return run_loadtest(*options); }};
}

} // namespace tessera
