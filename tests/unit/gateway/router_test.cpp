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
  BOOST_TEST((found("/openapi.json") == route::openapi));
  BOOST_TEST((found("/docs") == route::docs));
  BOOST_TEST((found("/docs/page.css") == route::docs));
  BOOST_TEST((found("/docs/errors/not-found") == route::error_docs));
  BOOST_TEST((found("/api/v1/optimized-cards/generate-data/12") == route::generate_data));
  BOOST_TEST((found("/api/v1/optimized-cards/generate/12") == route::generate));
  BOOST_TEST((found("/api/v1/optimized-cards/verify") == route::verify));
  BOOST_TEST((found("/api/v1/cards/12") == route::card));
  BOOST_TEST((found("/api/v1/cards/12.pdf") == route::card));
  BOOST_TEST((found("/api/v1/cards/12/qr.svg") == route::card_qr_svg));
  BOOST_TEST((found("/api/v1/cards/12/qr.png") == route::card_qr_png));
  BOOST_TEST((found("/api/v1/cards/12/reissue") == route::card_reissue));
  BOOST_TEST((found("/api/v1/cards/12/revoke") == route::card_revoke));
  BOOST_TEST((found("/.well-known/jwks.json") == route::jwks));
  BOOST_TEST((found("/api/v1/revocations") == route::revocations));
  BOOST_TEST((found("/V") == route::verify_page));
  BOOST_TEST((found("/V/page.js") == route::verify_page));
  BOOST_TEST((found("/api/v1/batches") == route::batches));
  BOOST_TEST((found("/api/v1/batches/abc") == route::batch));
  BOOST_TEST((found("/api/v1/batches/abc/events") == route::batch_events));
  BOOST_TEST((found("/api/v1/batches/abc/cards.zip") == route::batch_zip));
  BOOST_TEST((found("/api/v1/batches/abc/cards.pdf") == route::batch_pdf));
  BOOST_TEST((found("/api/v1/batches/abc/cards.svg") == route::none));
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
  BOOST_TEST((find_route("/api/v1/Optimized-Cards/VERIFY/").to == route::verify));
  BOOST_TEST((find_route("/.Well-Known/JWKS.json").to == route::jwks));
  for (auto path : {"/v", "/v/", "/V/", "/v/Page.js"})
    BOOST_TEST((find_route(path).to == route::verify_page), path);
}

BOOST_AUTO_TEST_CASE(what_follows_a_parameter_is_no_part_of_it) {
  for (auto ending : {"/qr.svg", "/qr.png", "/reissue", "/revoke", "/QR.SVG", "/Reissue/"}) {
    auto path = "/API/v1/Cards/12" + std::string{ending};
    auto found = find_route(path);
    BOOST_TEST((found.to != route::none && found.to != route::card), ending);
    BOOST_TEST(found.parameter == "12", ending);
  }
  BOOST_TEST(find_route("/api/v1/cards/12.pdf").parameter == "12.pdf"); // the format is for who draws
  BOOST_TEST(find_route("/api/v1/cards/12%2Fqr.svg").parameter == "12%2Fqr.svg");
  BOOST_TEST((find_route("/api/v1/cards/12%2Fqr.svg").to == route::card));
}

BOOST_AUTO_TEST_CASE(a_parameter_is_one_segment_and_not_empty) {
  for (auto path :
       {"/api/v1/cards/1/2/qr.svg", "/api/v1/cards//qr.svg", "/api/v1/cards/1//reissue", "/api/v1/cards/1/qr.svg//",
        "/api/v1/cards/1/qr.gif", "/api/v1/cards/1/reissue/2", "/api/v1/cards/1/xqr.svg", "/api/v1/cards/",
        "/api/v1/cards", "/api/v1/optimized-cards/generate/1/2", "/api/v1/optimized-cards/generate-data/",
        "/api/v1/optimized-cards/verify/1", "/api/v1/revocations/1", "/v/a/b", "/vx"})
    BOOST_TEST((find_route(path).to == route::none), path);
  // No number of a member, but one segment: who reads it says so.
  BOOST_TEST((find_route("/api/v1/cards/qr.svg").to == route::card));
  BOOST_TEST((find_route("/api/v1/cards/reissue").to == route::card));
}

