#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/shared_service.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

std::string a_member(std::size_t index = 7) {
  return member_path + shared_store().number(index);
}

/// Asks from an address of its own in 127.0.0.0/8.
raw_response get_from(const std::string& address, std::uint16_t port, std::string_view path,
                      std::string_view headers = {}) {
  raw_connection connection{port, {.source_address = address}};
  connection.send(request("GET", path, headers));
  return connection.read_response();
}

/// A process whose limits are on, with some of them small.
own_service limited(std::vector<std::string> environment, std::vector<std::string> arguments = {}) {
  return own_service{{.arguments = std::move(arguments), .environment = std::move(environment), .limits = true}};
}

std::uint64_t turned_away(std::uint16_t port, const char* reason) {
  auto pointer = std::string{"/data/protection/turned_away/"} + reason;
  return json_document{get(port, "/api/v1/health/detailed")}.whole(pointer.c_str());
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits_test)

BOOST_AUTO_TEST_CASE(so_many_lookups_pass_and_the_next_is_told_when_to_come_back) {
  auto sut = limited({"RATE_LIMIT_MEMBER_LOOKUP=3"});
  for (auto left : {"2", "1", "0"}) {
    auto answer = get(sut.port(), a_member());
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(header(answer, "X-RateLimit-Limit") == "3");
    BOOST_TEST(header(answer, "X-RateLimit-Remaining") == left);
    BOOST_TEST(is_timestamp(header(answer, "X-RateLimit-Reset")));
    BOOST_TEST(header(answer, "RateLimit-Policy") == R"("lookup";q=3;w=60)");
    BOOST_TEST(header(answer, "RateLimit").starts_with(std::string{R"("lookup";r=)"} + left + ";t="));
  }
  auto refused = get(sut.port(), a_member());
  BOOST_TEST(refused.status == 429);
  json_document body{refused};
  BOOST_TEST(body.text("/error/code") == "RATE_LIMIT_EXCEEDED");
  BOOST_TEST(body.whole("/error/retryAfter") >= 1u);
  BOOST_TEST(body.whole("/error/retryAfter") <= 60u);
  BOOST_TEST(header(refused, "Retry-After") == std::to_string(body.whole("/error/retryAfter")));
  BOOST_TEST(header(refused, "X-RateLimit-Remaining") == "0");
  BOOST_TEST(body.text("/error/path").find("*************") != std::string::npos);
  BOOST_TEST(digit_runs(refused.body).empty());
  BOOST_TEST(digit_runs(sut.log()).empty());
  BOOST_TEST(sut.log().find("turned away: lookup_limit") != std::string::npos, sut.log());

  BOOST_TEST(get_from("127.0.0.9", sut.port(), a_member()).status == 200); // somebody else
  BOOST_TEST(get(sut.port(), stats_path).status == 200);                   // the general limit has room
  BOOST_TEST(turned_away(sut.port(), "lookup_limit") == 1u);
}

BOOST_AUTO_TEST_CASE(the_general_limit_counts_all_but_health_and_preflights) {
  auto sut = limited({"RATE_LIMIT_GENERAL=4"});
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST(get(sut.port(), ready_path).status == 200);
    BOOST_TEST(ask(sut.port(), request("OPTIONS", a_member())).status == 204);
  }
  BOOST_TEST(get(sut.port(), a_member()).status == 200);
  BOOST_TEST(get(sut.port(), "/nowhere").status == 404);
  BOOST_TEST(ask(sut.port(), request("POST", a_member())).status == 405);
  BOOST_TEST(ask(sut.port(), "nonsense\r\n\r\n").status == 400);
  auto refused = get(sut.port(), a_member());
  BOOST_TEST(refused.status == 429);
  BOOST_TEST(header(refused, "RateLimit-Policy") == R"("general";q=4;w=900)");
  BOOST_TEST(ask(sut.port(), "nonsense\r\n\r\n").status == 429);
  BOOST_TEST(get(sut.port(), ready_path).status == 200);
}

