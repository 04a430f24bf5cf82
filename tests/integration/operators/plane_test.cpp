#include "tests/integration/http/program_run.hpp"
#include "tests/integration/http/sample_store.hpp"
#include "tests/integration/operators/operator_client.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace tessera::test;

BOOST_AUTO_TEST_SUITE(operator_plane_test)

BOOST_AUTO_TEST_CASE(requests_that_were_sent_are_requests_in_stats_and_in_metrics) {
  own_service sut;
  auto client = sut.client();
  constexpr std::uint64_t sent = 500;
  for (std::uint64_t i = 0; i < sent; ++i)
    BOOST_REQUIRE(client->Get(member_path + shared_store().number(i % 50))->status == 200);
  auto stats =
      stats_when(sut.operator_port(), [&](const json_document& x) { return x.whole("/routes/0/requests") >= sent; });
  BOOST_TEST(stats.text("/routes/0/id") == "member");
  BOOST_TEST(stats.whole("/routes/0/requests") == sent);
  BOOST_TEST(stats.whole("/caches/l1/hits") + stats.whole("/caches/l1/misses") == sent);
  BOOST_TEST(stats.whole("/pool/keys") == 50U);

  auto metrics = get(sut.operator_port(), "/metrics");
  BOOST_REQUIRE(metrics.status == 200);
  BOOST_TEST(header(metrics, "Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
  auto all = static_cast<double>(stats.whole("/gateway/requests")); // also the test's own, whether it is ready
  BOOST_TEST(sum_of(metrics.body, "tessera_http_requests_total") == all);
  BOOST_TEST(sum_of(metrics.body, "tessera_http_responses_total") == all);
  BOOST_TEST(sample_of(metrics.body, "tessera_http_requests_total{route=\"member\"}") == sent);
  BOOST_TEST(sample_of(metrics.body, "tessera_http_response_duration_seconds_count{route=\"member\"}") == sent);
  BOOST_TEST(sample_of(metrics.body, "tessera_http_response_duration_seconds_bucket{route=\"member\",le=\"+Inf\"}")
             == sent);
}

BOOST_AUTO_TEST_CASE(stats_name_every_part_of_the_node) {
  own_service sut;
  auto stats = stats_when(sut.operator_port(), [](const json_document& x) { return x.whole("/sequence") >= 2; });
  BOOST_TEST(stats.whole("/schema_version") == 1U);
  BOOST_TEST(is_timestamp(stats.text("/sampled_at")));
  BOOST_TEST(stats.text("/node/phase") == "ready");
  BOOST_TEST(stats.text("/node/store") == "sqlite");
  BOOST_TEST(stats.text("/state/word") == "ok");
  std::vector<std::string> stages;
  for (int i = 0; i < 7; ++i)
    stages.push_back(stats.text(("/stages/" + std::to_string(i) + "/id").c_str()));
  BOOST_TEST(stages == (std::vector<std::string>{"gateway", "limiter", "queue", "l1", "l2", "database", "renderer"}),
             boost::test_tools::per_element());
  BOOST_TEST(stats.text("/pool/breaker/state") == "closed");
  BOOST_TEST(stats.whole("/process/descriptors") > 4U);
  BOOST_TEST(stats.whole("/process/resident_bytes") > 1'000'000U);
  BOOST_TEST(stats.whole("/process/threads") > 16U);
}

BOOST_AUTO_TEST_CASE(actors_come_as_json_and_as_csv) {
  own_service sut;
  stats_when(sut.operator_port(), [](const json_document& x) { return x.whole("/sequence") >= 2; });
  json_document actors{get(sut.operator_port(), "/stats/actors")};
  BOOST_TEST(actors.text("/actors/0/kind") == "gateway");
  BOOST_TEST(actors.text("/actors/0/state") == "running");
  auto csv = get(sut.operator_port(), "/stats/actors?format=csv");
  BOOST_TEST(header(csv, "Content-Type") == "text/csv; charset=utf-8");
  BOOST_TEST(csv.body.starts_with("kind,shard,node,runs_on,state,"));
  auto columns = std::ranges::count(csv.body.substr(0, csv.body.find('\r')), ',');
  std::istringstream lines{csv.body};
  std::vector<std::string> kinds;
  for (std::string line; std::getline(lines, line);) {
    BOOST_TEST(std::ranges::count(line, ',') == columns);
    kinds.push_back(line.substr(0, line.find(',')));
  }
  for (auto kind : {"lookup", "cache", "card_issuer", "admission", "db_pool", "renderer", "batch_coordinator",
                    "maintenance", "card_keeper", "key_keeper", "store_writer", "stats", "supervisor"})
    BOOST_TEST(std::ranges::count(kinds, kind) >= 1, kind);
  BOOST_TEST(get(sut.operator_port(), "/stats/actors?format=xml").status == 400);
}

BOOST_AUTO_TEST_CASE(the_history_grows_by_what_a_page_does_not_have_yet) {
  own_service sut;
  std::uint64_t last = 0;
  BOOST_REQUIRE(eventually(30s, [&] {
    json_document all{get(sut.operator_port(), "/stats/history?range=10m&series=requests_per_s")};
    if (!all.has("/at_s/2"))
      return false;
    last = all.whole("/at_s/1");
    return true;
  }));
  json_document later{get(sut.operator_port(), "/stats/history?range=10m&since=" + std::to_string(last))};
  BOOST_TEST(later.whole("/at_s/0") == last + 1);
  BOOST_TEST(later.has("/series/cpu_percent/mean"));
  BOOST_TEST(later.whole("/step_s") == 1U);
  json_document one{get(sut.operator_port(), "/stats/history?range=6h&series=tickets")};
  BOOST_TEST(one.names("/series") == (std::vector<std::string>{"tickets"}), boost::test_tools::per_element());
  for (auto query : {"range=1y", "since=-1", "since=x", "series=nothing"})
    BOOST_TEST(get(sut.operator_port(), std::string{"/stats/history?"} + query).status == 400, query);
}

BOOST_AUTO_TEST_CASE(a_reader_who_has_the_snapshot_gets_nothing_new) {
  own_service sut;
  auto first = stats_when(sut.operator_port(), [](const auto&) { return true; });
  BOOST_TEST(eventually(30s, [&] {
    auto etag = header(get(sut.operator_port(), "/stats"), "ETag");
    return get(sut.operator_port(), "/stats", "If-None-Match: " + etag + "\r\n").status == 304;
  }));
}

BOOST_AUTO_TEST_CASE(unknown_hosts_other_methods_and_paths_are_refused_as_problems) {
  own_service sut;
  auto port = sut.operator_port();
  auto foreign = ask(port, "GET /stats HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  BOOST_TEST(foreign.status == 421);
  BOOST_TEST(header(foreign, "Content-Type") == "application/problem+json");
  BOOST_TEST(ask(port, "GET /health HTTP/1.1\r\nHost: localhost:1\r\n\r\n").status == 200);
  auto post = ask(port, request("POST", "/stats", "Content-Length: 0\r\n"));
  BOOST_TEST(post.status == 405);
  BOOST_TEST(header(post, "Allow") == "GET, HEAD");
  auto missing = get(port, "/nothing");
  BOOST_TEST(missing.status == 404);
  BOOST_TEST(json_document{missing}.text("/title") == "Not found");
  BOOST_TEST(header(missing, "X-Content-Type-Options") == "nosniff");
  BOOST_TEST(header(missing, "Content-Security-Policy").starts_with("default-src 'none'"));
  BOOST_TEST(header(missing, "Connection") == "close");
}

BOOST_AUTO_TEST_CASE(health_is_that_of_the_data_plane_and_comes_as_health_json_on_request) {
  own_service sut;
  auto plain = get(sut.operator_port(), "/health");
  BOOST_TEST(plain.status == 200);
  BOOST_TEST(json_document{plain}.text("/data/status") == "healthy");
  for (auto [port, path] : {std::pair{sut.operator_port(), "/health"}, std::pair{sut.port(), "/api/v1/health"},
                            std::pair{sut.port(), ready_path.c_str()}}) {
    auto checks = get(port, path, "Accept: application/health+json\r\n");
    BOOST_TEST(checks.status == 200);
    BOOST_TEST(header(checks, "Content-Type") == "application/health+json");
    json_document body{checks};
    BOOST_TEST(body.text("/status") == "pass");
    BOOST_TEST(body.text("/checks/database:availability/0/status") == "pass");
  }
}

BOOST_AUTO_TEST_CASE(it_answers_while_the_data_plane_is_loaded) {
  own_service sut;
  std::atomic<bool> done{false};
  std::vector<std::thread> load;
  for (int i = 0; i < 4; ++i)
    load.emplace_back([&, i] {
      auto client = sut.client();
      for (std::size_t n = 0; !done; ++n)
        client->Get(member_path + shared_store().number((n + static_cast<std::size_t>(i) * 7) % 100));
    });
  bool busy = eventually(30s, [&] {
    auto answer = get(sut.operator_port(), "/stats");
    return answer.status == 200 && json_document{answer}.number("/tiles/requests/now") > 100;
  });
  done = true;
  for (auto& thread : load)
    thread.join();
  BOOST_TEST(busy);
}

BOOST_AUTO_TEST_CASE(idle_connections_do_not_keep_others_out_for_long) {
  own_service sut;
  std::vector<raw_connection> idle;
  for (int i = 0; i < 24; ++i) // more than there are threads
    idle.emplace_back(sut.operator_port());
  BOOST_TEST(get(sut.operator_port(), "/health").status == 200);
}

BOOST_AUTO_TEST_CASE(beyond_this_machine_a_key_with_the_scope_operate_is_needed) {
  sample_store store;
  auto key = [&](const std::string& scopes) {
    auto end = run_program({"keys", "create", "--name", "x", "--scopes", scopes, "--store", store.url()});
    return end.output.substr(0, end.output.find('\n'));
  };
  auto operate = key("operate");
  auto lookup = key("lookup");
  tessera_process::options how;
  how.arguments = {"--store", store.url(), "--operator", "0.0.0.0:0"};
  tessera_process sut{how};
  std::string log;
  BOOST_REQUIRE(eventually(30s, [&] {
    log = sut.log();
    return log.find("Operators: http://0.0.0.0:") != std::string::npos;
  }));
  auto port = static_cast<std::uint16_t>(std::stoi(log.substr(log.find("http://0.0.0.0:") + 15)));
  auto status = [&](const std::string& given) {
    return get(port, "/metrics", given.empty() ? "" : "Authorization: Bearer " + given + "\r\n").status;
  };
  BOOST_TEST(status("") == 401);
  BOOST_TEST(status(lookup) == 403);
  BOOST_TEST(eventually(30s, [&] { return status(operate) == 200; }));
}

BOOST_AUTO_TEST_CASE(the_plane_can_be_switched_off) {
  own_service sut{{"--operator-enabled", "false"}};
  BOOST_TEST(sut.log().find("Operators:") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
