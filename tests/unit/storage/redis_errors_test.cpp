#include "storage/redis_errors.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <hiredis/hiredis.h>

using tessera::error_code;
using tessera::redis_failure;

BOOST_AUTO_TEST_SUITE(redis_errors_test)

BOOST_AUTO_TEST_CASE(every_failure_is_one_of_the_cache) {
  for (int code : {REDIS_ERR_IO, REDIS_ERR_OTHER, REDIS_ERR_EOF, REDIS_ERR_PROTOCOL, REDIS_ERR_OOM, 99}) {
    BOOST_TEST((redis_failure(code, ECONNREFUSED).code == error_code::cache_unavailable));
    BOOST_TEST(!redis_failure(code, ECONNREFUSED).detail.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_cause_is_told) {
  BOOST_TEST(redis_failure(REDIS_ERR_IO, ECONNREFUSED).detail.find("refused") != std::string::npos);
  BOOST_TEST(redis_failure(REDIS_ERR_IO, EAGAIN).detail == redis_failure(REDIS_ERR_IO, ETIMEDOUT).detail);
  BOOST_TEST(redis_failure("NOAUTH Authentication required.").detail.find("password") != std::string::npos);
  for (auto word : {"ASK", "BUSY", "CLUSTERDOWN", "CROSSSLOT", "DENIED", "LOADING", "MASTERDOWN", "MISCONF", "MOVED",
                    "NOAUTH", "NOPERM", "NOREPLICAS", "OOM", "READONLY", "TRYAGAIN", "WRONGPASS"})
    BOOST_TEST(redis_failure(std::string{word} + " more").detail.find(word) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_the_server_wrote_is_not_repeated) {
  for (auto word : {"ERR", "MOVED", "WRONGPASS", "8001015009087", ""}) {
    auto detail = redis_failure(std::string{word} + " 3999 8001015009087 secret").detail;
    BOOST_TEST(detail.find("8001015009087") == std::string::npos);
    BOOST_TEST(detail.find("secret") == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
