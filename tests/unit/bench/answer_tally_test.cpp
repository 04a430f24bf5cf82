#include "bench/answer_tally.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace std::chrono_literals;
using namespace tessera::bench;

namespace {

void add(answer_tally& sut, int status, const char* headers, const char* body, std::chrono::nanoseconds latency) {
  auto head = "HTTP/1.1 " + std::to_string(status) + " Reason\r\n" + headers;
  sut.add({status, head, body}, latency);
}

} // namespace

BOOST_AUTO_TEST_SUITE(answer_tally_test)

BOOST_AUTO_TEST_CASE(answers_are_told_apart_by_x_cache_and_by_error_code) {
  answer_tally sut{1s};
  add(sut, 200, "X-Cache: HIT\r\n", "", 1ms);
  add(sut, 200, "X-Cache: MISS\r\n", "", 2ms);
  add(sut, 200, "X-Cache: MISS\r\n", "", 3ms);
  add(sut, 408, "", R"({"error":{"code":"REQUEST_TIMEOUT"}})", 4ms);
  BOOST_TEST(sut.kinds().size() == 3u);
  BOOST_TEST(sut.kinds().at({200, "HIT"}).latency_ns.count() == 1u);
  BOOST_TEST(sut.kinds().at({200, "MISS"}).latency_ns.count() == 2u);
  BOOST_TEST(sut.kinds().at({408, "REQUEST_TIMEOUT"}).latency_ns.max() == 4'000'000u);
  BOOST_TEST(sut.by_status().at(200).latency_ns.count() == 3u);
}

BOOST_AUTO_TEST_CASE(an_answer_at_the_limit_is_in_time_and_a_later_one_is_not) {
  answer_tally sut{100ms};
  add(sut, 200, "X-Cache: MISS\r\n", "", 100ms);
  add(sut, 200, "X-Cache: MISS\r\n", "", 100ms + 1ns);
  BOOST_TEST(sut.kinds().at({200, "MISS"}).in_time == 1u);
}

BOOST_AUTO_TEST_CASE(a_refusal_needs_a_code_and_retry_after) {
  answer_tally sut{1s};
  const char* body = R"({"error":{"code":"QUEUE_FULL"}})";
  add(sut, 503, "Retry-After: 1\r\n", body, 1ms);
  add(sut, 503, "", body, 1ms);
  add(sut, 503, "Retry-After: 1\r\n", "", 1ms);
  add(sut, 429, "", R"({"error":{"code":"RATE_LIMIT_EXCEEDED"}})", 1ms);
  add(sut, 404, "", R"({"error":{"code":"NOT_FOUND"}})", 1ms);
  BOOST_TEST(sut.by_status().at(503).unexplained == 2u);
  BOOST_TEST(sut.by_status().at(429).unexplained == 1u);
  BOOST_TEST(sut.by_status().at(404).unexplained == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
