#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/shared_service.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera::test;

namespace {

raw_response page(std::string_view path, std::string_view headers = {}) {
  return get(shared_port(), path, headers);
}

std::string policy_of(const raw_response& answer) {
  return header(answer, "Content-Security-Policy");
}

/// Returns the values of all Vary headers; that of CORS stands on a line of its own.
std::string vary_of(const raw_response& answer) {
  std::string all;
  for (const auto& [name, value] : answer.headers)
    if (name == "Vary")
      all += (all.empty() ? "" : ", ") + value;
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pages_test)

BOOST_AUTO_TEST_CASE(the_verify_page_is_served_under_a_policy_of_its_own) {
  auto whole = page("/V");
  BOOST_TEST(whole.status == 200);
  BOOST_TEST(header(whole, "Content-Type").starts_with("text/html"));
  BOOST_TEST(policy_of(whole).find("script-src 'self'") != std::string::npos);
  BOOST_TEST(header(page("/V/sw.js"), "Service-Worker-Allowed") == "/V");
  BOOST_TEST(page("/V/nothing.js").status == 404);
  BOOST_TEST(policy_of(page("/api/v1/health")) == "default-src 'none'; frame-ancestors 'none'");
}

BOOST_AUTO_TEST_CASE(pages_come_compressed_and_are_not_sent_again) {
  for (const auto* path : {"/V/page.js", "/openapi.json", "/docs", "/docs/page.css", "/docs/errors/not-found"}) {
    BOOST_TEST_CONTEXT(path) {
      auto plain = page(path);
      BOOST_TEST(plain.status == 200);
      BOOST_TEST(vary_of(plain).ends_with("Accept-Encoding"));
      auto packed = page(path, "Accept-Encoding: gzip\r\n");
      BOOST_TEST(header(packed, "Content-Encoding") == "gzip");
      BOOST_TEST(packed.body.starts_with("\x1f\x8b"));
      BOOST_TEST(packed.body.size() < plain.body.size());
      BOOST_TEST(header(packed, "ETag") == header(plain, "ETag"));
      BOOST_TEST(page(path, "If-None-Match: " + header(packed, "ETag") + "\r\n").status == 304);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_description_of_the_api_is_served_to_all) {
  json_document openapi{page("/openapi.json")};
  BOOST_TEST(openapi.text("/openapi").starts_with("3.1."));
  for (const auto* path : {"/docs", "/docs/", "/Docs", "/OpenAPI.json"})
    BOOST_TEST(page(path).status == 200, path);
  BOOST_TEST(header(page("/docs"), "Content-Type").starts_with("text/html"));
  BOOST_TEST(policy_of(page("/docs")).find("style-src 'self'") != std::string::npos);
  for (const auto* path : {"/docs/nothing.css", "/docs/index.html", "/docs/errors", "/docs/errors/nothing"})
    BOOST_TEST(page(path).status == 404, path);
}

BOOST_AUTO_TEST_CASE(an_errors_type_leads_browsers_to_a_page_and_others_to_text) {
  auto type = json_document{page("/nowhere")}.text("/type");
  auto text = page(type);
  BOOST_TEST(header(text, "Content-Type").starts_with("text/plain"));
  BOOST_TEST(text.body.starts_with("NOT_FOUND (404): "));
  auto shown = page(type, "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n");
  BOOST_TEST(header(shown, "Content-Type").starts_with("text/html"));
  BOOST_TEST(shown.body.starts_with("<!doctype html>"));
  BOOST_TEST(vary_of(shown) == "Origin, Accept, Accept-Encoding");
  BOOST_TEST(header(shown, "ETag") != header(text, "ETag"));
}

BOOST_AUTO_TEST_SUITE_END()
