#include "gateway/node_report.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidjson/document.h>

#include <array>

using namespace tessera;

namespace {

rapidjson::Document parse(const std::string& text) {
  rapidjson::Document json;
  json.Parse(text.c_str());
  BOOST_REQUIRE(!json.HasParseError());
  return json;
}

struct fixture {
  fixture() : metrics(2, 1, 1) {
    status.environment = "test";
    status.version = "1.2.3";
    status.store = "sqlite";
  }
  node_status status;
  node_metrics metrics;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_report_test, fixture)

BOOST_AUTO_TEST_CASE(cache_figures_are_summed_over_shards_and_told_per_level) {
  set(metrics.caches[0].hits, 60);
  set(metrics.caches[1].hits, 20);
  set(metrics.caches[1].negative_hits, 5);
  set(metrics.caches[0].misses, 15);
  set(metrics.lookups[0].l2_hits, 5);
  set(metrics.caches[0].entries, 3);
  set(metrics.caches[1].entries, 4);
  set(metrics.caches[0].bytes, 12'000'000);
  set(metrics.pool.statements, 4);
  set(metrics.pool.keys, 10);
  auto json = parse(cache_stats_json(metrics, true, "t"));
  BOOST_TEST(json["member_cache"]["totalCachedMembers"].GetUint() == 7u);
  BOOST_TEST(json["member_cache"]["cacheHitRate"].GetDouble() == 90.0);
  BOOST_TEST(json["member_cache"]["cacheSize"].GetString() == "11MB");
  BOOST_TEST(json["card_cache"]["totalCacheHits"].GetUint() == 90u);
  BOOST_TEST(json["card_cache"]["totalCacheMisses"].GetUint() == 10u);
  BOOST_TEST(json["levels"]["l1"]["hit_rate"].GetDouble() == 85.0);
  BOOST_TEST(json["levels"]["l2"]["hits"].GetUint() == 5u);
  BOOST_TEST(json["levels"]["database"]["keys_per_statement"].GetDouble() == 2.5);
  BOOST_TEST(json["timestamp"].GetString() == "t");
}

BOOST_AUTO_TEST_CASE(nothing_asked_is_no_division_by_zero) {
  BOOST_TEST(parse(cache_stats_json(metrics, false, "t"))["member_cache"]["cacheHitRate"].GetDouble() == 0.0);
}

BOOST_AUTO_TEST_CASE(ready_is_about_serving_and_degraded_names_what_is_down) {
  auto starting = parse(health_ready_json(status, metrics));
  BOOST_TEST(!starting["ready"].GetBool());
  BOOST_TEST(starting["reason"].GetString() == "starting");
  status.now = node_status::phase::ready;
  BOOST_TEST(parse(health_ready_json(status, metrics))["ready"].GetBool());
  set(metrics.pool.available, 0);
  status.has_l2 = true;
  auto degraded = parse(health_ready_json(status, metrics));
  BOOST_TEST(degraded["ready"].GetBool());
  BOOST_REQUIRE(degraded["degraded"].Size() == 2u);
  BOOST_TEST(degraded["degraded"][0].GetString() == "database");
  BOOST_TEST(degraded["degraded"][1].GetString() == "redis");
  status.now = node_status::phase::draining;
  BOOST_TEST(parse(health_ready_json(status, metrics))["reason"].GetString() == "draining");
}

BOOST_AUTO_TEST_CASE(health_has_the_predecessors_members) {
  status.resident_bytes = 50 * 1024 * 1024;
  auto json = parse(health_detailed_json(status, metrics, "t", std::chrono::microseconds{1'500}));
  for (auto name :
       {"status", "timestamp", "uptime", "environment", "version", "memory", "response_time", "database", "services"})
    BOOST_TEST(json.HasMember(name), name);
  for (auto name : {"used", "total", "external", "rss"})
    BOOST_TEST(json["memory"].HasMember(name), name);
  BOOST_TEST(json["memory"]["rss"].GetUint() == 50u);
  BOOST_TEST(json["response_time"].GetDouble() == 1.5);
  BOOST_TEST(json["services"]["database"].GetString() == "healthy");
  set(metrics.pool.available, 0);
  auto down = parse(health_database_json(status, metrics));
  BOOST_TEST(down["status"].GetString() == "unhealthy");
  BOOST_TEST(!down["details"]["connected"].GetBool());
}

BOOST_AUTO_TEST_CASE(the_state_of_the_breaker_is_told_by_name) {
  set(metrics.pool.breaker_opened, 3);
  set(metrics.pool.probes, 7);
  set(metrics.pool.statement_timeouts, 2);
  constexpr std::array names{"closed", "half_open", "open"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    set(metrics.pool.breaker_state, i);
    auto health = parse(health_database_json(status, metrics));
    BOOST_TEST(health["details"]["breaker"].GetString() == names[i]);
    BOOST_TEST(health["details"]["opened"].GetUint() == 3u);
    auto stats = parse(cache_stats_json(metrics, false, "t"));
    BOOST_TEST(stats["levels"]["database"]["breaker"].GetString() == names[i]);
    BOOST_TEST(stats["levels"]["database"]["opened"].GetUint() == 3u);
    BOOST_TEST(stats["levels"]["database"]["probes"].GetUint() == 7u);
    BOOST_TEST(stats["levels"]["database"]["statement_timeouts"].GetUint() == 2u);
  }
}

BOOST_AUTO_TEST_CASE(a_health_check_passes_warns_of_what_is_down_and_fails_only_while_the_node_takes_nothing) {
  auto check = [&] { return parse(health_check_json(status, metrics, "t")); };
  status.now = node_status::phase::starting;
  BOOST_TEST(check()["status"].GetString() == "fail");
  BOOST_TEST(check()["output"].GetString() == "starting");
  status.now = node_status::phase::ready;
  BOOST_TEST(check()["status"].GetString() == "pass");
  BOOST_TEST(check()["releaseId"].GetString() == "1.2.3");
  BOOST_TEST(!check()["checks"].HasMember("redis:availability"));
  set(metrics.pool.available, 0);
  auto json = check();
  BOOST_TEST(json["status"].GetString() == "warn");
  BOOST_TEST(json["checks"]["database:availability"][0]["status"].GetString() == "warn");
  set(metrics.pool.available, 1);
  status.has_l2 = true;
  BOOST_TEST(check()["checks"]["redis:availability"][0]["status"].GetString() == "warn");
  set(metrics.redis[0].connected, 1);
  BOOST_TEST(check()["status"].GetString() == "pass");
}

BOOST_AUTO_TEST_SUITE_END()
