#include "gateway/http/http_errors.hpp"
#include "gateway/http/router.hpp"
#include "web/web_files.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidjson/document.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

using namespace tessera;

namespace {

/// The description of the API as it is served.
const rapidjson::Document& openapi() {
  static const rapidjson::Document document = [] {
    rapidjson::Document parsed;
    auto bytes = find_web_file("/openapi.json")->bytes;
    parsed.Parse(bytes.data(), bytes.size());
    return parsed;
  }();
  return document;
}

/// Returns `path` with `value` for each "{parameter}", a format's ending included in the parameter.
std::string with_parameters(std::string path, std::string_view value) {
  for (auto at = path.find('{'); at != path.npos; at = path.find('{', at + value.size())) {
    auto end = path.find('}', at);
    path.replace(at, end - at + 1, value);
  }
  return path;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return text;
}

/// Returns what the router answers where the description has these operations.
method_set methods_of(const rapidjson::Value& operations) {
  static const std::map<std::string, method_set> known{
      {"get", bit(http_method::get) | bit(http_method::head)},
      {"post", bit(http_method::post)},
      {"delete", bit(http_method::delete_)},
  };
  method_set methods = bit(http_method::options);
  for (const auto& [name, operation] : operations.GetObject()) {
    methods = static_cast<method_set>(methods | known.at(name.GetString()));
    if (operation.HasMember("x-also-method")) // OpenAPI 3.1 has no word for it
      methods = static_cast<method_set>(methods | bit(http_method::query));
  }
  return methods;
}

/// Returns the scope that an operation needs, "" for none. One that an operation can do without stands beside {}.
std::string scope_of(const rapidjson::Value& operation) {
  const auto& security = operation["security"].GetArray();
  for (const auto& each : security)
    if (each.MemberCount() == 0)
      return "";
  return security.Empty() ? "" : security[0]["apiKey"][0].GetString();
}

std::string limit_of(const route_match& match) {
  if (!match.limited)
    return "none";
  return std::string{to_string(match.limit.value_or(limit_kind::general))};
}

} // namespace

BOOST_AUTO_TEST_SUITE(contract_test)

BOOST_AUTO_TEST_CASE(every_path_that_is_described_is_a_route_with_these_methods_scopes_and_limits) {
  for (const auto& [name, operations] : openapi()["paths"].GetObject()) {
    std::string path = name.GetString();
    BOOST_TEST_CONTEXT(path) {
      auto match = find_route(with_parameters(path, "1"));
      BOOST_TEST((match.to != route::none));
      BOOST_TEST(allow_text(match.methods) == allow_text(methods_of(operations)));
      for (const auto& [method, operation] : operations.GetObject()) {
        BOOST_TEST(scope_of(operation) == (match.needs ? to_string(*match.needs) : ""));
        BOOST_TEST(operation["x-limit"].GetString() == limit_of(match));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(every_route_is_described) {
  std::set<std::string> described;
  for (const auto& [name, operations] : openapi()["paths"].GetObject())
    described.insert(lower(with_parameters(name.GetString(), "{}")));
  for (const auto& path : route_paths())
    BOOST_TEST(described.contains(path), path << " is not in web/api");
}

BOOST_AUTO_TEST_CASE(the_error_codes_that_are_described_are_those_that_there_are) {
  std::set<std::string> described;
  for (const auto& code : openapi()["components"]["schemas"]["ErrorCode"]["enum"].GetArray())
    described.insert(code.GetString());
  std::set<std::string> known;
  for (std::uint8_t i = 1; i < error_code_count; ++i)
    known.emplace(http_error_of(static_cast<error_code>(i)).code);
  BOOST_TEST(described == known, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
