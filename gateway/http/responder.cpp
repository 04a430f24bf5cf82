#include "gateway/http/responder.hpp"

#include "cards/id_number.hpp"
#include "web/web_files.hpp"

#include <algorithm>
#include <charconv>
#include <concepts>

namespace tessera {

namespace {

constexpr std::string_view json_type = "application/json; charset=utf-8";
constexpr std::string_view problem_type = "application/problem+json; charset=utf-8";

// OWASP's REST security cheat sheet; no answer of this service may be framed, sniffed or run anything, but for its
// pages, which have policies of their own.
constexpr std::string_view security_headers = "X-Content-Type-Options: nosniff\r\n"
                                              "X-Frame-Options: DENY\r\n"
                                              "Referrer-Policy: no-referrer\r\n"
                                              "Cross-Origin-Resource-Policy: same-origin\r\n";

std::string_view content_policy_of(route to) noexcept {
  switch (to) {
  case route::verify_page:
    return verify_content_security_policy();
  case route::docs:
  case route::error_docs:
    return docs_content_security_policy();
  default:
    return "default-src 'none'; frame-ancestors 'none'";
  }
}

std::string_view reason_of(unsigned status) noexcept {
  switch (status) {
  case 200:
    return "200 OK\r\n";
  case 202:
    return "202 Accepted\r\n";
  case 204:
    return "204 No Content\r\n";
  case 304:
    return "304 Not Modified\r\n";
  case 400:
    return "400 Bad Request\r\n";
  case 401:
    return "401 Unauthorized\r\n";
  case 403:
    return "403 Forbidden\r\n";
  case 404:
    return "404 Not Found\r\n";
  case 405:
    return "405 Method Not Allowed\r\n";
  case 408:
    return "408 Request Timeout\r\n";
  case 409:
    return "409 Conflict\r\n";
  case 413:
    return "413 Content Too Large\r\n";
  case 414:
    return "414 URI Too Long\r\n";
  case 415:
    return "415 Unsupported Media Type\r\n";
  case 417:
    return "417 Expectation Failed\r\n";
  case 429:
    return "429 Too Many Requests\r\n";
  case 431:
    return "431 Request Header Fields Too Large\r\n";
  case 503:
    return "503 Service Unavailable\r\n";
  default:
    return "500 Internal Server Error\r\n";
  }
}

/// A number's decimal digits.
class digits_of {
public:
  template <std::integral Number>
  explicit digits_of(Number value) noexcept
      : size_(static_cast<std::size_t>(std::to_chars(text_, text_ + sizeof text_, value).ptr - text_)) {
  }

