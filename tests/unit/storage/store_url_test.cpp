#include "storage/store_url.hpp"

#include <boost/test/unit_test.hpp>

namespace tessera {

namespace {

store_address parsed(std::string_view url) {
  auto outcome = parse_store_url(url);
  BOOST_REQUIRE_MESSAGE(outcome.has_value(), url << ": " << (outcome ? "" : outcome.error().detail));
  return *outcome;
}

std::string refusal(std::string_view url) {
  auto outcome = parse_store_url(url);
  BOOST_REQUIRE_MESSAGE(!outcome.has_value(), url);
  BOOST_TEST(static_cast<int>(outcome.error().code) == static_cast<int>(error_code::validation));
  return outcome.error().detail;
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_url)

BOOST_AUTO_TEST_CASE(sqlite_takes_the_rest_as_path) {
  BOOST_TEST((parsed("sqlite:var/members.db") == store_address{sqlite_address{"var/members.db"}}));
  BOOST_TEST((parsed("sqlite:/a b/%41?c.db") == store_address{sqlite_address{"/a b/%41?c.db"}}));
  BOOST_TEST(describe(parsed("sqlite:/a/b.db")) == "sqlite:/a/b.db");
  refusal("sqlite:");
  refusal("sqlite::memory:");
}

BOOST_AUTO_TEST_CASE(mysql_in_full) {
  mysql_address expected{"db.example.org", 3307, "tess", "p@ss:w/rd", "cards", tls_mode::verify, "/etc/ca.pem"};
  BOOST_TEST((parsed("mysql://tess:p%40ss%3Aw%2Frd@db.example.org:3307/cards?tls=verify&ca=%2Fetc/ca.pem")
              == store_address{expected}));
  BOOST_TEST(describe(expected) == "mysql://tess@db.example.org:3307/cards?tls=verify&ca=/etc/ca.pem");
}

BOOST_AUTO_TEST_CASE(mysql_defaults) {
  BOOST_TEST((parsed("mysql://127.0.0.1/cards")
              == store_address{mysql_address{"127.0.0.1", 3306, "root", "", "cards", tls_mode::prefer, ""}}));
  BOOST_TEST(
      (parsed("mysql://u@h/cards") == store_address{mysql_address{"h", 3306, "u", "", "cards", tls_mode::prefer, ""}}));
  BOOST_TEST((parsed("mysql://u:p:q@[::1]:1/c%20d?tls=off")
              == store_address{mysql_address{"::1", 1, "u", "p:q", "c d", tls_mode::off, ""}}));
  BOOST_TEST((parsed("mysql://u:p@[::1]/c")
              == store_address{mysql_address{"::1", 3306, "u", "p", "c", tls_mode::prefer, ""}}));
  BOOST_TEST(describe(mysql_address{"::1", 3306, "u", "p", "c", tls_mode::prefer, ""}) == "mysql://u@[::1]:3306/c");
}

BOOST_AUTO_TEST_CASE(an_at_sign_in_the_password_is_understood) {
  BOOST_TEST(
      (parsed("mysql://u:p@q@h/c") == store_address{mysql_address{"h", 3306, "u", "p@q", "c", tls_mode::prefer, ""}}));
}

BOOST_AUTO_TEST_CASE(refusals_name_the_fault_and_never_the_password) {
  for (std::string_view url :
       {"postgres://u:hunter2@h/c", "mysql://u:hunter2@h", "mysql://u:hunter2@h/", "mysql://u:hunter2@/c",
        "mysql://u:hunter2@h:0/c", "mysql://u:hunter2@h:65536/c", "mysql://u:hunter2@h:x/c", "mysql://u:hunter2%4@h/c",
        "mysql://u:hunter2%zz@h/c", "mysql://u:hunter2%00@h/c", "mysql://u:hunter2/h/c", "mysql://u:h?unter2@h/c",
        "mysql://u:hunter2@h/c?tls=maybe", "mysql://u:hunter2@h/c?ssl=1", "mysql://u:hunter2@h/c?ca=/x",
        "mysql://u:hunter2@h/c?tls=verify&ca=", "hunter2", ""})
    BOOST_TEST(refusal(url).find("unter2") == std::string::npos, url);
  BOOST_TEST(refusal("mysql://h/c?tls=maybe").find("off, prefer, require or verify") != std::string::npos);
  BOOST_TEST(refusal("mysql://h").find("name is missing") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tessera
