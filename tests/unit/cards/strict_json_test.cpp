#include "cards/strict_json.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(strict_json_test)

BOOST_AUTO_TEST_CASE(members_are_told_by_name_and_type) {
  auto object = strict_json_object::parse(R"({"text":"a","number":7,"less":-7,"part":1.5,"null":null,"":"empty"})");
  BOOST_REQUIRE(object.has_value());
  BOOST_TEST((object->text("text") == "a"));
  BOOST_TEST((object->text("") == "empty"));
  BOOST_TEST(object->is("text", "a"));
  BOOST_TEST(!object->is("text", "b"));
  BOOST_TEST(!object->is("number", "7"));
  BOOST_TEST((object->integer("number") == 7u));
  BOOST_TEST(object->has("null"));
  BOOST_TEST(!object->has("nul"));
  for (auto name : {"less", "part", "null", "text", "absent"})
    BOOST_TEST(!object->integer(name).has_value(), name);
  for (auto name : {"number", "null", "absent"})
    BOOST_TEST(!object->text(name).has_value(), name);
}

BOOST_AUTO_TEST_CASE(an_object_with_a_member_twice_is_refused) {
  BOOST_TEST(!strict_json_object::parse(R"({"a":1,"b":2,"a":1})").has_value());
  BOOST_TEST(!strict_json_object::parse(R"({"a":1,"\u0061":2})").has_value());
  BOOST_TEST(strict_json_object::parse(R"({"a":1,"A":2})").has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_object_is_refused) {
  for (auto text : {"", " ", "null", "7", "[]", "[{}]", "\"{}\"", "{", "{}}", "{} {}", "{\"a\":}", "{'a':1}",
                    "{\"a\":1,}", "{\"a\":\"\xff\"}"})
    BOOST_TEST(!strict_json_object::parse(text).has_value(), text);
  BOOST_TEST(!strict_json_object::parse(std::string(100'000, '[')).has_value());
  BOOST_TEST(!strict_json_object::parse("{\"a\":" + std::string(100'000, '[')).has_value());
  BOOST_TEST(strict_json_object::parse(" {} ").has_value());
}

BOOST_AUTO_TEST_CASE(nesting_however_deep_does_no_harm) {
  constexpr std::size_t depth = 100'000;
  auto object = strict_json_object::parse("{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}");
  BOOST_REQUIRE(object.has_value());
  BOOST_TEST(object->has("a"));
}

BOOST_AUTO_TEST_CASE(an_object_has_32_members_at_most) {
  auto with = [](int count) {
    std::string text = "{";
    for (int i = 0; i < count; ++i)
      text += (i > 0 ? "," : "") + ("\"" + std::to_string(i) + "\":0");
    return text + "}";
  };
  BOOST_TEST(strict_json_object::parse(with(32)).has_value());
  BOOST_TEST(!strict_json_object::parse(with(33)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
