#include "gateway/http/request_ids.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(request_ids_test)

BOOST_AUTO_TEST_CASE(ids_differ_and_hold_letters_only) {
  request_ids left{1};
  request_ids right{2};
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i)
    for (auto* ids : {&left, &right}) {
      auto id = ids->next();
      std::string text{id.data(), id.size()};
      BOOST_REQUIRE(text.find_first_not_of("abcdefghijklmnop") == text.npos);
      BOOST_REQUIRE(seen.insert(text).second);
    }
}

BOOST_AUTO_TEST_CASE(ids_of_clients_are_used_if_sane) {
  BOOST_TEST(is_sane_request_id("3f2504e0-4f89-11d3-9a0c-0305e82c3301"));
  BOOST_TEST(is_sane_request_id("a"));
  BOOST_TEST(is_sane_request_id(std::string(128, 'a')));
  BOOST_TEST(!is_sane_request_id(std::string(129, 'a')));
  BOOST_TEST(!is_sane_request_id(""));
  BOOST_TEST(!is_sane_request_id("a b"));
  BOOST_TEST(!is_sane_request_id("a\"b"));
  BOOST_TEST(!is_sane_request_id("lookup-8001015009087"));
}

BOOST_AUTO_TEST_CASE(traceparents_are_passed_on_if_well_formed) {
  BOOST_TEST(is_sane_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
  BOOST_TEST(!is_sane_traceparent("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"));
  BOOST_TEST(!is_sane_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1"));
  BOOST_TEST(!is_sane_traceparent(""));
}

BOOST_AUTO_TEST_SUITE_END()
