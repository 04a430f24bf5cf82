#include "gateway/http/responder.hpp"

#include "web/web_files.hpp"

#include "tests/unit/gateway/is_head.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidjson/document.h>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view body_text = R"({"success":true,"message":"m","data":{"a":1})";

const utc_time now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 2} + 3h};

struct parts {
  std::string head;
  std::string body;

  std::string header(const std::string& name) const {
    auto at = head.find("\r\n" + name + ": ");
    if (at == head.npos)
      return "(none)";
    at += name.size() + 4;
    return head.substr(at, head.find("\r\n", at) - at);
  }
};

parts split(const std::string& response) {
  auto end = response.find("\r\n\r\n");
  BOOST_REQUIRE(end != response.npos);
  return {response.substr(0, end + 2), response.substr(end + 4)};
}

struct fixture {
  fixture() : sut({"https://portal.example"}, 1) {
    sut.set_time(now);
  }
  response_context context(const std::string& head = {}) {
    text = "GET / HTTP/1.1\r\nHost: a\r\n" + head + "\r\n";
    http_request request;
    BOOST_REQUIRE(is_head(text, request));
    return sut.context_of(request, route::member);
  }
  parts cached(const response_context& context, const body_origin& origin = {"HIT", "L1", 5, 10, 0, {}}) {
    std::string out;
    sut.cached(out, context, body_text, 0x0123456789abcdef, origin);
    return split(out);
  }
  parts file(const response_context& context) {
    std::string out;
    sut.file(out, context, "application/pdf", "%PDF-1.7", 0x0123456789abcdef, {"MISS", "DB", 0, 10, 0, {}},
             "X-PDF-Size: 8\r\n");
    return split(out);
  }
  parts open_file(const response_context& context) {
    std::string out;
    sut.open_file(out, context, "application/jwk-set+json", "{}", "Cache-Control: public, max-age=300\r\n");
    return split(out);
  }
  static std::size_t policies(const parts& response) {
    std::size_t count = 0;
    for (auto at = response.head.find("Content-Security-Policy: "); at != std::string::npos;
         at = response.head.find("Content-Security-Policy: ", at + 1))
      ++count;
    return count;
  }
  responder sut;
  std::string text;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(responder_test, fixture)

BOOST_AUTO_TEST_CASE(a_cached_body_is_finished_with_the_time_and_says_where_it_came_from) {
  auto got = cached(context());
  BOOST_TEST(got.head.starts_with("HTTP/1.1 200 OK\r\n"));
  BOOST_TEST(got.body == std::string{body_text} + R"(,"timestamp":"2026-01-02T03:00:00.000Z"})");
  BOOST_TEST(got.header("Content-Length") == std::to_string(got.body.size()));
  BOOST_TEST(got.header("X-Cache") == "HIT");
  BOOST_TEST(got.header("X-Cache-Layer") == "L1");
  BOOST_TEST(got.header("Age") == "5");
  BOOST_TEST(got.header("Cache-Status") == "tessera; hit; ttl=10");
  BOOST_TEST(got.header("Cache-Control") == "private, no-cache");
  BOOST_TEST(got.header("ETag") == "W/\"abcdefghijklmnop\"");
  BOOST_TEST(got.header("X-Content-Type-Options") == "nosniff");
  BOOST_TEST(got.header("Date") == "Fri, 02 Jan 2026 03:00:00 GMT");
  BOOST_TEST(got.header("Connection") == "(none)");
  BOOST_TEST(got.header("Server") == "(none)");
}

BOOST_AUTO_TEST_CASE(a_stale_body_says_so_before_the_timestamp) {
  auto got = cached(context(), {"STALE", "L1", 5000, -60, 60'000, {}});
  BOOST_TEST(
      got.body
      == std::string{body_text}
             + R"(,"stale":true,"stale_since":"2026-01-02T02:59:00.000Z","timestamp":"2026-01-02T03:00:00.000Z"})");
  BOOST_TEST(got.header("Content-Length") == std::to_string(got.body.size()));
  BOOST_TEST(got.header("X-Cache") == "STALE");
}

BOOST_AUTO_TEST_CASE(a_client_that_has_the_body_gets_304_without_it) {
  for (auto value : {"W/\"abcdefghijklmnop\"", "\"abcdefghijklmnop\"", "\"x\", W/\"abcdefghijklmnop\"", "*"}) {
    auto got = cached(context("If-None-Match: " + std::string{value} + "\r\n"));
    BOOST_TEST(got.head.starts_with("HTTP/1.1 304 "), value);
    BOOST_TEST(got.body.empty());
    BOOST_TEST(got.header("ETag") == "W/\"abcdefghijklmnop\"");
  }
  for (auto value : {"\"abcdefghijklmno\"", "W/\"Xabcdefghijklmnop\"", "abcdefghijklmnop"})
    BOOST_TEST(cached(context("If-None-Match: " + std::string{value} + "\r\n")).head.starts_with("HTTP/1.1 200 "),
               value);
}

BOOST_AUTO_TEST_CASE(head_has_the_length_but_no_body) {
  auto wanted = context();
  wanted.method = http_method::head;
  auto got = cached(wanted);
  BOOST_TEST(got.body.empty());
  BOOST_TEST(got.header("Content-Length") == cached(context()).header("Content-Length"));
}

BOOST_AUTO_TEST_CASE(what_a_cached_body_still_needs_stands_before_the_rest) {
  std::string out;
  sut.cached(out, context(), R"({"data":{"cache_hit":)", 1, {"STALE", "L1", 5, -1, 1'000, {}}, "true}");
  auto got = split(out);
  BOOST_TEST(got.body
             == R"({"data":{"cache_hit":true},"stale":true,"stale_since":"2026-01-02T02:59:59.000Z",)"
                R"("timestamp":"2026-01-02T03:00:00.000Z"})");
  BOOST_TEST(got.header("Content-Length") == std::to_string(got.body.size()));
}

BOOST_AUTO_TEST_CASE(a_file_goes_as_it_is_with_headers_of_its_own) {
  auto got = file(context());
  BOOST_TEST(got.head.starts_with("HTTP/1.1 200 OK\r\n"));
  BOOST_TEST(got.body == "%PDF-1.7");
  BOOST_TEST(got.header("Content-Type") == "application/pdf");
  BOOST_TEST(got.header("Content-Length") == "8");
  BOOST_TEST(got.header("X-PDF-Size") == "8");
  BOOST_TEST(got.header("ETag") == "W/\"abcdefghijklmnop\"");
  BOOST_TEST(got.header("X-Cache") == "MISS");
  BOOST_TEST(got.header("X-Cache-Layer") == "DB");
  BOOST_TEST(got.header("Cache-Control") == "private, no-cache");
  BOOST_TEST(got.header("X-Content-Type-Options") == "nosniff");
  auto head_only = context();
  head_only.method = http_method::head;
  got = file(head_only);
  BOOST_TEST(got.body.empty());
  BOOST_TEST(got.header("Content-Length") == "8");
}

BOOST_AUTO_TEST_CASE(a_client_that_has_the_file_gets_304_but_not_for_a_post) {
  auto asked = context("If-None-Match: W/\"abcdefghijklmnop\"\r\n");
  auto got = file(asked);
  BOOST_TEST(got.head.starts_with("HTTP/1.1 304 "));
  BOOST_TEST(got.body.empty());
  BOOST_TEST(got.header("ETag") == "W/\"abcdefghijklmnop\"");
  BOOST_TEST(got.header("Content-Length") == "(none)");
  asked.method = http_method::post;
  got = file(asked);
  BOOST_TEST(got.head.starts_with("HTTP/1.1 200 "));
  BOOST_TEST(got.body == "%PDF-1.7");
}

BOOST_AUTO_TEST_CASE(what_is_open_to_all_has_its_own_rule_of_caching) {
  auto got = open_file(context());
  BOOST_TEST(got.head.starts_with("HTTP/1.1 200 OK\r\n"));
  BOOST_TEST(got.body == "{}");
  BOOST_TEST(got.header("Cache-Control") == "public, max-age=300");
  BOOST_TEST(got.header("Content-Type") == "application/jwk-set+json");
  BOOST_TEST(got.header("Content-Length") == "2");
  BOOST_TEST(got.header("X-Cache") == "(none)");
  auto head_only = context();
  head_only.method = http_method::head;
  BOOST_TEST(open_file(head_only).body.empty());
  BOOST_TEST(open_file(head_only).header("Content-Length") == "2");
}

BOOST_AUTO_TEST_CASE(what_the_client_has_already_is_told_with_the_same_headers) {
  std::string out;
  sut.not_modified(out, context(), "Cache-Control: no-cache\r\nETag: \"x\"\r\n");
  auto got = split(out);
  BOOST_TEST(got.head.starts_with("HTTP/1.1 304 Not Modified\r\n"));
  BOOST_TEST(got.body.empty());
  BOOST_TEST(got.header("ETag") == "\"x\"");
  BOOST_TEST(got.header("Cache-Control") == "no-cache");
  BOOST_TEST(got.header("Content-Length") == "(none)");
  BOOST_TEST(got.header("Content-Type") == "(none)");
  BOOST_TEST(sut.classes()[3] == 1u);
}

BOOST_AUTO_TEST_CASE(the_verify_page_alone_may_run_what_is_its_own) {
  auto other = open_file(context());
  BOOST_TEST(other.header("Content-Security-Policy") == "default-src 'none'; frame-ancestors 'none'");
  BOOST_TEST(policies(other) == 1u);
  auto page = context();
  page.to = route::verify_page;
  auto got = open_file(page);
  BOOST_TEST(policies(got) == 1u); // several would all have to allow it
  auto policy = got.header("Content-Security-Policy");
  BOOST_TEST(policy == verify_content_security_policy());
  BOOST_TEST(policy.find("default-src 'none'") != std::string::npos);
  BOOST_TEST(policy.find("frame-ancestors 'none'") != std::string::npos);
  for (auto* lax : {"unsafe-inline", "unsafe-eval' ", "http:", "https:", "*"})
    BOOST_TEST(policy.find(lax) == std::string::npos, lax);
  std::string out;
  sut.not_modified(out, page, {});
  BOOST_TEST(split(out).header("Content-Security-Policy") == policy);
}

BOOST_AUTO_TEST_CASE(a_success_may_have_headers_of_its_own) {
  std::string out;
  sut.success(out, context(), 202, "Batch accepted", "{}", "Location: /b\r\n");
  auto got = split(out);
  BOOST_TEST(got.head.starts_with("HTTP/1.1 202 Accepted\r\n"));
  BOOST_TEST(got.header("Location") == "/b");
  BOOST_TEST(got.header("Cache-Control") == "no-store");
  BOOST_TEST(got.header("Content-Length") == std::to_string(got.body.size()));
}

BOOST_AUTO_TEST_CASE(a_streams_head_says_how_its_end_is_known) {
  std::string out;
  sut.stream_head(out, context(), "text/event-stream");
  auto got = split(out);
  BOOST_TEST(got.head.starts_with("HTTP/1.1 200 OK\r\n"));
  BOOST_TEST(got.header("Content-Type") == "text/event-stream");
  BOOST_TEST(got.header("Cache-Control") == "no-store");
  BOOST_TEST(got.header("Transfer-Encoding") == "chunked");
  BOOST_TEST(got.header("Content-Length") == "(none)");
  BOOST_TEST(got.body.empty());
  auto old = context();
  old.http_1_1 = false;
  old.keep_alive = false;
  out.clear();
  sut.stream_head(out, old, "text/event-stream");
  got = split(out);
  BOOST_TEST(got.header("Transfer-Encoding") == "(none)");
  BOOST_TEST(got.header("Connection") == "close");
}

BOOST_AUTO_TEST_CASE(request_ids_and_traces_are_passed_on_if_sane) {
  auto got = cached(context("X-Request-Id: mine-1\r\n"
                            "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"));
  BOOST_TEST(got.header("X-Request-Id") == "mine-1");
  BOOST_TEST(got.header("traceparent") == "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  auto other = cached(context("X-Request-Id: 8001015009087\r\ntraceparent: zz\r\n"));
  BOOST_TEST(other.header("X-Request-Id").size() == request_ids::length);
  BOOST_TEST(other.header("traceparent") == "(none)");
}

BOOST_AUTO_TEST_CASE(only_configured_origins_may_ask) {
  BOOST_TEST(cached(context("Origin: https://portal.example\r\n")).header("Access-Control-Allow-Origin")
             == "https://portal.example");
  BOOST_TEST(cached(context("Origin: https://evil.example\r\n")).header("Access-Control-Allow-Origin") == "(none)");
  BOOST_TEST(cached(context()).header("Vary") == "Origin");
  std::string out;
  sut.options(out, context("Origin: https://portal.example\r\nAccess-Control-Request-Method: GET\r\n"),
              bit(http_method::get));
  auto preflight = split(out);
  BOOST_TEST(preflight.head.starts_with("HTTP/1.1 204 "));
  BOOST_TEST(preflight.header("Access-Control-Allow-Methods") == "GET");
  BOOST_TEST(preflight.header("Allow") == "GET");
}

BOOST_AUTO_TEST_CASE(timing_is_told_to_those_who_ask) {
  body_origin origin{"MISS", "DB", 0, 10, 0, "db;dur=1.5"};
  BOOST_TEST(cached(context("X-Debug-Timing: 1\r\n"), origin).header("Server-Timing") == "db;dur=1.5");
  BOOST_TEST(cached(context(), origin).header("Server-Timing") == "(none)");
}

BOOST_AUTO_TEST_CASE(a_limit_is_told_in_the_predecessors_headers_and_in_those_of_the_draft) {
  auto asked = context();
  asked.limit = {"lookup", 60, 60, 59, now + 59'001ms};
  auto got = cached(asked);
  BOOST_TEST(got.header("X-RateLimit-Limit") == "60");
  BOOST_TEST(got.header("X-RateLimit-Remaining") == "59");
  BOOST_TEST(got.header("X-RateLimit-Reset") == "2026-01-02T03:00:59.001Z");
  BOOST_TEST(got.header("RateLimit-Policy") == R"("lookup";q=60;w=60)");
  BOOST_TEST(got.header("RateLimit") == R"("lookup";r=59;t=60)");
  sut.set_time(now + 2min); // the answer came after the window's end
  BOOST_TEST(cached(asked).header("RateLimit") == R"("lookup";r=59;t=0)");
  BOOST_TEST(cached(context()).header("RateLimit") == "(none)");
}

BOOST_AUTO_TEST_CASE(errors_are_problems_with_their_headers) {
  std::string out;
  auto asked = context("Connection: close\r\n");
  asked.rare_or_new().path = "/p";
  sut.fail(out, asked, {error_code::queue_full, {}, {}, 3}, "X-Extra: 1\r\n");
  auto got = split(out);
  BOOST_TEST(got.head.starts_with("HTTP/1.1 503 "));
  BOOST_TEST(got.header("Retry-After") == "3");
  BOOST_TEST(got.header("X-Extra") == "1");
  BOOST_TEST(got.header("Connection") == "close");
  BOOST_TEST(got.header("Content-Type") == "application/problem+json; charset=utf-8");
  BOOST_TEST(got.header("Content-Length") == std::to_string(got.body.size()));
  rapidjson::Document json;
  json.Parse(got.body.c_str());
  BOOST_TEST(json["instance"].GetString() == got.header("X-Request-Id"));
  BOOST_TEST(json["error"]["path"].GetString() == "/p");
}

BOOST_AUTO_TEST_CASE(no_response_shows_an_id_number) {
  BOOST_TEST(masked_path("/api/v1/optimized-cards/member/8001015009087").find("8001015") == std::string::npos);
  BOOST_TEST(masked_path("/api/v1/optimized-cards/cache/12") == "/api/v1/optimized-cards/cache/12");
}

BOOST_AUTO_TEST_SUITE_END()
