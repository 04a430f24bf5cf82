#include "loadtest/verdict.hpp"

#include "cards/member.hpp"

#include <algorithm>
#include <charconv>

namespace tessera::loadtest {

namespace {

constexpr int ok_status = 200;
constexpr int request_timeout = 408;
constexpr int too_many_requests = 429;
constexpr int server_error = 500;
constexpr int unavailable = 503;

/// Returns whether `body` has a member `name` with the whole number `value`.
bool has_number(std::string_view body, std::string_view name, std::uint64_t value) noexcept {
  char text[64];
  auto end = std::copy(name.begin(), name.end(), text);
  end = std::to_chars(end, text + sizeof text, value).ptr;
  std::string_view wanted{text, static_cast<std::size_t>(end - text)};
  auto at = body.find(wanted);
  if (at == body.npos)
    return false;
  auto next = at + wanted.size();
  return next < body.size() && (body[next] == ',' || body[next] == '}');
}

bool has_id_number(std::string_view body, id_number number) noexcept {
  constexpr std::string_view name = R"("id_number":")";
  auto at = body.find(name);
  auto digits = number.digits();
  return at != body.npos
         && body.substr(at + name.size()).starts_with(std::string_view{digits.data(), digits.size()});
}

/// The answer names its member in one way or another; a member id of 0 is not known.
bool is_about(scenario asked, std::string_view body, const load_member& whom) {
  constexpr std::string_view id_name = R"("member_id":)";
  switch (asked) {
  case scenario::lookup:
    return has_id_number(body, whom.number) && (whom.id.value == 0 || has_number(body, id_name, whom.id.value));
  case scenario::generate:
    return has_number(body, id_name, whom.id.value);
  case scenario::verify:
    return body.find(R"("membership_number":")" + membership_number(whom.id) + '"') != body.npos;
  case scenario::stats:
    return body.find(R"("member_cache":)") != body.npos;
  }
  return false;
}

verdict judge_body(scenario asked, std::string_view body, const load_member& whom) {
  if (asked == scenario::verify && body.find(R"("valid":true)") == body.npos)
    return {outcome::wrong, "not valid"};
  if (!is_about(asked, body, whom))
    return {outcome::wrong, asked == scenario::stats ? "no statistics" : "another member"};
  return {};
}

bool is_code(std::string_view text) noexcept {
  constexpr std::size_t longest = 40;
  return text.size() <= longest && std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

} // namespace

verdict judge(scenario asked, const http_answer& answer, const load_member& whom) {
  if (answer.status == ok_status)
    return judge_body(asked, answer.body, whom);
  auto code = error_code_of(answer.body);
  auto kind = std::to_string(answer.status);
  if (!code.empty())
    kind.append(" ").append(code);
  if (answer.status == too_many_requests || (answer.status == unavailable && !code.empty()))
    return {outcome::refused, kind};
  bool too_late = answer.status == request_timeout;
  return {answer.status >= server_error || too_late ? outcome::failed : outcome::wrong, kind};
}

std::string origin_of(const http_answer& answer) {
  auto cache = header_of(answer.head, "X-Cache");
  if (cache != "HIT" && cache != "MISS" && cache != "STALE")
    return {};
  auto layer = header_of(answer.head, "X-Cache-Layer");
  std::string result{cache};
  if (layer == "L1" || layer == "L2" || layer == "DB")
    result.append(" ").append(layer);
  return result;
}

std::string_view error_code_of(std::string_view body) noexcept {
  constexpr std::string_view before = R"("code":")";
  auto at = body.find(before);
  if (at == body.npos)
    return {};
  auto rest = body.substr(at + before.size());
  auto code = rest.substr(0, rest.find('"'));
  return is_code(code) ? code : std::string_view{};
}

} // namespace tessera::loadtest
