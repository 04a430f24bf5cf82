#include "tests/support/beast_head.hpp"

#include "gateway/http/request.hpp"

#include <utility> // before Asio: Boost 1.74 uses std::exchange in C++20 without including it

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <limits>
#include <vector>

namespace tessera {

namespace http = boost::beast::http;

namespace {

std::string text(boost::beast::string_view of) {
  return {of.data(), of.size()};
}

/// All lines of a header, in order.
std::vector<std::string> lines_of(const http::fields& fields, const char* name) {
  std::vector<std::string> result;
  auto [begin, end] = fields.equal_range(name);
  for (auto at = begin; at != end; ++at)
    result.push_back(text(at->value()));
  return result;
}

std::string last_of(const http::fields& fields, const char* name) {
  auto lines = lines_of(fields, name);
  return lines.empty() ? std::string{} : lines.back();
}

bool equal_lines(const header_lines& ours, std::vector<std::string> theirs) {
  if (theirs.size() > header_lines::most)
    theirs.erase(theirs.begin(), theirs.end() - header_lines::most);
  return std::ranges::equal(ours.values(), theirs);
}

} // namespace

std::string difference_to_beast(std::string_view head, const http_request& ours) {
  http::request_parser<http::empty_body> parser;
  parser.header_limit(1u << 20);
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  boost::beast::error_code fault;
  parser.put(boost::asio::const_buffer{head.data(), head.size()}, fault);
  if ((fault && fault != http::error::need_more && fault != http::error::unexpected_body) || !parser.is_header_done())
    return "Beast refuses it: " + fault.message();
  const auto& theirs = parser.get();
  auto target = text(theirs.target());
  target.resize(std::min(target.size(), target.find('#')));
  auto our_target = std::string{ours.path};
  if (target.find('?') != target.npos)
    our_target += "?" + std::string{ours.query};
  if (our_target != target)
    return "target";
  if (ours.method_text != text(theirs.method_string()))
    return "method";
  if (ours.http_1_1 != (theirs.version() == 11))
    return "version";
  if (ours.keep_alive != parser.keep_alive())
    return "keep-alive";
  if (ours.chunked != parser.chunked())
    return "chunked";
  auto length = parser.content_length();
  if (ours.content_length != (length ? *length : 0))
    return "length";
  const std::pair<const char*, std::string_view> single[] = {
      {"Host", ours.host},
      {"X-Request-Id", ours.request_id},
      {"Traceparent", ours.traceparent},
      {"If-None-Match", ours.if_none_match},
      {"Content-Type", ours.content_type},
      {"Accept", ours.accept},
      {"Origin", ours.origin},
      {"Access-Control-Request-Method", ours.requested_method},
      {"Idempotency-Key", ours.idempotency_key},
  };
  for (const auto& [name, value] : single)
    if (last_of(theirs, name) != value)
      return name;
  if (!equal_lines(ours.authorization, lines_of(theirs, "Authorization")))
    return "Authorization";
  if (!equal_lines(ours.x_forwarded_for, lines_of(theirs, "X-Forwarded-For")))
    return "X-Forwarded-For";
  bool forwarded = !lines_of(theirs, "Forwarded").empty() || !lines_of(theirs, "X-Forwarded-For").empty();
  if (ours.forwarded != forwarded)
    return "Forwarded";
  return {};
}

} // namespace tessera
