#include "gateway/session.hpp"

#include "tests/unit/gateway/session_fixture.hpp"

#include <random>

using namespace tessera;
using namespace tessera::test;

BOOST_FIXTURE_TEST_SUITE(session_test, session_fixture)

BOOST_AUTO_TEST_CASE(a_request_is_answered_at_once) {
  BOOST_TEST(give(get("/a")));
  BOOST_TEST(received() == "[/a]");
  BOOST_TEST(sut->idle());
}

BOOST_AUTO_TEST_CASE(a_request_may_come_in_any_pieces) {
  std::string bytes = "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
    paths.clear();
    bodies.clear();
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      BOOST_TEST(paths.empty());
      BOOST_REQUIRE(give(std::string_view{bytes}.substr(at, piece)));
    }
    BOOST_REQUIRE(paths.size() == 1u);
    BOOST_TEST(bodies.front() == "hello");
    BOOST_TEST(received() == "[/b]");
    BOOST_TEST(sut->idle());
  }
}

BOOST_AUTO_TEST_CASE(random_pieces_of_many_requests_give_the_same_requests_in_order) {
  std::mt19937 random{5};
  for (int round = 0; round < 200; ++round) {
    std::string bytes;
    std::vector<std::string> expected_paths;
    std::vector<std::string> expected_bodies;
    for (int i = 0; i < 30; ++i) {
      auto path = "/" + std::to_string(i);
      std::string body(random() % 30, 'x');
      expected_paths.push_back(path);
      expected_bodies.push_back(body);
      bytes += "POST " + path + " HTTP/1.1\r\nHost: a\r\n";
      if (random() % 2) {
        bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
      } else {
        char size[8];
        std::snprintf(size, sizeof size, "%zx", body.size());
        bytes += "Transfer-Encoding: chunked\r\n\r\n";
        if (!body.empty())
          bytes += size + std::string{"\r\n"} + body + "\r\n";
        bytes += "0\r\n\r\n";
      }
    }
    paths.clear();
    bodies.clear();
    std::string answers;
    std::string expected_answers;
    for (std::size_t at = 0; at < bytes.size();) {
      auto piece = 1 + random() % 300;
      BOOST_REQUIRE(give(std::string_view{bytes}.substr(at, piece)));
      at += piece;
      while (sut->backlogged()) { // as the gateway does at the end of its round
        auto before = paths.size();
        BOOST_REQUIRE(sut->flush());
        BOOST_REQUIRE(sut->resume());
        if (paths.size() == before)
          break;
      }
      BOOST_REQUIRE(sut->flush());
      answers += received();
    }
    for (const auto& path : expected_paths)
      expected_answers += "[" + path + "]";
    BOOST_REQUIRE(paths == expected_paths);
    BOOST_REQUIRE(bodies == expected_bodies);
    BOOST_REQUIRE(answers == expected_answers);
    BOOST_REQUIRE(sut->idle());
  }
}

BOOST_AUTO_TEST_CASE(pipelined_answers_keep_their_order) {
  answer_at_once = false;
  BOOST_TEST(give(get("/0") + get("/1") + get("/2")));
  BOOST_REQUIRE(sequences.size() == 3u);
  sut->respond(sequences[2], "two", false);
  sut->respond(sequences[1], "one", false);
  BOOST_TEST(received().empty());
  sut->respond(sequences[0], "zero", false);
  BOOST_TEST(sut->flush());
  BOOST_TEST(received() == "zeroonetwo");
  BOOST_TEST(sut->idle());
}

BOOST_AUTO_TEST_CASE(answers_behind_one_that_ends_the_connection_are_written_too) {
  answer_at_once = false;
  BOOST_TEST(give(get("/0") + get("/1")));
  sut->respond(sequences[1], "one", true); // as when the service is draining
  sut->respond(sequences[0], "zero", true);
  BOOST_TEST(sut->flush());
  BOOST_TEST(received() == "zeroone");
  BOOST_TEST(sut->lingering());
}

BOOST_AUTO_TEST_CASE(at_most_sixteen_requests_are_in_flight) {
  answer_at_once = false;
  std::string many;
  for (int i = 0; i < 20; ++i)
    many += get("/" + std::to_string(i));
  BOOST_TEST(give(many));
  BOOST_TEST(paths.size() == 16u);
  BOOST_TEST((interest & EPOLLIN) == 0u);
  for (std::uint32_t i = 0; i < 4; ++i)
    sut->respond(sequences[i], ".", false);
  BOOST_TEST(sut->backlogged());
  BOOST_TEST(sut->resume());
  BOOST_TEST(paths.size() == 20u);
}

BOOST_AUTO_TEST_CASE(a_slow_reader_is_not_read_from) {
  answer_at_once = false;
  BOOST_TEST(give(get("/0") + get("/1") + get("/2")));
  std::string large(1'000'000, 'x');
  sut->respond(sequences[0], large, false);
  sut->respond(sequences[1], large, false);
  BOOST_TEST(sut->flush());
  BOOST_TEST((interest & EPOLLIN) == 0u);
  BOOST_TEST((interest & EPOLLOUT) != 0u);
  std::size_t total = 0;
  for (int i = 0; i < 1'000 && sut->writing(); ++i) {
    total += received().size();
    BOOST_REQUIRE(sut->flush());
  }
  total += received().size();
  BOOST_TEST(!sut->writing());
  BOOST_TEST((interest & EPOLLIN) != 0u);
}

