#include "operators/operator_actions.hpp"

#include "cards/json_text.hpp"
#include "cards/wall_clock.hpp"
#include "operators/plane_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace tessera {

namespace {

using httplib::Request;
using httplib::Response;

constexpr std::string_view path_prefix = "/actions/";

/// Each may take a thread of the plane for some seconds, and readers need them, too.
constexpr int most_at_once = 4;

constexpr std::uint32_t ask_again_s = 2;

std::optional<std::string_view> action_of(std::string_view path) {
  if (!path.starts_with(path_prefix))
    return std::nullopt;
  auto found = std::ranges::find(action_names, path.substr(path_prefix.size()));
  return found == action_names.end() ? std::nullopt : std::optional{*found};
}

/// A browser says where the page comes from that makes it ask; programs say nothing.
bool is_foreign(const Request& request) {
  if (request.has_header("Origin")) {
    auto host = request.get_header_value("Host");
    auto origin = request.get_header_value("Origin");
    if (request.get_header_value_count("Origin") != 1 || (origin != "http://" + host && origin != "https://" + host))
      return true;
  }
  if (!request.has_header("Sec-Fetch-Site"))
    return false;
  auto site = request.get_header_value("Sec-Fetch-Site");
  return site != "same-origin" && site != "none";
}

bool is_json(const Request& request) {
  return request.has_header("Content-Type") && !check_content_type(request.get_header_value("Content-Type"));
}

std::optional<std::string> text_of(const std::optional<utc_time>& time) {
  return time ? std::optional{iso8601(*time)} : std::nullopt;
}

std::string_view name_of(breaker_order order) {
  constexpr std::array<std::string_view, 3> names{"auto", "open", "closed"};
  return names[static_cast<std::size_t>(order)];
}

std::string_view name_of(node_control::reloaded_part::outcome outcome) {
  constexpr std::array<std::string_view, 3> names{"reloaded", "failed", "off"};
  return names[static_cast<std::size_t>(outcome)];
}

void refuse_failure(Response& response, const failure& why) {
  bool temporary = why.code == error_code::database_unavailable || why.code == error_code::shutting_down;
  refuse(response, problem{why.code, why.detail, {}, temporary ? ask_again_s : 0});
}

/// The answer to an act that was carried out; grows by what only that act tells.
class report {
public:
  report(std::string_view action, const operator_act& act, std::string_view message,
         const std::optional<utc_time>& until) {
    body_.open()
        .put("action", action)
        .put("message", message)
        .put("by", act.actor)
        .put("reason", act.reason)
        .put("at", iso8601(wall_clock()))
        .put("until", text_of(until));
  }

  json_text& more() noexcept {
    return body_;
  }

  void send(Response& response, int status = 200) {
    response.status = status;
    response.set_header("Cache-Control", "no-store");
    response.set_content(body_.close().text(), plane_json_type);
  }

private:
  json_text body_;
};

/// Carries out one action and answers it.
struct performer {
  node_control& control;
  std::string_view name;
  operator_act act;
  Response& response;

  void operator()(const clear_action& what) const {
    auto done = what.member ? control.clear_member(*what.member, act) : control.clear_everything(act);
    if (!done)
      return refuse_failure(response, done.error());
    auto what_went = what.member ? fmt::format("member {}", what.member->value) : std::string{"everything"};
    auto l2 = !done->has_l2 ? "none" : done->l2_owes ? "owed" : "cleared";
    auto message = "Cleared " + what_went + " from this node's caches"
                   + (!done->has_l2   ? "."
                      : done->l2_owes ? "; Redis does not answer: it is not read from before it has forgotten it, too."
                                      : " and from Redis; other nodes keep what they have in memory.");
    report out{name, act, message, std::nullopt};
    out.more().put("everything", !what.member).put("l2", l2);
    if (what.member)
      out.more().put("member_id", std::to_string(what.member->value));
    else
      out.more().put_null("member_id");
    out.send(response);
  }

  void operator()(const warm_action& what) const {
    auto done = control.warm_cache(what.member_limit, act);
    if (!done)
      return refuse_failure(response, done.error());
    report out{name, act,
               done->finished ? fmt::format("Warmed the cache with {} members.", done->members)
                              : "Warming the cache; its end is in the log.",
               std::nullopt};
    out.more().put("finished", done->finished);
    if (done->finished)
      out.more().put("warmed_members", std::uint64_t{done->members});
    else
      out.more().put_null("warmed_members");
    out.send(response, done->finished ? 200 : 202);
  }

