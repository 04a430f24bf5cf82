#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/shared_service.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <fstream>
#include <system_error>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

using clock_type = std::chrono::steady_clock;

std::string a_member() {
  return member_path + shared_store().number(7);
}

/// Returns the resident memory of a process in bytes.
[[maybe_unused]] std::size_t resident_bytes(pid_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/statm"};
  std::size_t pages = 0;
  std::size_t resident = 0;
  file >> pages >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// Returns over a megabyte of requests.
std::string many_requests() {
  const auto one = request("GET", a_member());
  std::string many;
  while (many.size() < 1024 * 1024)
    many += one;
  return many;
}

/// Sends requests, but takes no answer, until the service reads no more.
void let_answers_wait(raw_connection& reader) {
  const auto many = many_requests();
  while (reader.send_some(many, 300ms) == many.size()) {
  }
}

/// Returns whether the other side has reset the connection, without reading.
bool is_reset(raw_connection& connection) {
  try {
    connection.send_some("G", 0ms);
    return false;
  } catch (const std::system_error&) {
    return true;
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(slow_clients_test)

BOOST_AUTO_TEST_CASE(a_connection_that_says_nothing_is_closed_after_the_time_for_a_head) {
  own_service sut{{"--gateway-head-timeout", "400ms"}}; // an idle connection could stay for 75 s
  auto since = clock_type::now();
  raw_connection silent{sut.port()};
  BOOST_TEST(silent.read_until_closed() == "");
  BOOST_TEST((clock_type::now() - since > 300ms));
}

BOOST_AUTO_TEST_CASE(a_connection_that_said_something_may_be_silent_for_the_idle_time) {
  own_service sut{{"--gateway-head-timeout", "100ms"}};
  raw_connection used{sut.port()};
  used.send(request("GET", a_member()));
  BOOST_TEST(used.read_response().status == 200);
  BOOST_TEST(!used.closed_within(1s));
  used.send(request("GET", a_member()));
  BOOST_TEST(used.read_response().status == 200);
}

BOOST_AUTO_TEST_CASE(the_bytes_of_a_body_do_not_buy_time) {
  own_service sut{{"--gateway-head-timeout", "400ms"}};
  for (const auto& head : {request("POST", lookup_path, "Content-Length: 4000\r\n"),
                           request("POST", lookup_path, "Transfer-Encoding: chunked\r\n") + "FA0\r\n"}) {
    raw_connection connection{sut.port(), {.timeout = 50ms}};
    connection.send(head);
    int status = 0;
    for (int sent = 0; sent < 400 && status == 0; ++sent) {
      connection.send("x");
      try {
        status = connection.read_response().status; // waits for 50 ms
      } catch (const timed_out&) {
      }
    }
    BOOST_TEST(status == 408);
  }
}

BOOST_AUTO_TEST_CASE(who_takes_no_answer_is_cut_off) {
  own_service sut{{"--gateway-write-timeout", "500ms"}};
  raw_connection reader{sut.port(), {.receive_buffer = 4096}};
  auto since = clock_type::now();
  let_answers_wait(reader);
  BOOST_TEST(eventually(20s, [&] { return is_reset(reader); }));
  BOOST_TEST((clock_type::now() - since > 400ms));
  BOOST_TEST(get(sut.port(), a_member()).status == 200);
}

BOOST_AUTO_TEST_CASE(taking_answers_bit_by_bit_does_not_buy_time) {
  own_service sut{{"--gateway-write-timeout", "500ms", "--gateway-max-unwritten-bytes", "16MiB"}};
  raw_connection reader{sut.port(), {.receive_buffer = 4096}};
  let_answers_wait(reader);
  BOOST_TEST(eventually(20s, [&] {
    for (int i = 0; i < 32; ++i) // so much that more can be written now and then, but all of it only after seconds
      reader.read_some();
    return is_reset(reader);
  }));
}

// The thread sanitizer's own memory grows with every access, and the address sanitizer keeps what was freed: there the
// process says nothing about itself.
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
BOOST_AUTO_TEST_CASE(a_slow_reader_does_not_make_the_process_grow) {
  own_service sut;
  auto one = request("GET", a_member());
  BOOST_TEST(get(sut.port(), a_member()).status == 200);
  std::string many;
  while (many.size() < 1024 * 1024)
    many += one;
  const auto before = resident_bytes(sut.pid());
  std::vector<raw_connection> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back(sut.port(), raw_connection::options{.receive_buffer = 4096});
    // Answers are several times as long as requests. All would take over 300 MB for the four.
    std::size_t sent = 0;
    for (int part = 0; part < 16 && sent == static_cast<std::size_t>(part) * many.size(); ++part)
      sent += readers.back().send_some(many, 300ms);
    BOOST_TEST(sent < 16 * many.size());
  }
  BOOST_TEST(resident_bytes(sut.pid()) < before + 8 * 1024 * 1024);
  BOOST_TEST(get(sut.port(), a_member()).status == 200);
  for (int i = 0; i < 2'000; ++i) // over 2 MB: far more than was ready
    BOOST_TEST_REQUIRE(readers.front().read_response().status == 200);
}

BOOST_AUTO_TEST_CASE(a_reader_that_always_leaves_something_does_not_make_the_process_grow) {
  own_service sut{{"--gateway-max-unwritten-bytes", "4MiB"}};
  BOOST_TEST(get(sut.port(), a_member()).status == 200);
  const auto many = many_requests();
  const auto before = resident_bytes(sut.pid());
  raw_connection reader{sut.port(), {.receive_buffer = 4096}};
  std::size_t sent = 0;
  for (std::size_t taken = 0; taken < 100 * 1024 * 1024; taken += reader.read_some().size()) {
    sent += reader.send_some(std::string_view{many}.substr(sent), 0ms);
    sent = sent == many.size() ? 0 : sent;
  }
  BOOST_TEST(resident_bytes(sut.pid()) < before + 24 * 1024 * 1024);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
