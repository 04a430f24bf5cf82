#include "config/url.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(url_test)

BOOST_AUTO_TEST_CASE(passwords_are_masked) {
  struct {
    const char *text, *masked;
  } const cases[] = {
      {"mysql://user:hunter2@host:3306/name", "mysql://user:***@host:3306/name"},
      {"mysql://user:hun/ter@2:#?@host/name?tls=off", "mysql://user:***@host/name?tls=off"},
      {"mysql://user:@host/name", "mysql://user:***@host/name"},
      {"mysql://user@host/name", "mysql://user@host/name"},
      {"mysql://user@[::1]:1/name", "mysql://user@[::1]:1/name"},
      {"mysql://host:3306/name", "mysql://host:3306/name"},
      {"redis://:hunter2@host", "redis://:***@host"},
      {"redis://user:hunter2@host:1/2", "redis://user:***@host:1/2"},
      {"redis://hunter2@host", "redis://***@host"}, // many mean the password
      {"redis://host:6379/1", "redis://host:6379/1"},
      {"sqlite:/a:b@c", "sqlite:/a:b@c"},
      {"", ""},
  };
  for (auto [text, masked] : cases)
    BOOST_TEST(mask_url_password(text) == masked);
}

BOOST_AUTO_TEST_CASE(store_urls) {
  for (const char* text : {"sqlite:a", "sqlite:/var/a b.sqlite", "mysql://h/n", "mysql://u@h:1/n", "mysql://u:p@h/n",
                           "mysql://u:p%40@[::1]:3306/n?tls=verify&ca=/etc/ca.pem", "mysql://u:p@p@h/n"})
    BOOST_TEST(is_store_url(text), text);
  for (const char* text : {"", "sqlite:", "a.sqlite", "mysql:", "mysql://", "mysql://h", "mysql://h/", "mysql:///n",
                           "mysql://u:p/n", "mysql://u:p@/n", "mysql://h:0/n", "mysql://h:x/n", "mysql://h/n/m",
                           "mysql://h h/n", "MYSQL://h/n", "postgres://h/n", "mysql://u:p/q@h/n"})
    BOOST_TEST(!is_store_url(text), text);
}

BOOST_AUTO_TEST_CASE(redis_urls) {
  for (const char* text : {"redis://h", "redis://h/", "redis://h:6379", "redis://h/3", "redis://:p@h",
                           "redis://u:p@h:1/2", "redis://[::1]:6379/0", "redis://[::1]"})
    BOOST_TEST(is_redis_url(text), text);
  for (const char* text :
       {"", "h", "redis:h", "redis://", "redis://:p@", "redis://h:0", "redis://h:99999", "redis://h/x", "redis://h/1/2",
        "redis://h?db=1", "rediss://h", "redis://h /1", "http://h", "redis://::1"})
    BOOST_TEST(!is_redis_url(text), text);
}

BOOST_AUTO_TEST_CASE(percent_encoding_leaves_only_unreserved_characters) {
  BOOST_TEST(percent_encode("aZ09-._~") == "aZ09-._~");
  BOOST_TEST(percent_encode("a b:/@%\xc3\xbc") == "a%20b%3A%2F%40%25%C3%BC");
}

BOOST_AUTO_TEST_SUITE_END()
