#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/shared_service.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/tls_connection.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/ssl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

using clock_type = std::chrono::steady_clock;

struct certificate_files {
  certificate_files() {
    write(make_certificate("first"));
  }
  void write(const certificate& made) {
    write_private(dir / "cert.pem", made.chain);
    write_private(dir / "key.pem", made.key);
  }
  temp_dir dir;
};

/// A process that speaks TLS.
struct tls_service : certificate_files, own_service {
  explicit tls_service(std::vector<std::string> more = {}, std::vector<std::string> environment = {},
                       bool limits = false)
      : own_service({.arguments = arguments(std::move(more)),
                     .environment = std::move(environment),
                     .limits = limits,
                     .tls = true}) {
  }

  std::vector<std::string> arguments(std::vector<std::string> more) const {
    more.insert(more.end(),
                {"--tls-certificate", (dir / "cert.pem").string(), "--tls-key", (dir / "key.pem").string()});
    return more;
  }
  /// Returns how many log lines hold `words`.
  std::size_t logged(std::string_view words) const {
    auto text = log();
    std::size_t count = 0;
    for (auto at = text.find(words); at != text.npos; at = text.find(words, at + 1))
      ++count;
    return count;
  }
  /// Asks for the certificate to be read again, and waits until it has been.
  void reload(std::string_view outcome) {
    auto before = logged(outcome);
    signal(SIGHUP);
    BOOST_TEST_REQUIRE(eventually(20s, [&] { return logged(outcome) > before; }), log());
  }
  /// Returns the name in the certificate that a new connection gets.
  std::string name() const {
    return tls_connection{port()}.tls().name();
  }
};

constexpr std::string_view accepted = "New connections get the TLS certificate";
constexpr std::string_view refused = "The TLS certificate stays as it was";

std::string a_member(std::size_t index = 7) {
  return member_path + shared_store().number(index);
}

raw_response ask(raw_connection& connection, const std::string& bytes) {
  connection.send(bytes);
  return connection.read_response();
}

} // namespace

BOOST_AUTO_TEST_SUITE(tls_test)

BOOST_AUTO_TEST_CASE(a_lookup_is_answered_over_each_version) {
  tls_service sut;
  for (auto [version, name] : {std::pair{TLS1_2_VERSION, "TLSv1.2"}, std::pair{TLS1_3_VERSION, "TLSv1.3"}}) {
    tls_connection connection{sut.port(), {}, {.version = version}};
    BOOST_TEST(connection.tls().version() == name);
    BOOST_TEST(connection.tls().protocol() == "http/1.1");
    auto answer = ask(connection, request("GET", a_member()));
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(json_document{answer}.text("/data/id_number") == shared_store().number(7));
    auto body = R"({"id_number":")" + shared_store().number(8) + "\"}";
    auto posted = ask(connection, json_request("POST", lookup_path, body));
    BOOST_TEST(json_document{posted}.text("/data/id_number") == shared_store().number(8));
  }
  BOOST_CHECK_THROW((tls_connection{sut.port(), {}, {.version = TLS1_1_VERSION}}), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(an_ordinary_client_gets_along) {
  tls_service sut;
  auto client = sut.client();
  for (int i = 0; i < 20; ++i) {
    auto answer = client->Get(a_member(static_cast<std::size_t>(i)));
    BOOST_TEST_REQUIRE(static_cast<bool>(answer));
    BOOST_TEST(answer->status == 200);
  }
}

BOOST_AUTO_TEST_CASE(a_connection_serves_many_requests) {
  tls_service sut;
  tls_connection connection{sut.port()};
  for (std::size_t i = 0; i < 1'000; ++i) {
    auto answer = ask(connection, request("GET", a_member(i % 50)));
    BOOST_TEST_REQUIRE(json_document{answer}.text("/data/id_number") == shared_store().number(i % 50));
  }
}

BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_in_order) {
  tls_service sut;
  tls_connection connection{sut.port()};
  std::string bytes;
  for (std::size_t i = 0; i < 100; ++i)
    bytes += request("GET", a_member(i));
  connection.send(bytes);
  for (std::size_t i = 0; i < 100; ++i)
    BOOST_TEST_REQUIRE(json_document{connection.read_response()}.text("/data/id_number") == shared_store().number(i));
}

