#include "gateway/http/access_line.hpp"

#include "gateway/http/responder.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidjson/document.h>

#include <set>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view at = "2026-01-02T03:00:00.000Z";

std::string line_of(const access_entry& entry) {
  std::string out;
  append_access_line(out, entry, at, 812, 35us);
  return out;
}

rapidjson::Document parsed(const std::string& line) {
  rapidjson::Document document;
  document.Parse(line.data(), line.size());
  BOOST_TEST_REQUIRE(!document.HasParseError(), line);
  return document;
}

access_entry entry_of(std::string_view method_text, std::string_view path) {
  http_request request;
  request.method_text = method_text;
  request.path = path;
  access_entry entry;
  describe_request(entry, request);
  return entry;
}

} // namespace

BOOST_AUTO_TEST_SUITE(access_line_test)

BOOST_AUTO_TEST_CASE(a_line_says_who_asked_for_what_and_what_came_of_it) {
  http_request request;
  request.method = http_method::get;
  request.path = "/api/v1/optimized-cards/member/8001015009087";
  access_entry entry;
  describe_request(entry, request);
  entry.to = route::member;
  entry.key = "local";
  entry.client = {0x0123456789abcdef};
  entry.status = 200;
  entry.request_id = "abc";
  entry.cache = "HIT";
  BOOST_TEST(line_of(entry)
             == R"({"at":"2026-01-02T03:00:00.000Z","method":"GET",)"
                R"("path":"/api/v1/optimized-cards/member/*************","route":"member","status":200,"bytes":812,)"
                R"("us":35,"request_id":"abc","key":"local","client":"abcdefghijklmnop","cache":"HIT"})"
                "\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_request_has_no_method_and_no_path) {
  access_entry entry;
  entry.status = 400;
  entry.request_id = "abc";
  entry.key = "open";
  BOOST_TEST(line_of(entry)
             == R"({"at":"2026-01-02T03:00:00.000Z","route":"none","status":400,"bytes":812,"us":35,)"
                R"("request_id":"abc","key":"open","client":"aaaaaaaaaaaaaaaa"})"
                "\n");
}

BOOST_AUTO_TEST_CASE(whatever_a_client_sends_is_one_line_of_valid_json) {
  std::string hostile = R"(/a"b\c","status":200})";
  for (int c = 0; c < 256; ++c)
    hostile += static_cast<char>(c);
  auto entry = entry_of("\"\\\n\xff", hostile);
  entry.request_id = "\"\\\r\n";
  auto line = line_of(entry);
  BOOST_TEST(line.find('\n') == line.size() - 1);
  for (char c : line.substr(0, line.size() - 1))
    BOOST_TEST((c >= ' ' && c <= '~'));
  auto document = parsed(line);
  BOOST_TEST(std::string_view{document["path"].GetString()}.starts_with(R"(/a"b\c","status":200})"));
  BOOST_TEST(document["method"].GetString() == "\"\\\n\xc3\xbf"); // read as Latin-1
  BOOST_TEST(document["request_id"].GetString() == "\"\\\r\n");
  BOOST_TEST(document["status"].GetUint() == 0u);
}

BOOST_AUTO_TEST_CASE(id_numbers_are_masked_in_paths_and_methods_also_where_the_path_is_cut) {
  BOOST_TEST(entry_of("GET", "/x/8001015009087").path == "/x/*************");
  BOOST_TEST(entry_of("GET", "/x/%38001015009087").path == "/x/%" + std::string(14, '*'));
  BOOST_TEST(entry_of("GET", "/x/800101-5009-087/y").path == "/x/******-****-***/y");
  BOOST_TEST(entry_of("X8001015009087", "/").method == "X*************");
  std::string long_path(250, 'a');
  auto entry = entry_of("GET", long_path + "8001015009087");
  BOOST_TEST(entry.path == long_path + "******");
}

BOOST_AUTO_TEST_CASE(paths_and_methods_have_a_greatest_length) {
  auto entry = entry_of(std::string(1'000, 'M'), std::string(8'000, '/'));
  BOOST_TEST(entry.path.size() == 256u);
  BOOST_TEST(entry.method.size() == 32u);
}

BOOST_AUTO_TEST_CASE(each_route_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(route::batch_pdf); ++i)
    names.insert(to_string(static_cast<route>(i)));
  BOOST_TEST(names.size() == static_cast<std::size_t>(route::batch_pdf) + 1);
  BOOST_TEST(!names.contains(""));
}

BOOST_AUTO_TEST_CASE(the_responder_says_how_it_answered) {
  responder sut{{}, 1};
  std::string out;
  response_context context;
  context.access = std::make_unique<access_entry>();
  context.rare_or_new().request_id = "mine";
  body_origin came;
  came.cache = "MISS";
  sut.cached(out, context, R"({"a":1)", 7, came);
  BOOST_TEST(context.access->status == 200u);
  BOOST_TEST(context.access->request_id == "mine");
  BOOST_TEST(context.access->cache == "MISS");
  context.rare->if_none_match = "*";
  sut.cached(out, context, R"({"a":1)", 7, came);
  BOOST_TEST(context.access->status == 304u);
  context.access = std::make_unique<access_entry>();
  sut.computed(out, context, R"({"a":1)", 1);
  BOOST_TEST(context.access->cache == "STALE");
  context.access = std::make_unique<access_entry>();
  sut.fail(out, context, {error_code::not_found, {}, {}, 0});
  BOOST_TEST(context.access->status == 404u);
  BOOST_TEST(context.access->cache == "");
}

BOOST_AUTO_TEST_SUITE_END()
