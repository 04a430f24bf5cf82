#include "tests/integration/http/event_stream.hpp"
#include "tests/integration/http/program_run.hpp"
#include "tests/integration/operators/operator_client.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <sys/stat.h>
#include <thread>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

const std::string batches = "/api/v1/batches";

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(std::move(line));
  return lines;
}

/// A service that writes an access log.
struct fixture {
  explicit fixture(tessera_process::options how = {}) : sut(with_log(std::move(how))) {
  }

  tessera_process::options with_log(tessera_process::options how) const {
    how.arguments.insert(how.arguments.end(), {"--store", store.url(), "--log-access-file", "access.log"});
    return how;
  }

  std::filesystem::path file() const {
    return sut.directory() / "access.log";
  }
  std::string member(std::size_t index = 0) const {
    return member_path + store.number(index);
  }
  /// Waits for so many lines that a test has caused: all but the start's questions whether the service is ready.
  std::vector<json_document> caused(std::size_t count) const {
    std::vector<json_document> lines;
    BOOST_TEST_REQUIRE(eventually(10s, [&] {
      lines.clear();
      for (const auto& line : lines_of(file()))
        if (json_document document{line}; document.text("/route") != "health_ready")
          lines.push_back(std::move(document));
      return lines.size() >= count;
    }));
    BOOST_TEST_REQUIRE(lines.size() == count);
    return lines;
  }

  sample_store store;
  tessera_process sut;
};

/// A service that knows a key, which may do all but operate; without one nothing is for anybody.
struct keyed : fixture {
  keyed() : fixture({.environment = {"RATE_LIMIT_MEMBER_LOOKUP=12"}, .limits = true}) {
    auto made = run_program(
        {"keys", "create", "--name", "test", "--scopes", "lookup,issue,batch,verify", "--store", store.url()});
    BOOST_TEST_REQUIRE(made.code == 0, made.errors);
    key = made.output.substr(0, made.output.find('\n'));
    bearer = "Authorization: Bearer " + key + "\r\n";
    BOOST_TEST_REQUIRE(eventually(10s, [&] { return send(request("GET", stats_path, bearer)).status == 403; }));
  }

  raw_response send(const std::string& bytes) {
    ++answered;
    return ask(sut.port(), bytes);
  }

  std::string key;
  std::string bearer;
  std::size_t answered = 0; ///< responses that came, but those about readiness
};

} // namespace

BOOST_AUTO_TEST_SUITE(access_log_test)