BOOST_AUTO_TEST_CASE(limits_are_exact_over_connections_and_loops) {
  constexpr int limit = 50;
  auto sut = limited({"RATE_LIMIT_MEMBER_LOOKUP=" + std::to_string(limit)}, {"--io-loops", "2"});
  std::atomic<int> passed{0};
  std::atomic<int> refused{0};
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 8; ++i)
      clients.emplace_back([&] {
        raw_connection connection{sut.port()};
        for (int j = 0; j < 20; ++j) {
          connection.send(request("GET", a_member()));
          auto status = connection.read_response().status;
          passed += status == 200;
          refused += status == 429;
        }
      });
  }
  BOOST_TEST(passed == limit);
  BOOST_TEST(refused == 160 - limit);
}

BOOST_AUTO_TEST_CASE(a_client_may_have_so_many_connections) {
  auto sut = limited({}, {"--limits-connections", "5"});
  std::vector<raw_connection> open;
  for (int i = 0; i < 5; ++i) {
    open.emplace_back(sut.port());
    open.back().send(request("GET", ready_path));
    BOOST_TEST(open.back().read_response().status == 200);
  }
  raw_connection sixth{sut.port()};
  BOOST_TEST(sixth.closed_within(10s));
  BOOST_TEST(get_from("127.0.0.9", sut.port(), ready_path).status == 200);
  open.pop_back();
  BOOST_TEST(eventually(10s, [&] {
    try {
      return get(sut.port(), ready_path).status == 200;
    } catch (const std::exception&) { // the server has not seen the end of the other one yet
      return false;
    }
  }));
  BOOST_TEST(sut.log().find("as many connections as a client may have") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(clients_of_a_trusted_proxy_are_counted_one_by_one) {
  auto sut = limited({"RATE_LIMIT_MEMBER_LOOKUP=2"}, {"--trusted", "127.0.0.1", "--limits-connections", "3"});
  auto via = [&](const std::string& client) {
    return get(sut.port(), a_member(), "X-Forwarded-For: " + client + "\r\n").status;
  };
  for (int i = 0; i < 5; ++i) {
    auto one = "192.0.2." + std::to_string(i);
    BOOST_TEST(via(one) == 200);
    BOOST_TEST(via("203.0.113.9, " + one) == 200); // what the client claims does not count
    BOOST_TEST(via(one) == 429);
  }
  std::vector<raw_connection> many; // the proxy's connections are those of many
  for (int i = 0; i < 10; ++i) {
    many.emplace_back(sut.port());
    many.back().send(request("GET", ready_path));
    BOOST_TEST(many.back().read_response().status == 200);
  }
}

BOOST_AUTO_TEST_CASE(nobody_else_may_speak_for_others) {
  auto sut = limited({"RATE_LIMIT_MEMBER_LOOKUP=2"}, {"--trusted", "127.0.0.1", "--open", "lookup"});
  auto claim = [&](int i) {
    return get_from("127.0.0.2", sut.port(), a_member(), "X-Forwarded-For: 192.0.2." + std::to_string(i) + "\r\n")
        .status;
  };
  BOOST_TEST(claim(1) == 200);
  BOOST_TEST(claim(2) == 200);
  BOOST_TEST(claim(3) == 429);
}

BOOST_AUTO_TEST_CASE(a_proxy_may_name_its_client_before_the_first_byte) {
  auto sut = limited({"RATE_LIMIT_MEMBER_LOOKUP=2"},
                     {"--trusted", "127.0.0.3", "--access-proxy-protocol", "--limits-connections", "3"});
  const raw_connection::options proxy{.source_address = "127.0.0.3"};
  auto via = [&](const std::string& client) {
    raw_connection connection{sut.port(), proxy};
    connection.send("PROXY TCP4 " + client + " 192.0.2.200 1000 80\r\n" + request("GET", a_member()));
    return connection.read_response().status;
  };
  BOOST_TEST(via("192.0.2.1") == 200);
  BOOST_TEST(via("192.0.2.1") == 200);
  BOOST_TEST(via("192.0.2.1") == 429);
  BOOST_TEST(via("192.0.2.2") == 200);

  std::vector<raw_connection> open;
  for (int i = 0; i < 3; ++i) {
    open.emplace_back(sut.port(), proxy);
    open.back().send("PROXY TCP4 192.0.2.3 192.0.2.200 1000 80\r\n" + request("GET", ready_path));
    BOOST_TEST(open.back().read_response().status == 200);
  }
  raw_connection fourth{sut.port(), proxy};
  fourth.send("PROXY TCP4 192.0.2.3 192.0.2.200 1000 80\r\n" + request("GET", ready_path));
  BOOST_TEST(fourth.closed_within(10s));

  raw_connection nameless{sut.port(), proxy};
  nameless.send(request("GET", ready_path));
  BOOST_TEST(nameless.closed_within(10s));
  raw_connection other{sut.port()}; // no proxy of ours: its header is no request
  other.send("PROXY TCP4 192.0.2.9 192.0.2.200 1000 80\r\n" + request("GET", ready_path));
  BOOST_TEST(other.read_response().status == 400);
}

BOOST_AUTO_TEST_CASE(who_asks_for_nobody_again_and_again_is_refused_and_others_are_not) {
  auto sut = limited({}, {"--guessing-misses", "3"});
  // No run: other days, other serial numbers.
  const std::vector<std::string> strangers{"8001015009087", "7505230123086", "6811295432083", "9109017777088"};
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(get(sut.port(), member_path + strangers[static_cast<std::size_t>(i)]).status == 404);
  auto refused = get(sut.port(), member_path + strangers[3]);
  BOOST_TEST(refused.status == 429);
  BOOST_TEST(json_document{refused}.text("/error/code") == "RATE_LIMIT_EXCEEDED");
  BOOST_TEST(header(refused, "Retry-After") != "");
  BOOST_TEST(turned_away(sut.port(), "misses") == 1u);
  BOOST_TEST(digit_runs(sut.log()).empty());
  BOOST_TEST(get_from("127.0.0.9", sut.port(), a_member()).status == 200);
}

BOOST_AUTO_TEST_CASE(members_may_not_be_scanned_by_their_ids) {
  auto sut = limited({}, {"--guessing-distinct", "0"});
  int refused_at = 0;
  for (int id = 1; id <= 40 && refused_at == 0; ++id)
    if (ask(sut.port(), request("DELETE", clear_path + std::to_string(id))).status == 429)
      refused_at = id;
  BOOST_TEST(refused_at > 1);
  BOOST_TEST(refused_at <= 20);
  BOOST_TEST(turned_away(sut.port(), "serials") == 1u);
}

BOOST_AUTO_TEST_CASE(a_number_without_a_member_and_that_of_an_inactive_one_look_the_same) {
  auto inactive = shared_store().query("SELECT id_number FROM members WHERE membership_status <> 'Active' LIMIT 1");
  BOOST_TEST_REQUIRE(inactive.size() == 1u);
  auto shape = [](const raw_response& answer) {
    std::string text = std::to_string(answer.status) + answer.body;
    for (const auto& [name, value] : answer.headers)
      if (name != "Date" && name != "X-Request-Id")
        text += name + ": " + value + "\n";
    json_document body{answer};
    for (const auto& part : {body.text("/instance"), body.text("/error/timestamp")})
      text.replace(text.find(part), part.size(), "*");
    return text;
  };
  auto one = get(shared_port(), member_path + inactive.front().at("id_number"));
  auto other = get(shared_port(), member_path + std::string{unknown_number});
  BOOST_TEST(one.status == 404);
  BOOST_TEST(shape(one) == shape(other));
}

BOOST_AUTO_TEST_CASE(switched_off_limits_are_said_loudly) {
  own_service sut;
  BOOST_TEST(sut.log().find("LIMITS PER CLIENT ARE OFF") != std::string::npos);
  auto answer = get(sut.port(), a_member());
  BOOST_TEST(header(answer, "X-RateLimit-Limit") == "");
  BOOST_TEST(!json_document{get(sut.port(), "/api/v1/health/detailed")}.truth("/data/protection/limits"));
  auto on = limited({});
  BOOST_TEST(json_document{get(on.port(), "/api/v1/health/detailed")}.truth("/data/protection/limits"));
}

BOOST_AUTO_TEST_SUITE_END()
