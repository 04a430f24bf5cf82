#include "storage/l2_client.hpp"

#include "tests/integration/redis/l2_fixture.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::test;

namespace {

// What the service waits for Redis, and what a test grants on top of it on a busy machine.
constexpr auto timeout = 50ms;
constexpr auto slack = 1s;

template <class Call>
std::chrono::steady_clock::duration time_of(Call call) {
  auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::steady_clock::now() - start;
}

const member subject = sample_member(1);

std::string detail_of(const status& from) {
  return from ? "" : from.error().detail;
}

} // namespace

BOOST_AUTO_TEST_SUITE(l2_failures_test)

BOOST_AUTO_TEST_CASE(without_a_server_connecting_fails_at_once) {
  l2_node node{"redis://127.0.0.1:" + std::to_string(free_port()), timeout};
  status got = ok();
  auto took = time_of([&] { got = node.client.connect(); });
  BOOST_TEST((took < slack));
  BOOST_TEST(!got.has_value());
  BOOST_TEST((got.error().code == error_code::cache_unavailable));
  BOOST_TEST(detail_of(got).find("refused") != std::string::npos, detail_of(got));
  BOOST_TEST(!node.client.connected());
}

BOOST_AUTO_TEST_CASE(without_a_connection_every_call_fails) {
  l2_node node{"redis://127.0.0.1:1", timeout};
  BOOST_CHECK_THROW(node.get(subject.number), std::runtime_error);
  BOOST_TEST(!node.put(subject, {}));
  BOOST_TEST(!node.invalidate(subject.number));
  BOOST_TEST(!node.client.info().has_value());
  node.client.interrupt();
}

