#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/program_run.hpp"
#include "tests/integration/http/shared_service.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

/// Runs `tessera serve` until it ends, which it must within seconds.
program_end serve(std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
  arguments.insert(arguments.begin(), "serve");
  return run_program(std::move(arguments), std::move(environment));
}

std::string loopback(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

/// A process on a port that the test chose.
struct on_port {
  on_port(std::uint16_t port, std::string environment, bool share)
      : served({.arguments = arguments(port, std::move(environment), share),
                .output = dir / "log",
                .working_directory = dir.path(),
                .inherit_environment = false}) {
    BOOST_TEST_REQUIRE(eventually(
        20s, [this] { return !served.running() || served.output().find("Serving on") != std::string::npos; }));
    BOOST_TEST_REQUIRE(served.running(), served.output());
  }

  static std::vector<std::string> arguments(std::uint16_t port, std::string environment, bool share) {
    std::vector<std::string> all{
        tessera_program(),     "serve",   "--listen",           loopback(port),          "--operator",
        loopback(free_port()), "--store", shared_store().url(), "--gateway-environment", std::move(environment)};
    if (share)
      all.emplace_back("--share-port");
    return all;
  }

  temp_dir dir;
  process served;
};

/// Returns the environments that answer on a port.
std::set<std::string> who_answers(std::uint16_t port) {
  std::set<std::string> found;
  for (int i = 0; i < 64; ++i)
    found.insert(json_document{get(port, "/api/v1/health")}.text("/data/environment"));
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(start_test)

BOOST_AUTO_TEST_CASE(an_address_in_use_ends_start_up_with_a_sentence) {
  own_service first;
  auto second = serve({"--listen", loopback(first.port()), "--store", shared_store().url()});
  check_sentence(second, {loopback(first.port()), "listens there already"});
  auto sharing = serve({"--listen", loopback(first.port()), "--store", shared_store().url(), "--share-port"});
  check_sentence(sharing, {loopback(first.port()), "listens there already"}); // both must want it
  BOOST_TEST(get(first.port(), ready_path).status == 200);
}

BOOST_AUTO_TEST_CASE(two_processes_can_share_a_port) {
  auto port = free_port();
  on_port one{port, "one", true};
  {
    on_port two{port, "two", true};
    BOOST_TEST(who_answers(port) == (std::set<std::string>{"one", "two"}), boost::test_tools::per_element());
    BOOST_TEST(two.served.terminate() == 0);
  }
  BOOST_TEST(who_answers(port) == std::set<std::string>{"one"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_a_key_only_loopback_is_listened_on) {
  for (const char* host : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0"})
    check_sentence(serve({"--listen", host, "--store", shared_store().url()}),
                   {host, "no API key", "`tessera keys create`", "--open", "loopback"});
}

BOOST_AUTO_TEST_CASE(a_key_or_open_scopes_let_other_addresses_be_listened_on) {
  // Nobody has this address (RFC 5737), so the start goes as far as to take it.
  const std::string elsewhere = "192.0.2.1:0";
  check_sentence(serve({"--listen", elsewhere, "--store", shared_store().url(), "--open", "lookup"}),
                 {elsewhere, "annot assign requested address"});
  sample_store with_key;
  run_tessera({"keys", "create", "--name", "portal", "--scopes", "lookup", "--store", with_key.url()});
  check_sentence(serve({"--listen", elsewhere, "--store", with_key.url()}),
                 {elsewhere, "annot assign requested address"});
  with_key.query("UPDATE api_keys SET revoked_at = created_at"); // revoking the last key opens nothing
  check_sentence(serve({"--listen", elsewhere, "--store", with_key.url()}),
                 {elsewhere, "annot assign requested address"});
}

BOOST_AUTO_TEST_CASE(keys_that_cannot_be_read_end_start_up_with_a_sentence) {
  sample_store without;
  without.query("DROP TABLE api_keys");
  check_sentence(serve({"--listen", loopback(free_port()), "--store", without.url()}), {"API keys", "cannot be read"});
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_serve_ends_start_up_with_a_sentence) {
  const auto at = loopback(free_port());
  check_sentence(serve({"--listen", at, "--store", "sqlite:missing.sqlite"}), {"missing.sqlite", "tessera migrate"});
  temp_dir dir;
  auto empty = dir / "empty.sqlite";
  process make({.arguments = {tessera_program(), "migrate", "--store", "sqlite:" + empty.string()},
                .output = dir / "log",
                .inherit_environment = false});
  BOOST_TEST(make.wait(20s).value() == 0);
  sample_store changed;
  changed.query("DROP VIEW vw_member_details_optimized");
  changed.query("DROP TABLE "
                + changed
                      .query("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE "
                             "'%migration%'")
                      .at(0)
                      .at("name"));
  check_sentence(serve({"--listen", at, "--store", changed.url()}), {"tessera migrate"});
  check_sentence(serve({"--listen", at, "--store", "postgres://x"}), {"store"});
  auto nobody = "mysql://u:topsecret@" + loopback(free_port()) + "/x";
  auto refused = serve({"--listen", at, "--store", nobody});
  check_sentence(refused, {"mysql"});
  BOOST_TEST(refused.errors.find("topsecret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_wrong_setting_is_named) {
  check_sentence(serve({"--gateway-idle-timeout", "soon"}), {"idle", "soon"});
  check_sentence(serve({"--listen", "127.0.0.1:99999"}), {"listen"});
  check_sentence(serve({"--no-such-flag"}), {"no-such-flag"});
  check_sentence(serve({}, {"DB_CONNECTION_LIMIT=many"}), {"DB_CONNECTION_LIMIT", "many"});
  check_sentence(serve({"--redis", "http://:topsecret@x"}), {"redis"});
}

BOOST_AUTO_TEST_CASE(a_certificate_that_cannot_be_used_ends_start_up_with_a_sentence) {
  temp_dir dir;
  auto made = make_certificate("one");
  write_private(dir / "one.pem", made.chain);
  write_private(dir / "one.key", made.key);
  write_private(dir / "other.key", make_certificate("other").key);
  write_private(dir / "open.key", made.key);
  std::filesystem::permissions(dir / "open.key", std::filesystem::perms{0644});
  auto with = [&](const std::string& certificate, const std::string& key) {
    std::vector<std::string> arguments{"--listen", loopback(free_port()), "--store", shared_store().url()};
    if (!certificate.empty())
      arguments.insert(arguments.end(), {"--tls-certificate", (dir / certificate).string()});
    if (!key.empty())
      arguments.insert(arguments.end(), {"--tls-key", (dir / key).string()});
    return serve(std::move(arguments));
  };
  check_sentence(with("missing.pem", "one.key"), {"missing.pem", "does not exist"});
  check_sentence(with("one.pem", "missing.key"), {"missing.key", "does not exist"});
  check_sentence(with("one.pem", ""), {"one.pem", "private key"});
  check_sentence(with("", "one.key"), {"tls.key_file", "tls.certificate_file"});
  check_sentence(with("one.pem", "other.key"), {"other.key", "does not belong to the certificate"});
  check_sentence(with("one.pem", "open.key"), {"open.key", "chmod 600"});
  check_sentence(with("one.key", "one.pem"), {"one.key", "holds no certificate"});
}

BOOST_AUTO_TEST_CASE(the_configuration_is_printed_without_secrets) {
  auto shown = serve({"--print-config", "--store", "mysql://tess:topsecret@127.0.0.1:3306/members", "--redis",
                      "redis://:topsecret@127.0.0.1:6379/2", "--gateway-max-connections", "77"},
                     {"DB_PASSWORD=topsecret", "CACHE_TTL_MEMBER=120"});
  BOOST_TEST(shown.code == 0);
  BOOST_TEST(shown.output.find("topsecret") == std::string::npos);
  for (const char* part : {"mysql://tess:***@127.0.0.1:3306/members", "redis://:***@127.0.0.1:6379/2",
                           "max_connections = 77 # flag --gateway-max-connections", "member_fresh = \"2m\"",
                           "CACHE_TTL_MEMBER", "idle_timeout = \"75s\" # default"})
    BOOST_TEST(shown.output.find(part) != std::string::npos, shown.output << " lacks " << part);
}

BOOST_AUTO_TEST_CASE(no_id_number_is_logged) {
  for (const char* format : {"text", "json"}) {
    own_service sut{{"--log-level", "trace", "--log-format", format, "--database-slow-statement", "1ms"}};
    auto port = sut.port();
    const auto& number = shared_store().number(8);
    auto body = R"({"id_number":")" + number + "\"}";
    for (const auto& bytes : {
             request("GET", member_path + number),
             request("GET", member_path + number + "1"),
             request("GET", member_path + std::string{unknown_number}),
             request("GET", "/" + number + "?id=" + number),
             request("PUT", member_path + number),
             request("GET", member_path + number, "X-Request-Id: " + number + "\r\nOrigin: https://" + number + "\r\n"),
             request("GET", member_path + number, "Content-Length: " + number + "\r\nHost: " + number + "\r\n"),
             number + " " + member_path + number + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
             json_request("POST", lookup_path, body),
             json_request("POST", lookup_path, body + number),
             json_request("POST", lookup_path, R"({"id_number":)" + number + "}"),
             json_request("POST", lookup_path, R"({"id_number":"8001015009086"})"),
             json_request("DELETE", clear_path + shared_store().member_id(number), body),
             json_request("DELETE", clear_path + number, body),
             json_request("POST", warm_path, R"({"member_limit":)" + number + "}"),
         }) {
      auto answer = ask(port, bytes);
      // A found member holds their own number; nothing else holds any.
      if (answer.status != 200)
        BOOST_TEST(digit_runs(answer.body).empty(), answer.body);
      for (const auto& [name, value] : answer.headers)
        BOOST_TEST(digit_runs(value).empty(), name << ": " << value);
    }
    BOOST_TEST(sut.stop() == 0);
    BOOST_TEST(!sut.log().empty());
    BOOST_TEST(digit_runs(sut.log()).empty(), sut.log());
  }
}

BOOST_AUTO_TEST_SUITE_END()