BOOST_AUTO_TEST_CASE(awaited_output_is_what_waited_first) {
  answer_at_once = false;
  BOOST_TEST(give(get("/0") + get("/1")));
  std::string large(1'000'000, 'x');
  sut->respond(sequences[0], large, false);
  BOOST_TEST(sut->flush());
  sut->await_output();
  BOOST_TEST(!sut->caught_up());
  sut->respond(sequences[1], large, false);
  std::size_t total = 0;
  while (!sut->caught_up()) {
    total += received().size();
    BOOST_REQUIRE(sut->flush());
    BOOST_REQUIRE(total < 1'100'000u); // what came later is not waited for
  }
  BOOST_TEST(sut->writing());
}

BOOST_AUTO_TEST_CASE(close_is_announced_written_and_waited_for) {
  BOOST_TEST(give(get("/a", "Connection: close\r\n") + get("/never")));
  BOOST_TEST(output);
  BOOST_TEST(sut->flush());
  BOOST_TEST(received() == "[/a]");
  BOOST_TEST(paths.size() == 1u);
  BOOST_TEST(sut->lingering());
  BOOST_TEST(give("more that nobody reads"));
  ::shutdown(client, SHUT_WR);
  BOOST_TEST(!readable());
}

BOOST_AUTO_TEST_CASE(a_client_that_shuts_its_side_down_still_gets_its_answer) {
  answer_at_once = false;
  BOOST_TEST(give(get("/a")));
  ::shutdown(client, SHUT_WR);
  BOOST_TEST(readable());
  sut->respond(sequences[0], "late", false);
  BOOST_TEST(!sut->flush()); // and then the connection is over
  BOOST_TEST(received() == "late");
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_in_the_middle_of_a_request_ends_the_connection) {
  BOOST_TEST(give("GET / HT"));
  BOOST_TEST(sut->receiving());
  BOOST_TEST(!sut->fresh());
  ::shutdown(client, SHUT_WR);
  BOOST_TEST(!readable());
}

BOOST_AUTO_TEST_CASE(faults_are_answered_in_turn_and_end_the_connection) {
  answer_at_once = false;
  BOOST_TEST(give(get("/a") + "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + get("/never")));
  BOOST_REQUIRE(faults.size() == 1u);
  BOOST_TEST((faults[0] == read_fault::bad_head));
  BOOST_TEST(received().empty());
  sut->respond(sequences[0], "first", false);
  BOOST_TEST(sut->flush());
  BOOST_TEST(received() == "first[fault]");
  BOOST_TEST(paths.size() == 1u);
}

BOOST_AUTO_TEST_CASE(limits_are_faults) {
  BOOST_TEST(give("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 501\r\n\r\n"));
  BOOST_REQUIRE(faults.size() == 1u);
  BOOST_TEST((faults[0] == read_fault::body_too_large));
}

BOOST_AUTO_TEST_CASE(a_chunked_body_over_the_limit_is_a_fault) {
  BOOST_TEST(give("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
  for (int i = 0; i < 20 && faults.empty(); ++i)
    BOOST_TEST(give("32\r\n" + std::string(50, 'x') + "\r\n"));
  BOOST_REQUIRE(faults.size() == 1u);
  BOOST_TEST((faults[0] == read_fault::body_too_large));
}

BOOST_AUTO_TEST_CASE(a_client_that_expects_it_is_told_to_continue) {
  BOOST_TEST(give("POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
  BOOST_TEST(sut->flush());
  BOOST_TEST(received() == "HTTP/1.1 100 Continue\r\n\r\n");
  BOOST_TEST(give("ok"));
  BOOST_TEST(bodies.back() == "ok");
  BOOST_TEST(received() == "[/c]");
}

BOOST_AUTO_TEST_CASE(the_first_request_is_awaited_from_the_beginning) {
  BOOST_TEST(sut->fresh());
  BOOST_TEST(sut->receiving());
  BOOST_TEST(give(get("/a")));
  BOOST_TEST(!sut->fresh());
  BOOST_TEST(!sut->receiving());
  BOOST_TEST(give("GET / HT"));
  BOOST_TEST(sut->receiving());
}

BOOST_AUTO_TEST_CASE(a_request_that_does_not_arrive_is_timed_out) {
  BOOST_TEST(give("GET / HT"));
  sut->time_out();
  BOOST_REQUIRE(faults.size() == 1u);
  BOOST_TEST((faults[0] == read_fault::timed_out));
  BOOST_TEST(sut->flush());
  BOOST_TEST(received() == "[fault]");
}

BOOST_AUTO_TEST_CASE(empty_lines_before_a_request_are_ignored) {
  BOOST_TEST(give("\r\n\r\n" + get("/a") + "\r\n"));
  BOOST_TEST(received() == "[/a]");
  BOOST_TEST(give(get("/b")));
  BOOST_TEST(received() == "[/b]");
}

BOOST_AUTO_TEST_SUITE_END()
