#include "tests/integration/http/program_run.hpp"
#include "tests/integration/http/sample_store.hpp"
#include "tests/integration/operators/operator_client.hpp"
#include "tests/support/redis_server.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

constexpr std::string_view as_json = "Content-Type: application/json\r\n";

/// A service on a store of its own.
struct acting {
  explicit acting(std::vector<std::string> arguments = {}) : sut(with_store(std::move(arguments))) {
  }

  std::vector<std::string> with_store(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--store", store.url()});
    return arguments;
  }

  std::filesystem::path token_file() const {
    return sut.directory() / "var/operator.token";
  }
  std::string token() const {
    std::ifstream in{token_file()};
    std::string text;
    std::getline(in, text);
    return text;
  }
  std::string bearer() const {
    return "Authorization: Bearer " + token() + "\r\n";
  }
  raw_response act(const std::string& name, const std::string& body, const std::string& headers) const {
    return ask(sut.operator_port(), json_request("POST", "/actions/" + name, body, headers));
  }
  raw_response act(const std::string& name, const std::string& body) const {
    return act(name, body, bearer());
  }
  std::string member(std::size_t index = 0) const {
    return member_path + store.number(index);
  }
  bool audited(const std::string& action, const std::string& subject, const std::string& reason) const {
    return eventually(10s, [&] {
      return !store
                  .query("SELECT 1 FROM audit_log WHERE action = '" + action + "' AND subject = '" + subject
                         + "' AND reason = '" + reason + "' AND actor = 'token'")
                  .empty();
    });
  }
  program_end ctl(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "ctl");
    arguments.insert(arguments.end(), {"--operator", "http://127.0.0.1:" + std::to_string(sut.operator_port()),
                                       "--token-file", token_file().string()});
    return run_program(arguments);
  }

  sample_store store;
  tessera_process sut;
};

} // namespace

BOOST_AUTO_TEST_SUITE(operator_actions_test)

BOOST_AUTO_TEST_CASE(who_shows_no_right_credentials_may_do_nothing) {
  acting it;
  const std::string order = R"({"reason":"test","everything":true})";
  auto nobody = it.act("clear-cache", order, {});
  BOOST_TEST(nobody.status == 401);
  BOOST_TEST(header(nobody, "WWW-Authenticate") == "Bearer");
  BOOST_TEST(header(nobody, "Content-Type") == "application/problem+json");
  auto made = run_program({"keys", "create", "--name", "test", "--scopes", "lookup", "--store", it.store.url()});
  auto lookup = "Authorization: Bearer " + made.output.substr(0, made.output.find('\n')) + "\r\n";
  made = run_program({"keys", "create", "--name", "test", "--scopes", "operate", "--store", it.store.url()});
  auto operate = "Authorization: Bearer " + made.output.substr(0, made.output.find('\n')) + "\r\n";
  BOOST_TEST(it.act("reload", R"({"reason":"test"})").status == 200); // reads the keys now
  BOOST_TEST(it.act("clear-cache", order, operate).status == 200);
  BOOST_TEST(it.act("clear-cache", order, lookup).status == 403);
  json_document session{get(it.sut.operator_port(), "/session", lookup)};
  BOOST_TEST(!session.truth("/may_operate"));
  BOOST_TEST(session.text("/refused") == "scope");
  session = json_document{get(it.sut.operator_port(), "/session", it.bearer())};
  BOOST_TEST(session.truth("/may_operate"));
  BOOST_TEST(session.text("/name") == "token");
}