BOOST_FIXTURE_TEST_CASE(each_response_is_one_line_and_all_counts_agree, keyed) {
  const std::string forged_id = "X-Request-Id: " + store.number(3) + "\r\n";
  BOOST_TEST(send(request("GET", member(), bearer)).status == 200);
  auto hit = send(request("GET", member(), bearer));
  BOOST_TEST(came_from(hit) == "HIT L1");
  BOOST_TEST(send(request("GET", member(), bearer + "If-None-Match: " + header(hit, "ETag") + "\r\n")).status == 304);
  BOOST_TEST(
      send(json_request("POST", lookup_path, R"({"id_number":")" + store.number(1) + "\"}", bearer + forged_id)).status
      == 200);
  BOOST_TEST(send(request("GET", member_path + std::string{unknown_number}, bearer)).status == 404);
  BOOST_TEST(send(request("GET", "/nowhere/" + store.number(2) + "?q=" + store.number(2), bearer)).status == 404);
  BOOST_TEST(send(request("GET", member_path + "%38" + store.number(0).substr(1, 11), bearer)).status == 400);
  BOOST_TEST(send(request("GET", member())).status == 401);
  BOOST_TEST(send(request("GET", member(), "Authorization: Bearer tsk_wrong\r\n")).status == 401);
  BOOST_TEST(send(request("PATCH", member(), bearer)).status == 405);
  BOOST_TEST(send(request("OPTIONS", member())).status == 204);
  BOOST_TEST(send(json_request("POST", batches, "{}", bearer)).status == 400);
  BOOST_TEST(send(json_request("POST", lookup_path, std::string(100'000, ' '), bearer)).status == 413);
  BOOST_TEST(send("NO REQUEST\r\n\r\n").status == 400);
  BOOST_TEST(send("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(20'000, 'a') + "\r\n\r\n").status == 431);
  BOOST_TEST(send("GET /" + std::string(10'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n").status == 414);

  raw_connection connection{sut.port()};
  connection.send(request("HEAD", member(), bearer));
  BOOST_TEST(connection.read_response(raw_connection::request_kind::head).status == 200);
  constexpr int pipelined = 5;
  std::string together;
  for (int i = 0; i < pipelined; ++i)
    together += request("GET", "/api/v1/health/live");
  connection.send(together);
  for (int i = 0; i < pipelined; ++i)
    BOOST_TEST(connection.read_response().status == 200);
  answered += 1 + pipelined;

  auto batch = R"({"issued_by":"desk","member_ids":[")" + store.member_id(store.number(4)) + "\"]}";
  auto opened = send(json_request("POST", batches, batch, bearer));
  BOOST_TEST_REQUIRE(opened.status == 202);
  raw_connection follower{sut.port()};
  follower.send(request("GET", header(opened, "Location") + "/events", bearer));
  event_stream events{follower};
  BOOST_TEST(events.head().status == 200);
  while (events.next()) {
  }
  ++answered;
  int status = 0;
  while (status != 429 && answered < 100)
    status = send(request("GET", member(5), bearer)).status;
  BOOST_TEST(status == 429);

  std::map<std::uint64_t, std::size_t> statuses;
  for (const auto& line : caused(answered))
    ++statuses[line.whole("/status")];
  for (std::uint64_t each : {202, 204, 304, 404, 405, 413, 414, 429, 431})
    BOOST_TEST(statuses[each] >= 1u, each);
  auto all = lines_of(file()).size();
  auto responses_of = [](const json_document& x) {
    return x.whole("/gateway/responses/2xx") + x.whole("/gateway/responses/3xx") + x.whole("/gateway/responses/4xx")
           + x.whole("/gateway/responses/5xx");
  };
  auto stats = stats_when(sut.operator_port(), [&](const json_document& x) { return responses_of(x) >= all; });
  BOOST_TEST(responses_of(stats) == all);
  BOOST_TEST(stats.whole("/gateway/requests") == all);
  auto metrics = get(sut.operator_port(), "/metrics").body;
  BOOST_TEST(sum_of(metrics, "tessera_http_responses_total") == static_cast<double>(all));
  BOOST_TEST(sample_of(metrics, "tessera_access_log_lines_total{fate=\"written\"}") == static_cast<double>(all));
  BOOST_TEST(sample_of(metrics, "tessera_access_log_lines_total{fate=\"dropped\"}") == 0);
  for (const auto& line : lines_of(file())) {
    BOOST_TEST(digit_runs(line).empty(), line);
    BOOST_TEST(line.find(key) == std::string::npos);
    BOOST_TEST(line.find("127.0.0.1") == std::string::npos);
  }
  BOOST_TEST(sut.stop() == 0);
  BOOST_TEST(lines_of(file()).size() == all);
}

BOOST_AUTO_TEST_CASE(a_line_says_what_the_response_said) {
  fixture it;
  BOOST_TEST(get(it.sut.port(), it.member()).status == 200);
  auto hit = get(it.sut.port(), it.member(), "X-Request-Id: mine-1\r\n");
  auto missing = get(it.sut.port(), "/nowhere?name=secret");
  auto lines = it.caused(3);
  BOOST_TEST(is_timestamp(lines[0].text("/at")));
  BOOST_TEST(lines[0].text("/method") == "GET");
  BOOST_TEST(lines[0].text("/path") == member_path + "*************");
  BOOST_TEST(lines[0].text("/route") == "member");
  BOOST_TEST(lines[0].text("/key") == "local");
  BOOST_TEST(lines[0].text("/cache") == "MISS");
  BOOST_TEST(lines[0].whole("/us") > 0u);
  BOOST_TEST(lines[0].text("/client").size() == 16u);
  BOOST_TEST(lines[1].text("/cache") == "HIT");
  BOOST_TEST(lines[1].text("/request_id") == "mine-1");
  BOOST_TEST(lines[1].whole("/bytes") > hit.body.size());
  BOOST_TEST(lines[1].text("/client") == lines[0].text("/client"));
  BOOST_TEST(lines[2].text("/path") == "/nowhere");
  BOOST_TEST(lines[2].text("/request_id") == header(missing, "X-Request-Id"));
  BOOST_TEST(!lines[2].has("/cache"));
  struct stat found {};
  BOOST_REQUIRE(::stat(it.file().c_str(), &found) == 0);
  BOOST_TEST((found.st_mode & 0777) == 0600u);
}

BOOST_AUTO_TEST_CASE(while_files_are_rotated_and_when_the_service_stops_no_line_is_lost) {
  fixture it;
  std::atomic<bool> enough{false};
  std::array<std::atomic<std::size_t>, 2> answered{};
  std::vector<std::thread> clients;
  for (auto& count : answered)
    clients.emplace_back([&] {
      raw_connection connection{it.sut.port()};
      while (!enough) {
        connection.send(request("GET", it.member()));
        count += connection.read_response().status == 200 ? 1 : 0;
      }
    });
  auto total = [&] { return answered[0] + answered[1]; };
  std::vector<std::filesystem::path> files;
  for (int i = 0; i < 3; ++i) {
    auto before = total();
    BOOST_TEST(eventually(30s, [&] { return total() > before + 100; }));
    files.push_back(it.sut.directory() / ("access.log." + std::to_string(i)));
    std::filesystem::rename(it.file(), files.back());
    it.sut.signal(SIGHUP);
    BOOST_TEST_REQUIRE(eventually(10s, [&] { return std::filesystem::exists(it.file()); }));
  }
  auto before = total();
  BOOST_TEST(eventually(30s, [&] { return total() > before + 100; }));
  enough = true;
  for (auto& each : clients)
    each.join();
  BOOST_TEST(it.sut.stop() == 0);
  files.push_back(it.file());
  std::size_t lines = 0;
  for (const auto& file : files) {
    std::size_t in_this = 0;
    for (const auto& line : lines_of(file))
      in_this += json_document{line}.text("/route") == "member" ? 1 : 0;
    BOOST_TEST(in_this > 0u);
    lines += in_this;
  }
  BOOST_TEST(lines == total());
}

BOOST_AUTO_TEST_CASE(a_reload_by_an_operator_opens_the_file_anew_and_says_so) {
  fixture it;
  std::filesystem::remove(it.file());
  auto reloaded = run_program({"ctl", "reload", "--reason", "rotated", "--operator",
                               "http://127.0.0.1:" + std::to_string(it.sut.operator_port()), "--token-file",
                               (it.sut.directory() / "var/operator.token").string()});
  BOOST_TEST(reloaded.code == 0, reloaded.errors);
  BOOST_TEST(reloaded.output.find("access_log: reloaded") != std::string::npos);
  BOOST_TEST(std::filesystem::exists(it.file()));
  BOOST_TEST(get(it.sut.port(), it.member()).status == 200);
  BOOST_TEST(it.caused(1).front().text("/route") == "member");
}

BOOST_AUTO_TEST_CASE(a_full_disk_costs_lines_but_no_request) {
  own_service sut{{"--log-access-file", "/dev/full"}};
  constexpr double asked = 20;
  for (int i = 0; i < asked; ++i)
    BOOST_TEST(get(sut.port(), member_path + shared_store().number(0)).status == 200);
  BOOST_TEST(eventually(30s, [&] {
    return sample_of(get(sut.operator_port(), "/metrics").body, "tessera_access_log_lines_total{fate=\"dropped\"}")
           >= asked;
  }));
  auto log = sut.log();
  auto told = log.find("access log: cannot be written");
  BOOST_TEST_REQUIRE(told != std::string::npos);
  BOOST_TEST(log.find("access log: cannot be written", told + 1) == std::string::npos);
  BOOST_TEST(sut.stop() == 0);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened_ends_start_up_with_a_sentence) {
  for (const char* file : {"/proc/access.log", "/", "missing/access.log"})
    check_sentence(run_program({"serve", "--listen", "127.0.0.1:0", "--operator", "127.0.0.1:0", "--store",
                                shared_store().url(), "--log-access-file", file}),
                   {file, "access log", "log.access_file"});
}

BOOST_AUTO_TEST_CASE(without_the_setting_there_is_no_file) {
  own_service sut;
  BOOST_TEST(get(sut.port(), member_path + shared_store().number(0)).status == 200);
  BOOST_TEST(sut.stop() == 0);
  BOOST_TEST(!std::filesystem::exists(sut.directory() / "access.log"));
}

BOOST_AUTO_TEST_SUITE_END()
