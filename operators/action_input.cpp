#include "operators/action_input.hpp"

#include "cards/card_claims.hpp"
#include "cards/id_number.hpp"
#include "cards/iso_time.hpp"
#include "cards/strict_json.hpp"
#include "config/log_level.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace tessera {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t most_reason_letters = 200;
constexpr std::uint32_t least_members = 100;
constexpr std::uint32_t most_members = 10'000;
constexpr std::uint32_t usual_members = 1'000;

bool is_control(unsigned char byte) {
  return byte < 0x20 || byte == 0x7f;
}

std::size_t letters_in(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

input<std::string> parse_reason(const strict_json_object& from) {
  auto text = from.text("reason");
  if (!text || text->empty() || letters_in(*text) > most_reason_letters
      || std::ranges::any_of(*text, [](char byte) { return is_control(static_cast<unsigned char>(byte)); }))
    return invalid_input("/reason", "reason must say why, in 1 to 200 letters without control characters");
  return mask_id_numbers(*text);
}

input<clear_action> parse_clear(const strict_json_object& from) {
  if (from.has("everything") == from.has("member_id"))
    return invalid_input("", "Give either everything or member_id");
  if (from.has("everything")) {
    if (from.boolean("everything") != true)
      return invalid_input("/everything", "everything can only be true");
    return clear_action{};
  }
  auto number = from.integer("member_id");
  auto text = number ? std::to_string(*number) : std::string{from.text("member_id").value_or("")};
  auto id = text.empty() ? std::nullopt : parse_member_id(text);
  if (!id || id->value > max_card_member) // an ID number must not get into the audit log
    return invalid_input("/member_id", "member_id must be a member's number, from 1, and no ID number");
  return clear_action{*id};
}

input<warm_action> parse_warm(const strict_json_object& from) {
  if (!from.has("member_limit"))
    return warm_action{usual_members};
  auto limit = from.integer("member_limit");
  if (!limit || *limit < least_members || *limit > most_members)
    return invalid_input("/member_limit", "member_limit must be a whole number from 100 to 10000");
  return warm_action{static_cast<std::uint32_t>(*limit)};
}

input<milliseconds> parse_seconds(const strict_json_object& from) {
  auto count = from.integer("for_s");
  if (!count || *count < 1 || *count > static_cast<std::uint64_t>(seconds{longest_order}.count()))
    return invalid_input("/for_s", "for_s must be a whole number of seconds from 1 to 86400");
  return milliseconds{*count * 1'000};
}

input<milliseconds> parse_until(const strict_json_object& from, utc_time now) {
  auto parsed = parse_iso_time(from.text("until").value_or(""));
  if (parsed.fault != iso_time_fault::none)
    return invalid_input("/until", "until must be a time such as 2027-01-31T18:30:00Z");
  auto left = parsed.time - now;
  if (left <= left.zero() || left > longest_order)
    return invalid_input("/until", "until must lie in the future, by 24 hours at most");
  return std::chrono::duration_cast<milliseconds>(left);
}

input<breaker_action> parse_breaker(const strict_json_object& from, utc_time now) {
  auto state = from.text("state");
  bool has_end = from.has("for_s") || from.has("until");
  if (state == "auto") {
    if (has_end)
      return invalid_input("/state", "auto takes neither for_s nor until");
    return breaker_action{};
  }
  if (state != "open" && state != "closed")
    return invalid_input("/state", "state must be open, closed or auto");
  if (from.has("for_s") == from.has("until"))
    return invalid_input("", "Give either for_s or until: a forced state ends by itself");
  auto time = from.has("for_s") ? parse_seconds(from) : parse_until(from, now);
  if (auto* fault = std::get_if<problem>(&time))
    return *fault;
  return breaker_action{state == "open" ? breaker_order::open : breaker_order::closed, std::get<milliseconds>(time)};
}

input<log_action> parse_log(const strict_json_object& from) {
  auto level = from.text("level");
  if (!level || !is_log_level(*level))
    return invalid_input("/level", "level must be trace, debug, info, warn, error or off");
  log_action result{std::string{*level}, std::nullopt};
  if (!from.has("for_s"))
    return result;
  auto time = parse_seconds(from);
  if (auto* fault = std::get_if<problem>(&time))
    return *fault;
  result.time = std::get<milliseconds>(time);
  return result;
}

template <class Action>
input<action_input> complete(std::string reason, input<Action> parsed) {
  if (auto* fault = std::get_if<problem>(&parsed))
    return std::move(*fault);
  return action_input{std::move(reason), std::move(std::get<Action>(parsed))};
}

/// Returns the members that an action takes beside the reason.
std::vector<std::string_view> members_of(std::string_view name) {
  std::vector<std::string_view> known{"reason"};
  if (name == "clear-cache")
    known.insert(known.end(), {"everything", "member_id"});
  else if (name == "warm-cache")
    known.push_back("member_limit");
  else if (name == "breaker")
    known.insert(known.end(), {"state", "for_s", "until"});
  else if (name == "log-level")
    known.insert(known.end(), {"level", "for_s"});
  return known;
}

} // namespace

input<action_input> parse_action(std::string_view name, std::string_view body, utc_time now) {
  auto parsed = strict_json_object::parse(body);
  if (!parsed)
    return invalid_input("", "The body must be a JSON object in which no member is there twice");
  if (auto stranger = parsed->stranger(members_of(name)))
    return invalid_input(
        "", "Only these members are known here, and another one was given: " + [&] {
          std::string all;
          for (auto each : members_of(name))
            all.append(all.empty() ? "" : ", ").append(each);
          return all;
        }());
  auto reason = parse_reason(*parsed);
  if (auto* fault = std::get_if<problem>(&reason))
    return *fault;
  auto why = std::move(std::get<std::string>(reason));
  if (name == "clear-cache")
    return complete(std::move(why), parse_clear(*parsed));
  if (name == "warm-cache")
    return complete(std::move(why), parse_warm(*parsed));
  if (name == "breaker")
    return complete(std::move(why), parse_breaker(*parsed, now));
  if (name == "log-level")
    return complete(std::move(why), parse_log(*parsed));
  if (name == "drain")
    return action_input{std::move(why), drain_action{}};
  return action_input{std::move(why), reload_action{}};
}

} // namespace tessera
