#include "storage/redis_url.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

using tessera::parse_redis_url;
using tessera::redis_address;

namespace {

void parses(std::string_view url, const redis_address& expected) {
  auto got = parse_redis_url(url);
  BOOST_REQUIRE_MESSAGE(got.has_value(), url);
  BOOST_TEST((*got == expected), url);
}

void refuses(std::string_view url, std::string_view because) {
  auto got = parse_redis_url(url);
  BOOST_REQUIRE_MESSAGE(!got.has_value(), url);
  BOOST_TEST(got.error().detail.find(because) != std::string::npos, url << ": " << got.error().detail);
  BOOST_TEST(got.error().detail.find("hunter2") == std::string::npos, got.error().detail);
}

} // namespace

BOOST_AUTO_TEST_SUITE(redis_url_test)

BOOST_AUTO_TEST_CASE(all_parts_are_found) {
  parses("redis://localhost", {"localhost", 6379, "", "", 0});
  parses("redis://localhost/", {"localhost", 6379, "", "", 0});
  parses("redis://10.0.0.1:7000", {"10.0.0.1", 7000, "", "", 0});
  parses("redis://10.0.0.1:7000/15", {"10.0.0.1", 7000, "", "", 15});
  parses("redis://:hunter2@cache.example.org", {"cache.example.org", 6379, "", "hunter2", 0});
  parses("redis://tessera:hunter2@cache:1/3", {"cache", 1, "tessera", "hunter2", 3});
  parses("redis://[::1]", {"::1", 6379, "", "", 0});
  parses("redis://:hunter2@[fe80::1]:65535/1", {"fe80::1", 65535, "", "hunter2", 1});
}

BOOST_AUTO_TEST_CASE(user_and_password_are_percent_decoded) {
  parses("redis://a%40b:p%2Fw%3a%25%20@h", {"h", 6379, "a@b", "p/w:% ", 0});
  parses("redis://:p@w:rd@h", {"h", 6379, "", "p@w:rd", 0});
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_told_without_the_password) {
  refuses("", "redis://");
  refuses("localhost", "redis://");
  refuses("http://localhost", "redis://");
  refuses("REDIS://localhost", "redis://");
  refuses("rediss://:hunter2@h", "TLS");
  refuses("redis://", "no host");
  refuses("redis://:hunter2@", "no host");
  refuses("redis://:hunter2@:6379", "no host");
  refuses("redis://hunter2@h", "without a password");
  refuses("redis://user:@h", "empty password");
  refuses("redis://:hunter2%@h", "%25");
  refuses("redis://:hunter2%4@h", "%25");
  refuses("redis://:hunter2%zz@h", "%25");
  refuses("redis://:hunter2%+1@h", "%25");
  refuses("redis://:hunter2/x@h", "percent-encoded");
  refuses("redis://hunter2/x@h", "database");
  refuses("redis://h:0", "port");
  refuses("redis://h:", "port");
  refuses("redis://h:65536", "port");
  refuses("redis://h:12x", "port");
  refuses("redis://h:-1", "port");
  refuses("redis://::1", "no host");
  refuses("redis://fe80::1", "brackets");
  refuses("redis://[::1", "]");
  refuses("redis://[::1]6379", "port");
  refuses("redis://h/x", "database");
  refuses("redis://h/65536", "database");
  refuses("redis://h/1/2", "database");
  refuses("redis://h/-1", "database");
  refuses("redis://h?db=1", "database");
  refuses("redis://h#1", "database");
  refuses("redis://h /1", "space");
  refuses("redis://:hunter2\n@h", "space");
  refuses(std::string_view{"redis://h\0.example.org", 22}, "space");
}

BOOST_AUTO_TEST_SUITE_END()
