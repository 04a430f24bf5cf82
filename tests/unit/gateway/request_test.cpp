#include "gateway/http/request_head.hpp"

#include "tests/unit/gateway/is_head.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(request_test)

BOOST_AUTO_TEST_CASE(a_head_gives_the_fields_that_we_use) {
  std::string head =
      "GET /a/b?c=d HTTP/1.1\r\nHost: x\r\nx-request-ID: abc\r\nTraceParent: t\r\nIf-None-Match: W/\"1\"\r\n"
      "Content-Type: application/json\r\nOrigin: https://o\r\nX-Debug-Timing: 1\r\n"
      "Access-Control-Request-Method: POST\r\n\r\n";
  http_request request;
  BOOST_TEST(is_head(head, request));
  BOOST_TEST((request.method == http_method::get));
  BOOST_TEST(request.path == "/a/b");
  BOOST_TEST(request.request_id == "abc");
  BOOST_TEST(request.traceparent == "t");
  BOOST_TEST(request.if_none_match == "W/\"1\"");
  BOOST_TEST(request.content_type == "application/json");
  BOOST_TEST(request.origin == "https://o");
  BOOST_TEST(request.requested_method == "POST");
  BOOST_TEST(request.wants_timing);
  BOOST_TEST(request.keep_alive);
  BOOST_TEST(request.http_1_1);
  BOOST_TEST(!request.chunked);
}

BOOST_AUTO_TEST_CASE(the_query_is_told_from_the_path) {
  auto parts_of = [](const std::string& target) {
    auto head = "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
    http_request request;
    BOOST_TEST(is_head(head, request));
    return std::string{request.path} + " | " + std::string{request.query};
  };
  BOOST_TEST(parts_of("/a?template=premium&x=1") == "/a | template=premium&x=1");
  BOOST_TEST(parts_of("/a") == "/a | ");
  BOOST_TEST(parts_of("/a?") == "/a | ");
  BOOST_TEST(parts_of("/a?b?c") == "/a | b?c");
  BOOST_TEST(parts_of("/a?b#c") == "/a | b");
  BOOST_TEST(parts_of("/a#b?c") == "/a | ");
  BOOST_TEST(parts_of("/a%3Fb?c%3D") == "/a%3Fb | c%3D");
}

BOOST_AUTO_TEST_CASE(what_a_client_accepts_is_kept) {
  std::string head = "GET / HTTP/1.1\r\nHost: x\r\naccept: image/png, application/pdf;q=0.5\r\n\r\n";
  http_request request;
  BOOST_TEST(is_head(head, request));
  BOOST_TEST(request.accept == "image/png, application/pdf;q=0.5");
  BOOST_TEST(!request.accepts_gzip);
}

BOOST_AUTO_TEST_CASE(gzip_is_accepted_where_it_is_named_and_not_refused) {
  auto accepts = [](const std::string& value) {
    auto head = "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: " + value + "\r\n\r\n";
    http_request request;
    BOOST_TEST(is_head(head, request));
    return request.accepts_gzip;
  };
  for (auto value : {"gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip;q=0.5", "gzip;q=0.001",
                     "identity;q=0, gzip", "gzip, identity;q=0", "gzip;q=1"})
    BOOST_TEST(accepts(value), value);
  for (auto value : {"", "br", "gzip;q=0", "gzip;q=0.0", "gzip; q=0.000, br", "deflate, gzip;q=0", "identity"})
    BOOST_TEST(!accepts(value), value);
}

BOOST_AUTO_TEST_CASE(what_says_who_asks_is_kept_line_by_line) {
  std::string head = "GET / HTTP/1.1\r\nHost: x\r\nauthorization: Bearer a\r\nX-Forwarded-For: 1.1.1.1, 2.2.2.2\r\n"
                     "Authorization: Bearer b\r\nx-forwarded-for: 3.3.3.3\r\n\r\n";
  http_request request;
  BOOST_TEST(is_head(head, request));
  BOOST_TEST(request.forwarded);
  auto keys = request.authorization.values();
  BOOST_REQUIRE(keys.size() == 2u);
  BOOST_TEST(keys[0] == "Bearer a");
  BOOST_TEST(keys[1] == "Bearer b");
  auto lines = request.x_forwarded_for.values();
  BOOST_REQUIRE(lines.size() == 2u);
  BOOST_TEST(lines[0] == "1.1.1.1, 2.2.2.2");
  BOOST_TEST(lines[1] == "3.3.3.3");
}

BOOST_AUTO_TEST_CASE(either_header_of_a_proxy_marks_a_request_as_forwarded) {
  auto is_forwarded = [](const std::string& line) {
    auto head = "GET / HTTP/1.1\r\nHost: x\r\n" + line + "\r\n";
    http_request request;
    BOOST_TEST(is_head(head, request));
    return request.forwarded;
  };
  BOOST_TEST(is_forwarded("Forwarded: for=1.1.1.1\r\n"));
  BOOST_TEST(is_forwarded("X-Forwarded-For:\r\n"));
  BOOST_TEST(!is_forwarded("X-Forwarded: 1.1.1.1\r\n"));
  BOOST_TEST(!is_forwarded(""));
}

BOOST_AUTO_TEST_CASE(of_too_many_lines_the_last_ones_are_kept) {
  header_lines sut;
  for (auto line : {"1", "2", "3", "4", "5", "6"})
    sut.add(line);
  std::string all;
  for (auto value : sut.values())
    all += value;
  BOOST_TEST(all == "3456"); // the nearest proxies add theirs at the end
}

BOOST_AUTO_TEST_CASE(methods_are_told_apart) {
  auto method_of = [](const std::string& name) {
    http_request request;
    BOOST_TEST(is_head(name + " / HTTP/1.1\r\nHost: x\r\n\r\n", request));
    return request.method;
  };
  for (auto method : {http_method::get, http_method::head, http_method::post, http_method::delete_,
                      http_method::options, http_method::query})
    BOOST_TEST((method_of(std::string{to_string(method)}) == method));
  BOOST_TEST((method_of("PATCH") == http_method::other));
  BOOST_TEST((method_of("get") == http_method::other));
}

BOOST_AUTO_TEST_CASE(connections_are_kept_as_the_version_and_the_client_say) {
  auto keeps = [](const std::string& head) {
    http_request request;
    BOOST_TEST(is_head(head, request));
    return request.keep_alive;
  };
  BOOST_TEST(keeps("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  BOOST_TEST(!keeps("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  BOOST_TEST(!keeps("GET / HTTP/1.0\r\nHost: x\r\n\r\n"));
  BOOST_TEST(keeps("GET / HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
