#include "gateway/http/router.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(router_test)

BOOST_AUTO_TEST_CASE(every_route_is_found) {
  auto found = [](std::string_view path) { return find_route(path).to; };
  BOOST_TEST((found("/api/v1/optimized-cards/member/8001015009087") == route::member));
  BOOST_TEST((found("/api/v1/members/lookup") == route::members_lookup));
  BOOST_TEST((found("/api/v1/optimized-cards/cache-stats") == route::cache_stats));
  BOOST_TEST((found("/api/v1/optimized-cards/warm-cache") == route::warm_cache));
  BOOST_TEST((found("/api/v1/optimized-cards/cache/12") == route::clear_cache));
  BOOST_TEST((found("/api/v1/health") == route::health));
  BOOST_TEST((found("/api/v1/health/detailed") == route::health_detailed));
  BOOST_TEST((found("/api/v1/health/database") == route::health_database));
  BOOST_TEST((found("/api/v1/health/ready") == route::health_ready));
  BOOST_TEST((found("/api/v1/health/live") == route::health_live));
}

BOOST_AUTO_TEST_CASE(parameters_are_the_last_segment) {
  BOOST_TEST(find_route("/api/v1/optimized-cards/member/80%2001").parameter == "80%2001");
  BOOST_TEST((find_route("/api/v1/optimized-cards/member/").to == route::none));
  BOOST_TEST((find_route("/api/v1/optimized-cards/member").to == route::none));
  BOOST_TEST((find_route("/api/v1/optimized-cards/member/1/2").to == route::none));
}

BOOST_AUTO_TEST_CASE(case_and_one_slash_at_the_end_do_not_matter) {
  BOOST_TEST((find_route("/API/v1/Health/").to == route::health));
  BOOST_TEST(find_route("/api/v1/optimized-cards/MEMBER/12/").parameter == "12");
  BOOST_TEST((find_route("/api/v1/health//").to == route::none));
}

BOOST_AUTO_TEST_CASE(what_is_no_route_is_none) {
  for (auto path : {"/", "*", "", "/api", "/api/v1/healthy", "/api/v1/health/other", "//api/v1/health"})
    BOOST_TEST((find_route(path).to == route::none), path);
}

BOOST_AUTO_TEST_CASE(allow_lists_the_methods) {
  BOOST_TEST(allow_text(find_route("/api/v1/health").methods) == "GET, HEAD, OPTIONS");
  BOOST_TEST(allow_text(find_route("/api/v1/members/lookup").methods) == "POST, QUERY, OPTIONS");
  BOOST_TEST(allow_text(find_route("/api/v1/optimized-cards/cache/1").methods) == "DELETE, OPTIONS");
}

BOOST_AUTO_TEST_CASE(percent_encoding_is_undone_where_it_is_valid) {
  BOOST_TEST(percent_decode("%38001") == "8001");
  BOOST_TEST(percent_decode("a%2") == "a%2");
  BOOST_TEST(percent_decode("%zz%4A%4a") == "%zzJJ");
}

BOOST_AUTO_TEST_SUITE_END()