BOOST_AUTO_TEST_CASE(cards_need_the_scope_that_issues_them_and_checking_them_needs_none) {
  for (auto path : {"/api/v1/optimized-cards/generate-data/12", "/api/v1/optimized-cards/generate/12",
                    "/api/v1/cards/12", "/api/v1/cards/12/qr.svg", "/api/v1/cards/12/qr.png"}) {
    auto found = find_route(path);
    BOOST_TEST((found.needs == scope::issue), path);
    BOOST_TEST((found.limit == limit_kind::card), path);
    BOOST_TEST(found.limited, path);
  }
  for (auto path : {"/api/v1/cards/12/reissue", "/api/v1/cards/12/revoke"}) {
    auto found = find_route(path);
    BOOST_TEST((found.needs == scope::issue), path);
    BOOST_TEST(!found.limit.has_value(), path);
    BOOST_TEST(found.limited, path);
  }
  BOOST_TEST((find_route("/api/v1/batches").limit == limit_kind::bulk));
  for (auto path : {"/api/v1/batches/abc", "/api/v1/batches/abc/events", "/api/v1/batches/abc/cards.zip"}) {
    auto found = find_route(path);
    BOOST_TEST((found.needs == scope::batch), path);
    BOOST_TEST(found.parameter == "abc", path);
    BOOST_TEST(!found.limit.has_value(), path);
    BOOST_TEST(found.limited, path);
  }
  for (auto path : {"/api/v1/optimized-cards/verify", "/.well-known/jwks.json", "/api/v1/revocations", "/V",
                    "/openapi.json", "/docs", "/docs/page.css", "/docs/errors/not-found"}) {
    BOOST_TEST(!find_route(path).needs.has_value(), path);
    BOOST_TEST(find_route(path).limited, path);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_route_is_none) {
  for (auto path : {"/", "*", "", "/api", "/api/v1/healthy", "/api/v1/health/other", "//api/v1/health"})
    BOOST_TEST((find_route(path).to == route::none), path);
}

BOOST_AUTO_TEST_CASE(allow_lists_the_methods) {
  BOOST_TEST(allow_text(find_route("/api/v1/health").methods) == "GET, HEAD, OPTIONS");
  BOOST_TEST(allow_text(find_route("/api/v1/members/lookup").methods) == "POST, QUERY, OPTIONS");
  BOOST_TEST(allow_text(find_route("/api/v1/optimized-cards/cache/1").methods) == "DELETE, OPTIONS");
  BOOST_TEST(allow_text(find_route("/api/v1/optimized-cards/generate-data/1").methods) == "POST, OPTIONS");
  BOOST_TEST(allow_text(find_route("/api/v1/optimized-cards/verify").methods) == "POST, OPTIONS");
  BOOST_TEST(allow_text(find_route("/api/v1/cards/1/reissue").methods) == "POST, OPTIONS");
  BOOST_TEST(allow_text(find_route("/api/v1/cards/1/qr.svg").methods) == "GET, HEAD, OPTIONS");
  BOOST_TEST(allow_text(find_route("/api/v1/batches").methods) == "POST, OPTIONS");
  BOOST_TEST(allow_text(find_route("/api/v1/batches/1/events").methods) == "GET, HEAD, OPTIONS");
  BOOST_TEST(allow_text(find_route("/V").methods) == "GET, HEAD, OPTIONS");
}

BOOST_AUTO_TEST_CASE(percent_encoding_is_undone_where_it_is_valid) {
  BOOST_TEST(percent_decode("%38001") == "8001");
  BOOST_TEST(percent_decode("a%2") == "a%2");
  BOOST_TEST(percent_decode("%zz%4A%4a") == "%zzJJ");
}

BOOST_AUTO_TEST_SUITE_END()