BOOST_AUTO_TEST_CASE(a_host_without_an_address_is_told) {
  l2_node node{"redis://no-such-host.invalid", timeout};
  BOOST_TEST(detail_of(node.client.connect()).find("cannot be resolved") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_wrong_url_is_told) {
  l2_node node{"redis://:hunter2@", timeout};
  auto got = node.client.connect();
  BOOST_REQUIRE(!got.has_value());
  BOOST_TEST((got.error().code == error_code::validation));
}

BOOST_AUTO_TEST_CASE(a_killed_server_is_noticed_and_a_new_one_is_used) {
  redis_server server;
  l2_node node{server.url()};
  BOOST_REQUIRE(node.client.connect().has_value());
  BOOST_REQUIRE(node.put(subject, {}));
  server.kill_hard();
  BOOST_TEST(!node.client.get({&subject.number, 1}).has_value());
  BOOST_TEST(!node.client.connected());
  BOOST_TEST(!node.client.connect().has_value());
  server.restart();
  BOOST_REQUIRE(node.client.connect().has_value());
  BOOST_TEST((node.get(subject.number).what == l2_entry::outcome::miss));
  BOOST_REQUIRE(node.put(subject, {}));
  BOOST_TEST((node.get(subject.number).subject == subject));
}

BOOST_AUTO_TEST_CASE(writing_to_a_killed_server_raises_no_signal) {
  redis_server server;
  std::vector<l2_put> many(2'000, put_of(subject, {}));
  l2_node node{server.url()};
  BOOST_REQUIRE(node.client.connect().has_value());
  server.kill_hard();
  // SIGPIPE, if it came, would end this program.
  BOOST_TEST(!node.client.put(many).has_value());
  BOOST_TEST(!node.client.connected());
}

BOOST_AUTO_TEST_CASE(a_frozen_server_costs_the_timeout_and_no_more) {
  redis_server server;
  l2_node node{server.url(), timeout};
  BOOST_REQUIRE(eventually(20s, [&] { return node.client.connect().has_value(); }));
  server.freeze();
  std::vector<id_number> numbers(500, subject.number);
  std::vector<l2_put> puts(500, put_of(subject, {}));
  auto call = [&](auto body) {
    bool done = true;
    auto took = time_of([&] { done = body(); });
    BOOST_TEST(!done);
    BOOST_TEST((took >= timeout - 5ms && took < slack), took.count());
    BOOST_TEST(!node.client.connected());
    server.thaw();
    BOOST_REQUIRE(eventually(20s, [&] { return node.client.connect().has_value(); }));
    server.freeze();
  };
  call([&] { return node.client.get(numbers).has_value(); });
  call([&] { return node.client.put(puts).has_value(); });
  call([&] { return node.client.invalidate(numbers).has_value(); });
  call([&] { return node.client.info().has_value(); });
  // The system takes connections for it.
  BOOST_TEST((time_of([&] { BOOST_TEST(!node.client.connect().has_value()); }) < slack));
  BOOST_TEST(!node.client.connected());
}

BOOST_AUTO_TEST_CASE(passwords_are_asked_for_and_given) {
  redis_server server{"hunter2"};
  auto host = "127.0.0.1:" + std::to_string(server.port());
  l2_node none{"redis://" + host};
  BOOST_TEST(detail_of(none.client.connect()).find("NOAUTH") != std::string::npos);
  BOOST_TEST(!none.client.connected());
  l2_node wrong{"redis://:hunter3@" + host};
  auto why = detail_of(wrong.client.connect());
  BOOST_TEST(why.find("WRONGPASS") != std::string::npos, why);
  BOOST_TEST(why.find("hunter") == std::string::npos, why);
  l2_node right{"redis://:hunter2@" + host};
  BOOST_REQUIRE(right.client.connect().has_value());
  BOOST_TEST(right.put(subject, {}));

  server.command({"ACL", "SETUSER", "tessera", "on", ">geheim@/1", "~tessera:*", "+@all"});
  l2_node named{"redis://tessera:geheim%40%2F1@" + host + "/2"};
  BOOST_REQUIRE(named.client.connect().has_value());
  BOOST_TEST(named.put(subject, {}));
}

BOOST_AUTO_TEST_CASE(whom_redis_does_not_allow_to_read_is_not_connected) {
  redis_server server;
  server.command({"ACL", "SETUSER", "tessera", "on", ">pw", "~*", "+set"});
  l2_node node{"redis://tessera:pw@127.0.0.1:" + std::to_string(server.port())};
  BOOST_TEST(detail_of(node.client.connect()).find("NOPERM") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_database_that_redis_does_not_have_is_refused) {
  redis_server server;
  l2_node node{server.url() + "/65000"};
  BOOST_TEST(!node.client.connect().has_value());
  BOOST_TEST(!node.client.connected());
}

BOOST_AUTO_TEST_CASE(a_server_that_refuses_to_write_can_still_be_read) {
  redis_server server;
  l2_node node{server.url()};
  BOOST_REQUIRE(node.client.connect().has_value());
  BOOST_REQUIRE(node.put(subject, {}));
  server.command({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  server.command({"CONFIG", "SET", "maxmemory", "1"});
  auto entry = put_of(sample_member(2), {});
  auto refused = node.client.put({&entry, 1});
  BOOST_TEST(detail_of(refused).find("OOM") != std::string::npos, detail_of(refused));
  BOOST_TEST(node.client.connected());
  BOOST_TEST((node.get(subject.number).subject == subject));
  // An invalidation that is refused must not be taken for done.
  BOOST_TEST(!node.invalidate(subject.number));
  BOOST_TEST(!node.client.connected());
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_a_call_of_another_thread) {
  redis_server server;
  l2_node node{server.url(), 60s};
  BOOST_REQUIRE(node.client.connect().has_value());
  server.freeze();
  std::atomic<bool> done = false;
  std::thread blocked{[&] {
    BOOST_TEST(!node.client.get({&subject.number, 1}).has_value());
    done = true;
  }};
  // Again and again: the other thread may be anywhere before, in or after its call.
  auto ended = eventually(30s, [&] {
    node.client.interrupt();
    return done.load();
  });
  BOOST_TEST(ended);
  blocked.join();
  BOOST_TEST(!node.client.connected());
}

BOOST_AUTO_TEST_CASE(interrupts_at_any_time_harm_nobody) {
  redis_server server;
  l2_node node{server.url()};
  std::atomic<bool> stop = false;
  std::thread interrupter{[&] {
    while (!stop) {
      node.client.interrupt();
      std::this_thread::yield();
    }
  }};
  for (int i = 0; i < 300; ++i) {
    if (auto connected = node.client.connect(); connected)
      (void)node.client.get({&subject.number, 1}).has_value();
  }
  stop = true;
  interrupter.join();
  BOOST_REQUIRE(node.client.connect().has_value());
  BOOST_TEST(node.put(subject, {}));
}

BOOST_AUTO_TEST_SUITE_END()