BOOST_AUTO_TEST_CASE(a_slow_reader_gets_all_its_answers_in_order) {
  tls_service sut;
  tls_connection reader{sut.port(), {.receive_buffer = 4096}};
  std::string bytes;
  std::size_t asked = 0;
  for (; bytes.size() < 1024 * 1024; ++asked)
    bytes += request("GET", a_member(asked % 100));
  // It asks as much as it may and reads nothing, and then reads while it goes on asking.
  std::size_t sent = reader.send_some(bytes, 300ms);
  for (std::size_t i = 0; i < asked; ++i) {
    sent += reader.send_some(std::string_view{bytes}.substr(sent), 0ms);
    BOOST_TEST_REQUIRE(json_document{reader.read_response()}.text("/data/id_number") == shared_store().number(i % 100));
  }
}

BOOST_AUTO_TEST_CASE(a_body_may_come_in_many_records) {
  tls_service sut;
  tls_connection connection{sut.port()};
  auto body = R"({"id_number":")" + shared_store().number(8) + "\"" + std::string(60'000, ' ') + "}";
  auto bytes = json_request("POST", lookup_path, body);
  for (std::size_t at = 0; at < bytes.size(); at += 700)
    connection.send(bytes.substr(at, 700));
  BOOST_TEST(connection.read_response().status == 200);
}

BOOST_AUTO_TEST_CASE(many_shake_hands_at_once) {
  tls_service sut;
  std::atomic<int> served{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i)
    clients.emplace_back([&] {
      std::vector<std::unique_ptr<tls_connection>> mine; // all stay open
      for (std::size_t n = 0; n < 10; ++n)
        mine.push_back(std::make_unique<tls_connection>(sut.port()));
      for (auto& each : mine)
        served += ask(*each, request("GET", a_member())).status == 200;
    });
  for (auto& each : clients)
    each.join();
  BOOST_TEST(served == 160);
}

BOOST_AUTO_TEST_CASE(a_session_is_resumed_until_the_certificate_is_read_again) {
  tls_service sut;
  tls_connection first{sut.port()};
  BOOST_TEST(ask(first, request("GET", ready_path)).status == 200);
  auto session = first.tls().session();
  {
    tls_connection second{sut.port(), {}, {.session = session}};
    BOOST_TEST(second.tls().resumed());
    BOOST_TEST(ask(second, request("GET", ready_path)).status == 200);
  }
  sut.reload(accepted);
  BOOST_TEST(eventually(10s, [&] { // the loops learn of it one by one
    return !tls_connection{sut.port(), {}, {.session = session}}.tls().resumed();
  }));
}

BOOST_AUTO_TEST_CASE(a_new_certificate_is_presented_after_sighup) {
  tls_service sut;
  tls_connection old{sut.port()};
  BOOST_TEST(old.tls().name() == "first");
  sut.write(make_certificate("second", key_kind::rsa));
  BOOST_TEST(sut.name() == "first"); // nobody has said so yet
  sut.reload(accepted);
  BOOST_TEST(eventually(10s, [&] { return sut.name() == "second"; }));
  BOOST_TEST(ask(old, request("GET", ready_path)).status == 200); // goes on with what it has
}

BOOST_AUTO_TEST_CASE(a_certificate_that_cannot_be_used_leaves_the_old_one) {
  tls_service sut;
  write_private(sut.dir / "key.pem", make_certificate("other").key);
  sut.reload(refused);
  BOOST_TEST(sut.logged("key.pem does not belong to the certificate") == 1u);
  std::filesystem::remove(sut.dir / "cert.pem");
  sut.reload(refused);
  BOOST_TEST(sut.logged("cert.pem does not exist") == 1u);
  BOOST_TEST(sut.name() == "first");
  sut.write(make_certificate("second"));
  sut.reload(accepted);
  BOOST_TEST(eventually(10s, [&] { return sut.name() == "second"; }));
}

BOOST_AUTO_TEST_CASE(sighup_does_nothing_without_tls) {
  own_service sut;
  sut.signal(SIGHUP);
  BOOST_TEST(get(sut.port(), ready_path).status == 200);
  BOOST_TEST(sut.stop() == 0);
}