  void operator()(const breaker_action& what) const {
    auto until = control.force_breaker(what.order, what.time, act);
    if (!until)
      return refuse_failure(response, until.error());
    report out{name, act,
               what.order == breaker_order::automatic ? "The circuit breaker decides by itself again."
               : what.order == breaker_order::open
                   ? "The circuit breaker is kept open; afterwards probes decide whether it closes."
                   : "The circuit breaker is kept closed; afterwards it judges afresh.",
               *until};
    out.more().put("state", name_of(what.order));
    out.send(response);
  }

  void operator()(const drain_action&) const {
    auto until = control.drain(act);
    if (!until)
      return refuse_failure(response, until.error());
    report{name, act, "The node drains: it answers what is in flight and ends.", *until}.send(response, 202);
  }

  void operator()(const log_action& what) const {
    auto until = control.set_log_level(what.level, what.time, act);
    if (!until)
      return refuse_failure(response, until.error());
    report out{name, act, "The log has the level " + what.level + (*until ? " for a while." : "."), *until};
    out.more().put("level", what.level);
    out.send(response);
  }

  void operator()(const reload_action&) const {
    auto parts = control.reload(act);
    if (!parts)
      return refuse_failure(response, parts.error());
    using outcome = node_control::reloaded_part::outcome;
    bool failed = std::ranges::any_of(*parts, [](const auto& each) { return each.came_to == outcome::failed; });
    report out{name, act,
               failed ? "Some parts could not be read again; what was in force before stays so."
                      : "Keys and certificate were read again.",
               std::nullopt};
    out.more().list("parts");
    for (const auto& each : *parts) {
      out.more().open().put("what", each.what).put("outcome", name_of(each.came_to));
      if (each.came_to == outcome::failed)
        out.more().put("detail", each.detail);
      else
        out.more().put_null("detail");
      out.more().close();
    }
    out.more().end_list();
    out.send(response);
  }
};

} // namespace

operator_caller caller_of(const Request& request, operator_access& access) {
  std::vector<std::string_view> lines;
  auto [first, last] = request.headers.equal_range("Authorization");
  for (auto line = first; line != last; ++line)
    lines.push_back(line->second);
  return access.judge(lines, request.remote_addr);
}

bool operator_actions::admits(const Request& request, Response& response) {
  if (!action_of(request.path)) {
    refuse(response, error_code::not_found, "There is no such action");
    return false;
  }
  if (request.method != "POST") {
    response.set_header("Allow", "POST");
    refuse(response, error_code::method_not_allowed, {});
    return false;
  }
  if (is_foreign(request)) {
    refuse(response, error_code::authorization, "A page from elsewhere may not operate this node");
    return false;
  }
  auto caller = caller_of(request, access_);
  if (caller.refused == error_code::authentication)
    response.set_header("WWW-Authenticate", "Bearer");
  if (caller.refused != error_code::none) {
    refuse(response, problem{caller.refused, caller.why, {}, static_cast<std::uint32_t>(caller.retry_after.count())});
    return false;
  }
  if (!is_json(request)) {
    refuse(response, error_code::unsupported_media_type, "The body must be application/json, and said to be");
    return false;
  }
  return true;
}

void operator_actions::act(const Request& request, Response& response) {
  auto name = *action_of(request.path);
  auto input = parse_action(name, request.body, wall_clock());
  if (auto* fault = std::get_if<problem>(&input))
    return refuse(response, *fault);
  // Judged once more for the name: the key may have been revoked while the body came.
  auto caller = caller_of(request, access_);
  if (caller.refused != error_code::none)
    return refuse(response, caller.refused, caller.why);
  if (under_way_.fetch_add(1) >= most_at_once) {
    under_way_.fetch_sub(1);
    return refuse(response, problem{error_code::queue_full, "Other actions are under way", {}, ask_again_s});
  }
  auto& what = std::get<action_input>(input);
  try {
    std::visit(performer{control_, name, {caller.name, what.reason}, response}, what.what);
  } catch (...) {
    under_way_.fetch_sub(1);
    throw;
  }
  under_way_.fetch_sub(1);
}

void operator_actions::describe_session(const Request& request, Response& response,
                                        const std::filesystem::path& token_file) {
  auto caller = caller_of(request, access_);
  bool may = caller.refused == error_code::none;
  json_text out;
  out.open().put("may_operate", may).put("needs_key", true);
  if (caller.name.empty())
    out.put_null("name");
  else
    out.put("name", caller.name);
  if (may || !caller.presented)
    out.put_null("refused");
  else
    out.put("refused", caller.refused == error_code::authorization  ? "scope"
                       : caller.refused == error_code::rate_limited ? "slow_down"
                                                                    : "unknown");
  out.put("token_file", token_file.string()).put("log_level", control_.log_level()).list("actions");
  for (auto each : action_names)
    out.item(each);
  out.end_list();
  response.set_header("Cache-Control", "no-store");
  response.set_content(out.close().text(), plane_json_type);
}

} // namespace tessera
