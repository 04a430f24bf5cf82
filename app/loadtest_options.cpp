#include "app/loadtest_options.hpp"

#include "config/small_file.hpp"
#include "config/value_text.hpp"
#include "guard/ip_address.hpp"

#include <CLI/App.hpp>

#include <string_view>

namespace tessera {

namespace {

using loadtest::choice_kind;

failure wrong(std::string sentence) {
  return {error_code::validation, std::move(sentence)};
}

result<std::chrono::nanoseconds> parse_time(std::string_view flag, std::string_view text) {
  auto parsed = parse_duration(text, std::chrono::seconds{1});
  if (!parsed)
    return wrong(std::string{flag} + " must be a time such as 60s, 5m or 500ms.");
  return std::chrono::nanoseconds{*parsed};
}

result<std::uint32_t> parse_ipv4(std::string_view text) {
  auto address = parse_ip_address(text);
  if (!address || !address->is_v4())
    return wrong("--first-address must be an IPv4 address such as 127.1.0.1.");
  const auto& bytes = address->bytes();
  return std::uint32_t{bytes[12]} << 24 | std::uint32_t{bytes[13]} << 16 | std::uint32_t{bytes[14]} << 8 | bytes[15];
}

} // namespace

void loadtest_options::add_to(CLI::App& app) {
  constexpr std::size_t most_users = 1'000'000;
  constexpr double most_per_second = 1e7;
  app.add_option("--target", target_, "the server: http://HOST:PORT")->type_name("URL")->required();
  app.add_option("--users,--connections", plan_.users, "how many, each with a connection of its own [100]")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, most_users));
  app.add_option("--rate", plan_.rate, "requests per second of each user [1]")
      ->type_name("R")
      ->check(CLI::Range(1e-3, most_per_second));
  app.add_option("--ramp", ramp_, "over so long the users begin, which is not measured [10s]")->type_name("TIME");
  app.add_option("--duration", duration_, "how long it is measured [30s]")->type_name("TIME");
  app.add_option("--mix", mix_, "what is asked for [lookup=40,generate=30,verify=20,stats=10]")->type_name("MIX");
  app.add_option("--ids", ids_file, "members: an ID number a line, and behind a comma the member id, if known")
      ->type_name("FILE");
  app.add_option("--members", members, "how many members are asked for, at most [1000000]")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  app.add_option("--choice", choice_, "how they are chosen: zipf, some far more often, or uniform [zipf]")
      ->type_name("KIND")
      ->check(CLI::IsMember({"zipf", "uniform"}));
  app.add_option("--zipf", plan_.skew, "how uneven Zipf's law is [0.99]")->type_name("S")->check(CLI::Range(0.01, 10.0));
  app.add_option("--key", plan_.key, "API key; others can see it in the list of processes")->type_name("KEY");
  app.add_option("--key-file", key_file_, "file (0600) with the API key")->type_name("FILE");
  app.add_option("--processes", plan_.processes, "of the generator; one has 20,000 connections or so [1]")
      ->type_name("N")
      ->check(CLI::Range(1, 64));
  app.add_option("--first-address", first_address_, "of the users on this machine, each has the next [127.1.0.1]")
      ->type_name("ADDRESS");
  app.add_option("--seed", plan_.seed, "the same seed asks for the same at the same times [1]")->type_name("N");
  app.add_option("--json", json_file, "write all figures there")->type_name("FILE");
  app.add_option("--report", page_file, "write a page with charts there (HTML)")->type_name("FILE");
  app.add_flag("--i-own-this-server", plan_.owned, "needed for a target that is not this machine");
  app.add_flag("--closed", closed_, "each user asks again at once: what the server can carry at most");
  app.add_flag("--find-rate", find_rate, "look for the highest rate that keeps --p99");
  app.add_option("--p99", limit_, "latency of 99 of 100 requests, for --find-rate [20ms]")->type_name("TIME");
  app.add_option("--from", lowest_rate, "requests per second of all users, where --find-rate begins [100]")
      ->type_name("R")
      ->check(CLI::Range(1.0, most_per_second));
  app.add_option("--to", highest_rate, "and where it ends [100000]")
      ->type_name("R")
      ->check(CLI::Range(1.0, most_per_second));
  store.add_to(app);
}

result<loadtest::load_plan> loadtest_options::plan() const {
  if (closed_ && find_rate)
    return wrong("--closed has no rate to find; leave out --find-rate.");
  if (lowest_rate > highest_rate)
    return wrong("--from must not be above --to.");
  auto plan = plan_;
  plan.loop = closed_ ? loadtest::loop_kind::closed : loadtest::loop_kind::open;
  plan.choice = choice_ == "uniform" ? choice_kind::uniform : choice_kind::zipf;
  auto target = loadtest::find_target(target_);
  if (!target)
    return target.error();
  plan.target = *target;
  auto ramp = parse_time("--ramp", ramp_text());
  if (!ramp)
    return ramp.error();
  plan.ramp = *ramp;
  auto duration = parse_time("--duration", duration_text());
  if (!duration)
    return duration.error();
  plan.duration = *duration;
  if (!mix_.empty()) {
    auto mix = loadtest::parse_mix(mix_);
    if (!mix)
      return mix.error();
    plan.mix = *mix;
  }
  auto first = parse_ipv4(first_address_);
  if (!first)
    return first.error();
  plan.sources.first = *first;
  auto with = key();
  if (!with)
    return with.error();
  plan.key = *with;
  return plan;
}

result<std::chrono::nanoseconds> loadtest_options::latency_limit() const {
  return parse_time("--p99", limit_);
}

result<std::string> loadtest_options::key() const {
  if (key_file_.empty())
    return plan_.key;
  auto content = read_small_file(key_file_, "the file with the API key", file_privacy::owner_only);
  if (!content)
    return content.error();
  if (!*content)
    return wrong("The file with the API key does not exist.");
  auto text = **content;
  text.erase(text.find_last_not_of(" \r\n") + 1);
  return text;
}

} // namespace tessera
