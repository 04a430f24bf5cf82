#include "tests/integration/http/sample_store.hpp"
#include "tests/integration/operators/operator_client.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <rapidjson/document.h>

#include <fstream>
#include <iterator>
#include <set>

using namespace std::chrono_literals;
using namespace tessera::test;

/// What Prometheus itself says of what is made for it.
namespace {

const std::string monitoring = TESSERA_SOURCE_DIR "/scripts/monitoring/";

std::string content_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Runs promtool, with a file as its input, and requires that it finds nothing to say against it.
void check_with_promtool(const std::string& command) {
  temp_dir dir;
  process tool{
      {.arguments = {"sh", "-c", find_program("promtool").string() + " " + command}, .output = dir / "output"}};
  auto code = tool.wait(60s);
  BOOST_TEST(code.value_or(-1) == 0, tool.output());
}

/// A Prometheus with a directory and a port of its own.
struct prometheus {
  explicit prometheus(std::uint16_t target) {
    std::ofstream config{(dir / "prometheus.yml").string()};
    config << "global:\n  scrape_interval: 1s\nscrape_configs:\n  - job_name: tessera\n    static_configs:\n"
              "      - targets: [\"127.0.0.1:"
           << target << "\"]\n";
    config.close();
    server.emplace(process::options{.arguments = {find_program("prometheus").string(),
                                                  "--config.file=" + (dir / "prometheus.yml").string(),
                                                  "--storage.tsdb.path=" + (dir / "data").string(),
                                                  "--web.listen-address=127.0.0.1:" + std::to_string(port)},
                                    .output = dir / "log"});
  }

  /// Returns the value of a query's only result; nothing if there is none (yet).
  std::optional<double> value(const std::string& query) const {
    try {
      auto answer = get(port, "/api/v1/query?query=" + query);
      rapidjson::Document body;
      body.Parse(answer.body.c_str());
      const auto& results = body["data"]["result"];
      if (answer.status != 200 || results.Size() != 1)
        return std::nullopt;
      return std::stod(results[0]["value"][1].GetString());
    } catch (const std::exception&) { // it is starting
      return std::nullopt;
    }
  }

  temp_dir dir;
  std::uint16_t port = free_port();
  std::optional<process> server;
};

} // namespace

BOOST_AUTO_TEST_SUITE(prometheus_test)

BOOST_AUTO_TEST_CASE(promtool_finds_no_fault_with_the_metrics) {
  own_service sut;
  get(sut.port(), member_path + shared_store().number(0));
  stats_when(sut.operator_port(), [](const json_document& x) { return x.whole("/routes/0/requests") == 1; });
  temp_dir dir;
  std::ofstream{(dir / "metrics").string(), std::ios::binary} << get(sut.operator_port(), "/metrics").body;
  check_with_promtool("check metrics < " + (dir / "metrics").string());
}

BOOST_AUTO_TEST_CASE(promtool_finds_no_fault_with_the_rules_and_the_configuration) {
  check_with_promtool("check rules " + monitoring + "tessera_rules.yml");
  check_with_promtool("check config " + monitoring + "prometheus.yml");
}

BOOST_AUTO_TEST_CASE(rules_and_dashboard_name_metrics_that_there_are) {
  own_service sut;
  std::string metrics;
  BOOST_REQUIRE(eventually(30s, [&] {
    auto answer = get(sut.operator_port(), "/metrics");
    metrics = answer.body;
    return answer.status == 200;
  }));
  auto dashboard = content_of(monitoring + "grafana_dashboard.json");
  rapidjson::Document parsed;
  BOOST_REQUIRE(!parsed.Parse(dashboard.c_str()).HasParseError());
  BOOST_TEST(parsed["panels"].Size() > 10U);
  auto texts = dashboard + content_of(monitoring + "tessera_rules.yml");
  std::set<std::string> names;
  for (auto at = texts.find("tessera_"); at != texts.npos; at = texts.find("tessera_", at + 1)) {
    auto end = texts.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", at);
    names.insert(texts.substr(at, end - at));
  }
  BOOST_TEST(names.size() > 20U);
  for (const auto& name : names)
    BOOST_TEST((metrics.find("\n" + name + "{") != metrics.npos || metrics.find("\n" + name + " ") != metrics.npos),
               name);
}

BOOST_AUTO_TEST_CASE(a_prometheus_that_scrapes_knows_how_many_requests_there_were) {
  own_service sut;
  prometheus scraper{sut.operator_port()};
  auto client = sut.client();
  for (int i = 0; i < 200; ++i)
    BOOST_REQUIRE(client->Get(member_path + shared_store().number(0))->status == 200);
  BOOST_TEST(
      eventually(60s, [&] { return scraper.value("tessera_http_requests_total%7Broute=%22member%22%7D") == 200.0; }));
  BOOST_TEST(scraper.value("up%7Bjob=%22tessera%22%7D").value_or(0) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