  operator std::string_view() const noexcept {
    return {text_, size_};
  }

private:
  char text_[20];
  std::size_t size_;
};

template <std::size_t N>
constexpr std::string_view view_of(const char (&literal)[N]) noexcept {
  return {literal, N - 1};
}

constexpr std::string_view view_of(std::string_view text) noexcept {
  return text;
}

void append_views(std::string& out, std::same_as<std::string_view> auto... parts) {
  auto at = out.size();
  out.resize(at + (parts.size() + ...));
  auto* to = out.data() + at;
  ((std::char_traits<char>::copy(to, parts.data(), parts.size()), to += parts.size()), ...); // empty ones may be null
}

/// Appends all parts, with one look at the space that is left for them.
template <class... Parts>
void append(std::string& out, const Parts&... parts) {
  append_views(out, view_of(parts)...);
}

/// Returns whether an If-None-Match value names the entity tag `etag` (opaque part, without W/ and quotes), by weak
/// comparison (RFC 9110, section 8.8.3.2).
bool matches(std::string_view if_none_match, std::string_view etag) noexcept {
  if (if_none_match == "*")
    return true;
  for (auto at = if_none_match.find(etag); at != if_none_match.npos; at = if_none_match.find(etag, at + 1)) {
    auto end = at + etag.size();
    if (at > 0 && if_none_match[at - 1] == '"' && end < if_none_match.size() && if_none_match[end] == '"')
      return true;
  }
  return false;
}

} // namespace

bool names_etag(std::string_view if_none_match, std::string_view etag) noexcept {
  auto begin = etag.find('"');
  return begin != etag.npos && etag.size() >= begin + 2
         && matches(if_none_match, etag.substr(begin + 1, etag.size() - begin - 2));
}

std::string masked_path(std::string_view path) {
  return mask_id_numbers(path);
}

responder::responder(std::vector<std::string> cors_origins, std::uint64_t id_seed)
    : cors_origins_(std::move(cors_origins)), ids_(id_seed) {
}

response_context responder::context_of(const http_request& request, route to) const {
  response_context context;
  context.method = request.method;
  context.to = to;
  context.http_1_1 = request.http_1_1;
  context.keep_alive = request.keep_alive;
  context.wants_timing = request.wants_timing;
  if (!request.request_id.empty() && is_sane_request_id(request.request_id))
    context.rare_or_new().request_id = request.request_id;
  if (!request.traceparent.empty() && is_sane_traceparent(request.traceparent))
    context.rare_or_new().traceparent = request.traceparent;
  if (!request.if_none_match.empty())
    context.rare_or_new().if_none_match = request.if_none_match;
  if (!request.origin.empty()) {
    for (const auto& allowed : cors_origins_)
      if (allowed == "*" || allowed == request.origin)
        context.rare_or_new().allowed_origin = allowed;
  }
  return context;
}

std::string_view responder::request_id_of(const response_context& context, request_ids::text& storage) {
  if (context.rare && !context.rare->request_id.empty())
    return context.rare->request_id;
  storage = ids_.next();
  return {storage.data(), storage.size()};
}

void responder::begin(std::string& out, const response_context& context, unsigned status, std::string_view request_id) {
  ++classes_[status / 100];
  if (context.access) {
    context.access->status = status;
    context.access->request_id = request_id;
  }
  append(out, "HTTP/1.1 ", reason_of(status), "Date: ", clock_.date(), "\r\nX-Request-Id: ", request_id, "\r\n",
         security_headers);
  append(out, "Content-Security-Policy: ", content_policy_of(context.to), "\r\n");
  if (!context.keep_alive)
    append(out, "Connection: close\r\n");
  else if (!context.http_1_1)
    append(out, "Connection: keep-alive\r\n");
  if (!cors_origins_.empty())
    append(out, "Vary: Origin\r\n");
  if (!context.limit.name.empty())
    put_limit(out, context.limit);
  if (!context.rare)
    return;
  if (!context.rare->traceparent.empty())
    append(out, "traceparent: ", context.rare->traceparent, "\r\n");
  if (!context.rare->allowed_origin.empty())
    append(out, "Access-Control-Allow-Origin: ", context.rare->allowed_origin,
           "\r\nAccess-Control-Expose-Headers: Age, Content-Disposition, ETag, Idempotency-Replayed, Location, "
           "RateLimit, RateLimit-Policy, Retry-After, X-Cache, X-Cache-Hit, X-Cache-Layer, X-PDF-Size, "
           "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
           "X-Request-Id\r\n");
}

/// The predecessor's headers, and those of draft-ietf-httpapi-ratelimit-headers-10.
void responder::put_limit(std::string& out, const limit_report& limit) const {
  auto reset = clock_.timestamp_of(limit.reset);
  auto left = std::chrono::ceil<std::chrono::seconds>(limit.reset - clock_.now()).count();
  digits_of quota{limit.limit};
  digits_of remaining{limit.remaining};
  append(out, "X-RateLimit-Limit: ", quota, "\r\nX-RateLimit-Remaining: ", remaining,
         "\r\nX-RateLimit-Reset: ", std::string_view{reset.data(), reset.size()}, "\r\nRateLimit-Policy: \"",
         limit.name, "\";q=", quota, ";w=", digits_of{limit.window_s}, "\r\nRateLimit: \"", limit.name,
         "\";r=", remaining, ";t=", digits_of{std::max<std::int64_t>(left, 0)}, "\r\n");
}

void responder::finish(std::string& out, const response_context&, std::string_view content_type,
                       std::size_t content_length) {
  append(out, "Content-Type: ", content_type, "\r\nContent-Length: ", digits_of{content_length}, "\r\n\r\n");
}

/// Writes the head of a cached body as far as all have it; returns whether that is all, because the client has it.
bool responder::begin_cached(std::string& out, const response_context& context, std::uint64_t etag,
                             const body_origin& origin) {
  char tag[16];
  write_letters(etag, tag);
  std::string_view opaque{tag, sizeof tag};
  bool unchanged = context.rare && !context.rare->if_none_match.empty() && context.method != http_method::post
                   && matches(context.rare->if_none_match, opaque);
  request_ids::text id;
  begin(out, context, unchanged ? 304 : 200, request_id_of(context, id));
  if (context.access)
    context.access->cache = origin.cache;
  append(out, "Cache-Control: private, no-cache\r\nETag: W/\"", opaque, "\"\r\nX-Cache: ", origin.cache,
         "\r\nX-Cache-Layer: ", origin.layer, "\r\nAge: ", digits_of{origin.age_s}, "\r\nCache-Status: tessera; ",
         std::string_view{origin.hit ? "hit; ttl=" : "fwd=miss; ttl="}, digits_of{origin.ttl_s}, "\r\n");
  if (context.wants_timing && !origin.timing.empty())
    append(out, "Server-Timing: ", origin.timing, "\r\n");
  if (unchanged)
    append(out, "\r\n");
  return unchanged;
}

void responder::cached(std::string& out, const response_context& context, std::string_view text, std::uint64_t etag,
                       const body_origin& origin, std::string_view rest) {
  if (begin_cached(out, context, etag, origin))
    return;
  put_body(out, context, text, rest, origin.stale_for_ms);
}

void responder::computed(std::string& out, const response_context& context, std::string_view text,
                         std::uint32_t stale_for_ms) {
  request_ids::text id;
  begin(out, context, 200, request_id_of(context, id));
  if (context.access && stale_for_ms > 0)
    context.access->cache = "STALE";
  append(out, "Cache-Control: no-store\r\n", std::string_view{stale_for_ms > 0 ? "X-Cache: STALE\r\n" : ""});
  put_body(out, context, text, {}, stale_for_ms);
}

const std::string& responder::name(response_context& context) {
  auto& id = context.rare_or_new().request_id;
  if (id.empty()) {
    auto made = ids_.next();
    id.assign(made.data(), made.size());
  }
  return id;
}

/// Writes the end of the head, and the body: a fixed beginning and what differs per request.
void responder::put_body(std::string& out, const response_context& context, std::string_view text,
                         std::string_view rest, std::uint32_t stale_for_ms) {
  constexpr std::string_view before_stale = ",\"stale\":true,\"stale_since\":\"";
  constexpr std::string_view before_timestamp = ",\"timestamp\":\"";
  constexpr std::size_t time_size = 24;
  auto size = text.size() + rest.size() + before_timestamp.size() + time_size + 2;
  if (stale_for_ms > 0)
    size += before_stale.size() + time_size + 1;
  finish(out, context, json_type, size);
  if (context.method == http_method::head)
    return;
  append(out, text, rest);
  if (stale_for_ms > 0)
    append(out, before_stale, std::string_view{iso8601(clock_.now() - std::chrono::milliseconds{stale_for_ms})}, "\"");
  append(out, before_timestamp, clock_.timestamp(), "\"}");
}

void responder::file(std::string& out, const response_context& context, std::string_view content_type,
                     std::string_view body, std::uint64_t etag, const body_origin& origin,
                     std::string_view extra_headers) {
  if (begin_cached(out, context, etag, origin))
    return;
  append(out, extra_headers);
  finish(out, context, content_type, body.size());
  if (context.method != http_method::head)
    append(out, body);
}

void responder::open_file(std::string& out, const response_context& context, std::string_view content_type,
                          std::string_view body, std::string_view headers) {
  request_ids::text id;
  begin(out, context, 200, request_id_of(context, id));
  append(out, headers);
  finish(out, context, content_type, body.size());
  if (context.method != http_method::head)
    append(out, body);
}

void responder::not_modified(std::string& out, const response_context& context, std::string_view headers) {
  request_ids::text id;
  begin(out, context, 304, request_id_of(context, id));
  append(out, headers, "\r\n");
}

void responder::success(std::string& out, const response_context& context, unsigned status, std::string_view message,
                        std::string_view data, std::string_view extra_headers) {
  request_ids::text id;
  begin(out, context, status, request_id_of(context, id));
  std::string body;
  append(body, R"({"success":true,"message":")", message, R"(","data":)", data, R"(,"timestamp":")", clock_.timestamp(),
         "\"}");
  append(out, "Cache-Control: no-store\r\n", extra_headers);
  finish(out, context, json_type, body.size());
  if (context.method != http_method::head)
    append(out, std::string_view{body});
}