BOOST_AUTO_TEST_CASE(guessing_is_slowed_down) {
  acting it;
  const std::string order = R"({"reason":"test","everything":true})";
  auto token = it.bearer();
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(it.act("clear-cache", order, "Authorization: Bearer tot_wrong\r\n").status == 401);
  auto slowed = it.act("clear-cache", order, token);
  BOOST_TEST(slowed.status == 429);
  BOOST_TEST(!header(slowed, "Retry-After").empty());
  BOOST_TEST(it.sut.log().find("wrong credentials") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(pages_from_elsewhere_and_unknown_hosts_are_refused) {
  acting it;
  const std::string order = R"({"reason":"test","everything":true})";
  BOOST_TEST(it.act("clear-cache", order, it.bearer() + "Origin: https://evil.example\r\n").status == 403);
  BOOST_TEST(it.act("clear-cache", order, it.bearer() + "Origin: null\r\n").status == 403);
  BOOST_TEST(it.act("clear-cache", order, it.bearer() + "Sec-Fetch-Site: cross-site\r\n").status == 403);
  auto port = std::to_string(it.sut.operator_port());
  auto with_host = [&](const std::string& host, const std::string& more) {
    return ask(it.sut.operator_port(), "POST /actions/clear-cache HTTP/1.1\r\nHost: " + host + "\r\n"
                                           + std::string{as_json} + it.bearer() + more
                                           + "Content-Length: " + std::to_string(order.size()) + "\r\n\r\n" + order);
  };
  BOOST_TEST(with_host("evil.example", {}).status == 421);
  BOOST_TEST(with_host("localhost:" + port, "Origin: http://localhost:" + port + "\r\n").status == 200);
}

BOOST_AUTO_TEST_CASE(bad_input_is_named) {
  acting it;
  auto names = [&](const std::string& action, const std::string& body, const std::string& pointer) {
    auto answer = it.act(action, body);
    BOOST_TEST(answer.status == 400, action << " " << body);
    BOOST_TEST(json_document{answer}.text("/errors/0/pointer") == pointer, action << " " << body);
  };
  names("reload", "{}", "/reason");
  names("reload", R"({"reason":""})", "/reason");
  names("reload", R"({"reason":"a\nb"})", "/reason");
  names("reload", R"({"reason":"x","more":1})", "");
  names("reload", "[]", "");
  names("clear-cache", R"({"reason":"x"})", "");
  names("clear-cache", R"({"reason":"x","everything":false})", "/everything");
  names("clear-cache", R"({"reason":"x","member_id":0})", "/member_id");
  names("clear-cache", R"({"reason":"x","member_id":"8001015009087"})", "/member_id");
  names("warm-cache", R"({"reason":"x","member_limit":99})", "/member_limit");
  names("breaker", R"({"reason":"x","state":"ajar"})", "/state");
  names("breaker", R"({"reason":"x","state":"open"})", "");
  names("breaker", R"({"reason":"x","state":"open","for_s":86401})", "/for_s");
  names("breaker", R"({"reason":"x","state":"open","until":"2001-01-01T00:00:00Z"})", "/until");
  names("breaker", R"({"reason":"x","state":"auto","for_s":1})", "/state");
  names("log-level", R"({"reason":"x","level":"loud"})", "/level");
  BOOST_TEST(it.act("explode", R"({"reason":"x"})").status == 404);
  BOOST_TEST(it.act("clear-cache", R"({"reason":"x","member_id":999999})").status == 404);
  BOOST_TEST(get(it.sut.operator_port(), "/actions/drain", it.bearer()).status == 405);
  auto text = ask(it.sut.operator_port(), request("POST", "/actions/drain", it.bearer() + "Content-Length: 0\r\n"));
  BOOST_TEST(text.status == 415);
}

BOOST_AUTO_TEST_CASE(a_breaker_that_is_ordered_open_refuses_loads_serves_what_is_cached_and_ends_by_itself) {
  acting it;
  BOOST_REQUIRE(get(it.sut.port(), it.member(0)).status == 200);
  auto answer = it.act("breaker", R"({"reason":"drill","state":"open","for_s":5})");
  BOOST_REQUIRE(answer.status == 200);
  BOOST_TEST(is_timestamp(json_document{answer}.text("/until")));
  auto refused = get(it.sut.port(), it.member(1));
  BOOST_TEST(refused.status == 503);
  BOOST_TEST(!header(refused, "Retry-After").empty());
  BOOST_TEST(came_from(get(it.sut.port(), it.member(0))) == "HIT L1");
  auto shown = stats_when(it.sut.operator_port(),
                          [](const json_document& x) { return x.text("/pool/breaker/state") == "open"; });
  BOOST_TEST(is_timestamp(shown.text("/pool/breaker/forced_until")));
  BOOST_TEST(it.audited("breaker.force", "open", "drill"));
  BOOST_TEST(eventually(20s, [&] { return get(it.sut.port(), it.member(1)).status == 200; }));
}

BOOST_AUTO_TEST_CASE(after_clearing_everything_a_lookup_is_a_miss_also_in_redis) {
  redis_server redis;
  acting it{{"--redis", redis.url()}};
  auto from = [&] { return came_from(get(it.sut.port(), it.member(0))); };
  from();
  BOOST_TEST(eventually(10s, [&] { return from() == "HIT L1"; }));
  auto done = it.act("clear-cache", R"({"reason":"import","everything":true})");
  BOOST_REQUIRE(done.status == 200);
  BOOST_TEST(json_document{done}.text("/l2") == "cleared");
  BOOST_TEST(from() == "MISS DB");
  BOOST_TEST(it.audited("cache.clear", "everything", "import"));
}

BOOST_AUTO_TEST_CASE(a_member_is_cleared_and_the_cache_warmed) {
  acting it;
  BOOST_TEST(it.act("clear-cache", R"({"reason":"moved","member_id":"1"})").status == 200);
  BOOST_TEST(it.audited("cache.clear", "1", "moved"));
  auto warmed = it.act("warm-cache", R"({"reason":"quiet hour","member_limit":100})");
  BOOST_TEST((warmed.status == 200 || warmed.status == 202));
  BOOST_TEST(it.audited("cache.warm", "members", "quiet hour"));
}

BOOST_AUTO_TEST_CASE(the_log_level_changes_for_a_while) {
  acting it;
  auto level = [&] { return json_document{get(it.sut.operator_port(), "/session")}.text("/log_level"); };
  BOOST_TEST(it.act("log-level", R"({"reason":"look","level":"debug","for_s":1})").status == 200);
  BOOST_TEST(level() == "debug");
  BOOST_TEST(eventually(20s, [&] { return level() == "info"; }));
  BOOST_TEST(it.audited("log.level", "debug", "look"));
}

BOOST_AUTO_TEST_CASE(the_token_is_private_new_at_each_start_and_gone_at_the_end) {
  acting it;
  auto mode = std::filesystem::status(it.token_file()).permissions();
  BOOST_TEST((mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
  BOOST_TEST(it.token().size() == 47u);
  BOOST_TEST(it.sut.log().find(it.token()) == std::string::npos);
  BOOST_TEST(it.sut.stop() == 0);
  BOOST_TEST(!std::filesystem::exists(it.token_file()));
}

BOOST_AUTO_TEST_CASE(a_drain_ends_the_program_well_and_may_be_asked_for_twice) {
  acting it;
  auto client = it.sut.client();
  BOOST_REQUIRE(client->Get(it.member(0))->status == 200);
  auto bearer = it.bearer();
  auto first = it.act("drain", R"({"reason":"upgrade"})", bearer);
  BOOST_TEST(first.status == 202);
  BOOST_TEST(is_timestamp(json_document{first}.text("/until")));
  auto ended = it.sut.wait(30s);
  BOOST_REQUIRE(ended.has_value());
  BOOST_TEST(*ended == 0);
  BOOST_TEST(!std::filesystem::exists(it.token_file()));
  BOOST_TEST(!it.store.query("SELECT 1 FROM audit_log WHERE action = 'node.drain' AND reason = 'upgrade'").empty());
}

BOOST_AUTO_TEST_CASE(ctl_does_the_same_and_says_what_happened) {
  acting it;
  auto cleared = it.ctl({"clear-cache", "--everything", "--reason", "import"});
  BOOST_TEST(cleared.code == 0, cleared.errors);
  BOOST_TEST(cleared.output.starts_with("Cleared everything"));
  auto unknown = it.ctl({"clear-cache", "--member", "999999", "--reason", "import"});
  BOOST_TEST(unknown.code == 1);
  BOOST_TEST(unknown.errors.find("404") != std::string::npos);
  BOOST_TEST(it.ctl({"clear-cache", "--reason", "import"}).code == 2);
  BOOST_TEST(it.ctl({"breaker", "open", "--for", "soon", "--reason", "drill"}).code == 2);
  BOOST_TEST(it.ctl({"breaker", "closed", "--for", "10m", "--reason", "drill"}).code == 0);
  BOOST_TEST(it.ctl({"breaker", "auto", "--reason", "drill"}).code == 0);
  BOOST_TEST(it.ctl({"log-level", "warn", "--for", "1s", "--reason", "quiet"}).code == 0);
  auto reloaded = it.ctl({"reload", "--reason", "rotated"});
  BOOST_TEST(reloaded.code == 0);
  BOOST_TEST(reloaded.output.find("card_keys: reloaded") != std::string::npos);
  auto status = it.ctl({"status"});
  BOOST_TEST(status.code == 0, status.errors);
  BOOST_TEST(status.output.find("breaker closed") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