BOOST_AUTO_TEST_CASE(the_header_of_a_proxy_comes_before_the_handshake) {
  tls_service sut{{"--trusted", "127.0.0.3", "--access-proxy-protocol"}, {"RATE_LIMIT_MEMBER_LOOKUP=1"}, true};
  auto via = [&](const std::string& client) {
    tls_connection connection{
        sut.port(), {.source_address = "127.0.0.3", .preface = "PROXY TCP4 " + client + " 192.0.2.200 1000 443\r\n"}};
    return ask(connection, request("GET", a_member())).status;
  };
  BOOST_TEST(via("192.0.2.1") == 200);
  BOOST_TEST(via("192.0.2.1") == 429);
  BOOST_TEST(via("192.0.2.2") == 200);
}

BOOST_AUTO_TEST_CASE(plain_http_is_told_to_use_https) {
  tls_service sut;
  raw_connection plain{sut.port()};
  auto answer = ask(plain, request("GET", a_member()));
  BOOST_TEST(answer.status == 400);
  BOOST_TEST(answer.body.find("https://") != std::string::npos);
  BOOST_TEST(plain.closed_within(10s));
  BOOST_TEST(sut.name() == "first");
}

BOOST_AUTO_TEST_CASE(a_handshake_that_does_not_end_is_cut_off_in_the_time_for_a_head) {
  tls_service sut{{"--gateway-head-timeout", "400ms"}};
  auto since = clock_type::now();
  raw_connection silent{sut.port()};
  BOOST_TEST(silent.read_until_closed() == "");
  BOOST_TEST((clock_type::now() - since > 300ms));
  // The beginning of a long handshake record, and then a byte of it now and then.
  raw_connection dripping{sut.port(), {.timeout = 50ms}};
  std::string bytes("\x16\x03\x01\x3f\x00\x01\x00\x3e\xfc\x03\x03", 11);
  dripping.send(bytes);
  bool closed = false;
  for (int i = 0; i < 400 && !closed; ++i) {
    closed = dripping.closed_within(50ms);
    if (!closed)
      dripping.send(std::string(1, 'x'));
  }
  BOOST_TEST(closed);
}

BOOST_AUTO_TEST_CASE(a_request_that_does_not_arrive_is_answered_408) {
  tls_service sut{{"--gateway-head-timeout", "400ms"}};
  tls_connection connection{sut.port()};
  auto answer = ask(connection, "GET /api");
  BOOST_TEST(answer.status == 408);
  BOOST_TEST(connection.ends_orderly());
}

BOOST_AUTO_TEST_CASE(connections_end_with_an_announcement) {
  tls_service sut{{"--gateway-idle-timeout", "500ms"}};
  tls_connection closing{sut.port()};
  BOOST_TEST(ask(closing, request("GET", ready_path, "Connection: close\r\n")).status == 200);
  BOOST_TEST(closing.ends_orderly());
  tls_connection idle{sut.port()};
  BOOST_TEST(ask(idle, request("GET", ready_path)).status == 200);
  BOOST_TEST(idle.ends_orderly());
  tls_connection stopped{sut.port()};
  BOOST_TEST(ask(stopped, request("GET", ready_path)).status == 200);
  sut.signal(SIGTERM);
  BOOST_TEST(stopped.ends_orderly());
  BOOST_TEST(sut.wait(10s).value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(who_takes_no_answer_is_cut_off) {
  tls_service sut{{"--gateway-write-timeout", "500ms"}};
  tls_connection reader{sut.port(), {.receive_buffer = 4096}};
  std::string many; // more than all buffers on the way hold
  while (many.size() < 16 * 1024 * 1024)
    many += request("GET", a_member());
  std::size_t sent = 0;
  BOOST_TEST(eventually(20s, [&] {
    try {
      sent += reader.send_some(std::string_view{many}.substr(sent), 0ms);
      return false;
    } catch (const std::system_error&) {
      return true;
    }
  }));
  BOOST_TEST(sent < many.size());
}

BOOST_AUTO_TEST_SUITE_END()
