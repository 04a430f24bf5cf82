#include "cards/batch_job.hpp"
#include "cards/batch_job_json.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace tessera;

namespace {

batch_job asked_for() {
  batch_job job;
  job.card = {card_template::premium, "desk \"4\"", std::chrono::sys_days{2027y / 2 / 28}};
  job.concurrency = 7;
  job.cards = {{"11", member_id{11}}, {"nobody\n", {}}, {"11", member_id{11}}};
  return job;
}

batch_job half_done() {
  auto job = asked_for();
  job.cards[1].finished = true;
  job.cards[1].error = error_code::validation;
  job.cards[1].why = "no id";
  job.cards[2].finished = true;
  job.cards[2].card_number = "ABC-7";
  return job;
}

bool is_refused_as_request(std::string_view json) {
  batch_job job;
  return !read_job_request(json, job);
}

bool is_refused_as_progress(std::string_view json) {
  auto job = asked_for();
  return !read_job_progress(json, job);
}

} // namespace

BOOST_AUTO_TEST_SUITE(batch_job_test)

BOOST_AUTO_TEST_CASE(an_id_is_128_bits_in_26_small_letters_and_digits) {
  job_id_seed random{};
  BOOST_TEST(make_job_id(random) == std::string(26, 'a'));
  random.back() = 0xff;
  random.front() = 0xff;
  auto id = make_job_id(random);
  BOOST_TEST(id.size() == 26u);
  BOOST_TEST(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
  BOOST_TEST(id != std::string(26, 'a'));
}

BOOST_AUTO_TEST_CASE(states_are_known_by_their_names) {
  for (auto state : {job_state::waiting, job_state::running, job_state::done})
    BOOST_TEST((parse_job_state(to_string(state)) == state));
  BOOST_TEST(!parse_job_state("Done"));
  BOOST_TEST(!parse_job_state("broken"));
}

BOOST_AUTO_TEST_CASE(finished_and_made_cards_are_counted) {
  BOOST_TEST(finished_cards(asked_for()) == 0u);
  BOOST_TEST(made_cards(asked_for()) == 0u);
  BOOST_TEST(finished_cards(half_done()) == 2u);
  BOOST_TEST(made_cards(half_done()) == 1u);
}

BOOST_AUTO_TEST_CASE(jobs_ask_the_same_whatever_became_of_them) {
  BOOST_TEST(ask_the_same(asked_for(), half_done()));
  auto other = asked_for();
  other.concurrency = 8;
  BOOST_TEST(!ask_the_same(asked_for(), other));
  other = asked_for();
  other.cards.pop_back();
  BOOST_TEST(!ask_the_same(asked_for(), other));
  other = asked_for();
  other.cards[1].named = "nobody";
  BOOST_TEST(!ask_the_same(asked_for(), other));
  other = asked_for();
  other.card.issued_by = "desk 5";
  BOOST_TEST(!ask_the_same(asked_for(), other));
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back) {
  for (const auto& job : {asked_for(), half_done()}) {
    batch_job copy;
    BOOST_REQUIRE(read_job_request(job_request_json(job), copy));
    BOOST_REQUIRE(read_job_progress(job_progress_json(job), copy));
    BOOST_TEST((copy == job));
  }
  auto plain = asked_for();
  plain.card.custom_expiry.reset();
  batch_job copy;
  BOOST_REQUIRE(read_job_request(job_request_json(plain), copy));
  BOOST_TEST((copy == plain));
}

BOOST_AUTO_TEST_CASE(every_error_is_read_back) {
  for (std::uint8_t i = 1; i < error_code_count; ++i) {
    auto job = half_done();
    job.cards[1].error = error_code{i};
    auto copy = asked_for();
    BOOST_REQUIRE(read_job_progress(job_progress_json(job), copy));
    BOOST_TEST((copy == job));
  }
}

BOOST_AUTO_TEST_CASE(what_nobody_wrote_is_no_request) {
  auto json = job_request_json(asked_for());
  for (std::size_t size = 0; size < json.size(); ++size)
    BOOST_TEST(is_refused_as_request(std::string_view{json}.substr(0, size)));
  for (
      const auto* text :
      {R"([])", R"({"version":2,"template":"standard","issued_by":"","concurrency":1,"member_ids":["1"]})",
       R"({"version":1,"template":"gold","issued_by":"","concurrency":1,"member_ids":["1"]})",
       R"({"version":1,"template":"standard","issued_by":"","concurrency":0,"member_ids":["1"]})",
       R"({"version":1,"template":"standard","issued_by":"","concurrency":1,"member_ids":[]})",
       R"({"version":1,"template":"standard","issued_by":"","concurrency":1,"member_ids":[1]})",
       R"({"version":1,"template":"standard","issued_by":"","concurrency":1,"member_ids":"1"})",
       R"({"version":1,"template":"standard","issued_by":"","custom_expiry":"2027-02-30","concurrency":1,"member_ids":["1"]})"})
    BOOST_TEST(is_refused_as_request(text), text);
  auto many = asked_for();
  many.cards.resize(max_job_cards + 1);
  BOOST_TEST(is_refused_as_request(job_request_json(many)));
}

BOOST_AUTO_TEST_CASE(what_nobody_wrote_is_no_progress) {
  auto json = job_progress_json(half_done());
  for (std::size_t size = 0; size < json.size(); ++size)
    BOOST_TEST(is_refused_as_progress(std::string_view{json}.substr(0, size)));
  for (const auto* text :
       {R"({"version":1})", R"({"version":1,"finished":{}})", R"({"version":1,"finished":[3]})",
        R"({"version":1,"finished":[{"card":3,"number":"X"}]})", R"({"version":1,"finished":[{"card":0}]})",
        R"({"version":1,"finished":[{"card":0,"number":"X","error":"internal","why":""}]})",
        R"({"version":1,"finished":[{"card":0,"number":"X"},{"card":0,"number":"X"}]})",
        R"({"version":1,"finished":[{"card":0,"error":"none","why":""}]})",
        R"({"version":1,"finished":[{"card":0,"error":"odd","why":""}]})",
        R"({"version":1,"finished":[{"card":-1,"number":"X"}]})"})
    BOOST_TEST(is_refused_as_progress(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
