#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/shared_service.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <utility>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

std::string a_member() {
  return member_path + shared_store().number(4);
}

bool has_header(const raw_response& answer, std::string_view name) {
  return answer.header(name).has_value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(headers_test)

BOOST_AUTO_TEST_CASE(an_answer_says_where_it_came_from) {
  own_service sut;
  auto miss = get(sut.port(), a_member());
  BOOST_TEST(came_from(miss) == "MISS DB");
  BOOST_TEST(header(miss, "Age") == "0");
  BOOST_TEST(header(miss, "Cache-Status").starts_with("tessera; fwd=miss; ttl="));
  BOOST_TEST(header(miss, "Cache-Control") == "private, no-cache");
  auto hit = get(sut.port(), a_member());
  BOOST_TEST(came_from(hit) == "HIT L1");
  BOOST_TEST(header(hit, "Cache-Status").starts_with("tessera; hit; ttl="));
  // An hour, a tenth more or less.
  auto ttl = std::stoi(header(hit, "Cache-Status").substr(std::string_view{"tessera; hit; ttl="}.size()));
  BOOST_TEST(ttl > 3600 * 85 / 100);
  BOOST_TEST(ttl < 3600 * 115 / 100);
  BOOST_TEST(eventually(5s, [&] { return header(get(sut.port(), a_member()), "Age") != "0"; }));
}

BOOST_AUTO_TEST_CASE(an_unchanged_member_is_not_sent_again) {
  auto first = get(shared_port(), a_member());
  auto tag = header(first, "ETag");
  BOOST_TEST(tag.starts_with("W/\""));
  BOOST_TEST(header(get(shared_port(), member_path + shared_store().number(5)), "ETag") != tag);
  raw_connection connection{shared_port()};
  for (const auto& condition : {tag, tag.substr(2), "\"other\", " + tag, std::string{"*"}}) {
    connection.send(request("GET", a_member(), "If-None-Match: " + condition + "\r\n"));
    auto unchanged = connection.read_response();
    BOOST_TEST_CONTEXT(condition) {
      BOOST_TEST(unchanged.status == 304);
      BOOST_TEST(header(unchanged, "ETag") == tag);
      BOOST_TEST(has_header(unchanged, "X-Cache"));
      BOOST_TEST(header(unchanged, "Cache-Control") == "private, no-cache");
    }
  }
  connection.send(request("GET", a_member(), "If-None-Match: W/\"other\"\r\n"));
  BOOST_TEST(connection.read_response().status == 200); // and nothing of a body came with the 304s
}

BOOST_AUTO_TEST_CASE(sane_request_ids_are_echoed_and_others_replaced) {
  const std::string longest(128, 'a');
  for (const auto& sane : {std::string{"abc-123_x.y:z/+=@"}, std::string{"7"}, longest}) {
    auto answer = get(shared_port(), a_member(), "X-Request-Id: " + sane + "\r\n");
    BOOST_TEST(header(answer, "X-Request-Id") == sane);
    auto error = get(shared_port(), "/nowhere", "X-Request-Id: " + sane + "\r\n");
    BOOST_TEST(json_document{error}.text("/instance") == sane);
  }
  for (const auto& insane : {std::string{"a b"}, std::string{"x\"y"}, std::string{"<script>"}, longest + "a",
                             std::string{"8001015009087"}, std::string{"r-8001015009087"}, std::string{"\xc3\xa9"}}) {
    auto answer = get(shared_port(), a_member(), "X-Request-Id: " + insane + "\r\n");
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(header(answer, "X-Request-Id") != insane);
    BOOST_TEST(header(answer, "X-Request-Id").size() == 24u);
  }
  std::set<std::string> made;
  for (int i = 0; i < 100; ++i)
    made.insert(header(get(shared_port(), ready_path), "X-Request-Id"));
  BOOST_TEST(made.size() == 100u);
}

BOOST_AUTO_TEST_CASE(the_traceparent_is_passed_on) {
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  BOOST_TEST(header(get(shared_port(), a_member(), "traceparent: " + trace + "\r\n"), "traceparent") == trace);
  BOOST_TEST(header(get(shared_port(), "/nowhere", "traceparent: " + trace + "\r\n"), "traceparent") == trace);
  BOOST_TEST(!has_header(get(shared_port(), a_member(), "traceparent: nonsense\r\n"), "traceparent"));
}

BOOST_AUTO_TEST_CASE(the_stages_are_timed_where_asked) {
  auto timed = get(shared_port(), a_member(), "X-Debug-Timing: 1\r\n");
  auto timing = header(timed, "Server-Timing");
  for (const char* stage : {"queue;dur=", "l2;dur=", "db;dur=", "total;dur="})
    BOOST_TEST(timing.find(stage) != timing.npos, timing << " lacks " << stage);
  BOOST_TEST(!has_header(get(shared_port(), a_member()), "Server-Timing"));
}

BOOST_AUTO_TEST_CASE(every_answer_is_cautious) {
  for (const auto& path : {a_member(), std::string{"/nowhere"}, member_path + "1", ready_path, stats_path,
                           std::string{"/docs/errors/not-found"}}) {
    auto answer = get(shared_port(), path);
    BOOST_TEST_CONTEXT(path) {
      BOOST_TEST(header(answer, "X-Content-Type-Options") == "nosniff");
      BOOST_TEST(header(answer, "X-Frame-Options") == "DENY");
      BOOST_TEST(header(answer, "Referrer-Policy") == "no-referrer");
      auto policy = header(answer, "Content-Security-Policy");
      BOOST_TEST(policy.starts_with("default-src 'none'; "));
      BOOST_TEST(policy.ends_with("frame-ancestors 'none'"));
      BOOST_TEST(header(answer, "Cross-Origin-Resource-Policy") == "same-origin");
      BOOST_TEST(has_header(answer, "Date"));
      BOOST_TEST(has_header(answer, "Cache-Control"));
      BOOST_TEST(!has_header(answer, "Server"));
      BOOST_TEST(!has_header(answer, "X-Powered-By"));
      for (const auto& [name, value] : answer.headers)
        BOOST_TEST(digit_runs(value).empty(), name);
    }
  }
}

BOOST_AUTO_TEST_CASE(head_is_get_without_the_body) {
  for (const auto& path : {a_member(), std::string{"/nowhere"}, member_path + "1", std::string{"/api/v1/health/live"},
                           std::string{"/docs/errors/not-found"}}) {
    BOOST_TEST_CONTEXT(path) {
      get(shared_port(), path); // cached from here on
      raw_connection connection{shared_port()};
      connection.send(request("GET", path, "X-Request-Id: same\r\n") + request("HEAD", path, "X-Request-Id: same\r\n")
                      + request("GET", ready_path));
      auto full = connection.read_response();
      auto head = connection.read_response(raw_connection::request_kind::head);
      BOOST_TEST(head.status == full.status);
      for (const auto& [name, value] : full.headers) {
        BOOST_TEST_CONTEXT(name) {
          if (name == "Date" || name == "Age" || name == "Cache-Status") // time passes between the two
            BOOST_TEST(has_header(head, name));
          else if (name == "Content-Length" && full.status >= 400) // an error names its method
            BOOST_TEST(std::stoul(header(head, name)) == std::stoul(value) + 1);
          else
            BOOST_TEST(std::ranges::count(head.headers, std::pair{name, value}) == 1);
        }
      }
      BOOST_TEST(head.headers.size() == full.headers.size());
      BOOST_TEST(connection.read_response().status == 200); // no body came in between
    }
  }
}

BOOST_AUTO_TEST_CASE(options_names_what_is_allowed) {
  struct allowed {
    std::string path;
    const char* methods;
  };
  for (const auto& each : {allowed{a_member(), "GET, HEAD, OPTIONS"}, allowed{lookup_path, "POST, QUERY, OPTIONS"},
                           allowed{clear_path + "1", "DELETE, OPTIONS"}, allowed{warm_path, "POST, OPTIONS"},
                           allowed{stats_path, "GET, HEAD, OPTIONS"}}) {
    auto answer = ask(shared_port(), request("OPTIONS", each.path));
    BOOST_TEST(answer.status == 204);
    BOOST_TEST(header(answer, "Allow") == each.methods);
    BOOST_TEST(!has_header(answer, "Access-Control-Allow-Origin"));
    BOOST_TEST(!has_header(answer, "Content-Length"));
  }
  BOOST_TEST(ask(shared_port(), request("OPTIONS", "*")).status == 204);
  BOOST_TEST(ask(shared_port(), request("OPTIONS", "/nowhere")).status == 404);
}

BOOST_AUTO_TEST_CASE(pages_of_configured_origins_may_ask) {
  const auto from_portal = "Origin: " + std::string{allowed_origin} + "\r\n";
  auto preflight = ask(shared_port(), request("OPTIONS", lookup_path,
                                              from_portal
                                                  + "Access-Control-Request-Method: POST\r\n"
                                                    "Access-Control-Request-Headers: content-type\r\n"));
  BOOST_TEST(preflight.status == 204);
  BOOST_TEST(header(preflight, "Access-Control-Allow-Origin") == allowed_origin);
  BOOST_TEST(header(preflight, "Access-Control-Allow-Methods").find("POST") != std::string::npos);
  BOOST_TEST(header(preflight, "Access-Control-Allow-Headers").find("Content-Type") != std::string::npos);
  BOOST_TEST(header(preflight, "Vary") == "Origin");

  auto answer = get(shared_port(), a_member(), from_portal);
  BOOST_TEST(header(answer, "Access-Control-Allow-Origin") == allowed_origin);
  BOOST_TEST(header(answer, "Access-Control-Expose-Headers").find("X-Request-Id") != std::string::npos);
  BOOST_TEST(!has_header(answer, "Access-Control-Allow-Credentials"));
  auto error = get(shared_port(), member_path + "1", from_portal);
  BOOST_TEST(header(error, "Access-Control-Allow-Origin") == allowed_origin);

  for (const char* other : {"https://portal.example.org.evil.example", "http://portal.example.org", "null"}) {
    auto foreign = get(shared_port(), a_member(), "Origin: " + std::string{other} + "\r\n");
    BOOST_TEST(foreign.status == 401); // there is no key, and the page is not this machine
    BOOST_TEST(!has_header(foreign, "Access-Control-Allow-Origin"));
    BOOST_TEST(header(foreign, "Vary") == "Origin");
  }
}

BOOST_AUTO_TEST_SUITE_END()