void responder::stream_head(std::string& out, const response_context& context, std::string_view content_type) {
  request_ids::text id;
  begin(out, context, 200, request_id_of(context, id));
  // The last is nginx's: without it, it gathers pieces before it passes them on.
  append(out, "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\nContent-Type: ", content_type, "\r\n",
         std::string_view{context.http_1_1 ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n"});
}

void responder::fail(std::string& out, const response_context& context, const problem& what,
                     std::string_view extra_headers) {
  request_ids::text storage;
  auto id = request_id_of(context, storage);
  auto status = http_error_of(what.code).status;
  ++errors_[static_cast<std::size_t>(what.code)];
  auto method = to_string(context.method);
  std::string_view path;
  if (context.rare) {
    path = context.rare->path;
    if (method.empty())
      method = context.rare->method_text;
  }
  auto body = problem_body(what, path, method, id, clock_.timestamp());
  begin(out, context, status, id);
  append(out, "Cache-Control: no-store\r\n", extra_headers);
  if (what.retry_after_s > 0)
    append(out, "Retry-After: ", digits_of{what.retry_after_s}, "\r\n");
  finish(out, context, problem_type, body.size());
  if (context.method != http_method::head)
    append(out, std::string_view{body});
}

void responder::document(std::string& out, const response_context& context, unsigned status,
                         std::string_view content_type, std::string_view body) {
  request_ids::text id;
  begin(out, context, status, request_id_of(context, id));
  append(out, "Cache-Control: no-store\r\nVary: Accept\r\n");
  finish(out, context, content_type, body.size());
  if (context.method != http_method::head)
    append(out, body);
}

void responder::options(std::string& out, const response_context& context, method_set methods) {
  request_ids::text id;
  begin(out, context, 204, request_id_of(context, id));
  auto allowed = allow_text(methods);
  append(out, "Allow: ", std::string_view{allowed}, "\r\n");
  if (context.rare && !context.rare->allowed_origin.empty())
    append(out, "Access-Control-Allow-Methods: ", std::string_view{allowed},
           "\r\nAccess-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, If-None-Match, "
           "X-Request-Id, traceparent, X-Debug-Timing\r\nAccess-Control-Max-Age: 600\r\n");
  append(out, "\r\n");
}

} // namespace tessera
