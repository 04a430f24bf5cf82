#include "gateway/http/http_errors.hpp"

#include "web/web_files.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidjson/document.h>

#include <map>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(http_errors_test)

BOOST_AUTO_TEST_CASE(the_table_is_the_contract) {
  const std::map<error_code, std::pair<int, std::string>> contract{
      {error_code::validation, {400, "VALIDATION_ERROR"}},
      {error_code::authentication, {401, "AUTHENTICATION_ERROR"}},
      {error_code::authorization, {403, "AUTHORIZATION_ERROR"}},
      {error_code::not_found, {404, "NOT_FOUND"}},
      {error_code::method_not_allowed, {405, "METHOD_NOT_ALLOWED"}},
      {error_code::timed_out, {408, "REQUEST_TIMEOUT"}},
      {error_code::conflict, {409, "CONFLICT"}},
      {error_code::payload_too_large, {413, "PAYLOAD_TOO_LARGE"}},
      {error_code::uri_too_long, {414, "URI_TOO_LONG"}},
      {error_code::unsupported_media_type, {415, "UNSUPPORTED_MEDIA_TYPE"}},
      {error_code::rate_limited, {429, "RATE_LIMIT_EXCEEDED"}},
      {error_code::headers_too_large, {431, "HEADERS_TOO_LARGE"}},
      {error_code::internal, {500, "INTERNAL_SERVER_ERROR"}},
      {error_code::queue_full, {503, "QUEUE_FULL"}},
      {error_code::database_unavailable, {503, "DATABASE_UNAVAILABLE"}},
      {error_code::shutting_down, {503, "SHUTTING_DOWN"}},
      {error_code::interrupted, {503, "QUEUE_FULL"}},
  };
  for (const auto& [code, expected] : contract) {
    BOOST_TEST(http_error_of(code).status == expected.first);
    BOOST_TEST(http_error_of(code).code == expected.second);
  }
  BOOST_TEST(http_error_of(static_cast<error_code>(200)).status == 500);
}

BOOST_AUTO_TEST_CASE(every_type_url_leads_to_the_explanation_of_its_error) {
  for (std::uint8_t i = 1; i < error_code_count; ++i) {
    auto body = problem_body({static_cast<error_code>(i), {}, {}, 0}, "/p", "GET", "id", "now");
    rapidjson::Document json;
    json.Parse(body.c_str());
    BOOST_REQUIRE(!json.HasParseError());
    std::string type = json["type"].GetString();
    BOOST_TEST_CONTEXT(type) {
      const auto* text = find_web_file(type + ".txt");
      BOOST_REQUIRE(text);
      auto begin =
          std::string{json["error"]["code"].GetString()} + " (" + std::to_string(json["status"].GetInt()) + "): ";
      BOOST_TEST(text->bytes.starts_with(begin));
      const auto* page = find_web_file(type + ".html");
      BOOST_REQUIRE(page);
      BOOST_TEST(page->bytes.find(json["error"]["code"].GetString()) != std::string_view::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_problem_is_both_envelopes_at_once) {
  problem what{error_code::queue_full, "a \"quoted\" message", {{"/a/b", "wrong"}}, 7};
  rapidjson::Document json;
  json.Parse(problem_body(what, "/path", "GET", "the-id", "2026-01-01T00:00:00.000Z").c_str());
  BOOST_REQUIRE(!json.HasParseError());
  BOOST_TEST(!json["success"].GetBool());
  BOOST_TEST(json["error"]["code"].GetString() == "QUEUE_FULL");
  BOOST_TEST(json["error"]["message"].GetString() == "a \"quoted\" message");
  BOOST_TEST(json["error"]["timestamp"].GetString() == "2026-01-01T00:00:00.000Z");
  BOOST_TEST(json["error"]["path"].GetString() == "/path");
  BOOST_TEST(json["error"]["method"].GetString() == "GET");
  BOOST_TEST(json["error"]["retryAfter"].GetUint() == 7u);
  BOOST_TEST(json["status"].GetInt() == 503);
  BOOST_TEST(json["instance"].GetString() == "the-id");
  BOOST_TEST(json["errors"][0]["pointer"].GetString() == "/a/b");
  BOOST_TEST(json["errors"][0]["detail"].GetString() == "wrong");
}

BOOST_AUTO_TEST_SUITE_END()
