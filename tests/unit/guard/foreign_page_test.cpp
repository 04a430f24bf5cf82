#include "guard/foreign_page.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using tessera::may_be_a_foreign_page;

namespace {

const std::vector<std::string> nobody;

} // namespace

BOOST_AUTO_TEST_SUITE(a_foreign_page)

BOOST_AUTO_TEST_CASE(cannot_be_what_names_this_machine) {
  for (const auto* host :
       {"", "localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:8080", "127.3.4.5:1", "[::1]:8080"})
    BOOST_TEST(!may_be_a_foreign_page(host, "", nobody), host);
  for (const auto* origin : {"http://localhost:3000", "https://127.0.0.1", "http://[::1]:8080"})
    BOOST_TEST(!may_be_a_foreign_page("localhost", origin, nobody), origin);
}

BOOST_AUTO_TEST_CASE(may_have_got_its_name_to_mean_this_machine) {
  for (const auto* host : {"evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example",
                           "10.0.0.1:8080", "[::2]:80", "[::1", "0.0.0.0", ":80"})
    BOOST_TEST(may_be_a_foreign_page(host, "", nobody), host);
}

BOOST_AUTO_TEST_CASE(names_its_origin) {
  for (const auto* origin : {"null", "https://evil.example", "http://localhost.evil.example", "http://10.0.0.1",
                             "http://localhost@evil.example", "localhost", "file://"})
    BOOST_TEST(may_be_a_foreign_page("127.0.0.1:8080", origin, nobody), origin);
}

BOOST_AUTO_TEST_CASE(is_welcome_where_the_settings_say_so_but_not_under_another_name) {
  const std::vector<std::string> portal{"https://portal.example"};
  const std::vector<std::string> all{"*"};
  BOOST_TEST(!may_be_a_foreign_page("localhost", "https://portal.example", portal));
  BOOST_TEST(may_be_a_foreign_page("localhost", "https://portal.example.evil", portal));
  BOOST_TEST(!may_be_a_foreign_page("localhost", "https://evil.example", all));
  BOOST_TEST(may_be_a_foreign_page("evil.example", "https://evil.example", all));
}

BOOST_AUTO_TEST_SUITE_END()
