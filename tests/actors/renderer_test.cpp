#include "actors/renderer.hpp"

#include "cards/card_number.hpp"
#include "cards/card_token.hpp"
#include "cards/member_record.hpp"
#include "tests/actors/captured_log.hpp"
#include "tests/actors/threaded.hpp"
#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <stdexcept>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;
using tessera::test::eventually;

namespace {

const utc_time now{std::chrono::sys_days{2026y / 3 / 1} + 12h};

using key_source = card_maker::key_source;

key_source fixed_keys() {
  return [keys = std::make_shared<const card_keys>(test::rfc_keys())] { return keys; };
}

member subject() {
  member whom;
  whom.id = member_id{123};
  whom.number = *id_number::from_packed(8001015009087);
  whom.first_name = "Nomvula";
  whom.last_name = "Dlamini";
  whom.joined = utc_time{std::chrono::sys_days{2026y / 1 / 31}};
  return whom;
}

file_client_actor::behavior_type collecting_file_asker(file_client_actor::pointer, inbox<file_composed>* to) {
  return {
      [to](const file_composed& x) { to->put(x); },
  };
}

render_client_actor::behavior_type collecting_asker(render_client_actor::pointer, inbox<render_answer>* to) {
  return {
      [to](const render_answers& x) {
        for (const auto& each : x.answers)
          to->put(each);
      },
  };
}

struct fixture {
  ~fixture() {
    caf::anon_send_exit(sut, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(asker, caf::exit_reason::user_shutdown);
  }

  void start(key_source keys = fixed_keys()) {
    auto maker = std::make_shared<const card_maker>(
        card_maker_settings{"Tessera Sample Party", "https://cards.example.org", {}}, std::move(keys));
    // Each look at the clock takes seven microseconds.
    auto clock = [this] { return steady_time{} + (looks += 1) * 7us; };
    sut = system.spawn<caf::detached>(renderer, maker, &metrics, clock, [] { return now; });
    asker = system.spawn(collecting_asker, &answers);
  }

  render_job job(std::uint64_t work, card_product what) const {
    render_job made;
    made.work = work_id{work};
    made.what = what;
    if (what != card_product::verification)
      made.member = make_member_body(subject(), {});
    made.card.issued_by = "portal";
    return made;
  }

  std::vector<render_answer> run(std::vector<render_job> jobs) {
    auto count = answers.size() + jobs.size();
    caf::anon_send(sut, render_batch{asker, std::move(jobs)});
    BOOST_REQUIRE(answers.wait_for(count));
    return answers.all();
  }

  std::atomic<int> looks{0};
  renderer_metrics metrics;
  inbox<render_answer> answers;
  threaded_config config;
  caf::actor_system system{config};
  renderer_actor sut;
  render_client_actor asker;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(renderer_test, fixture)

BOOST_AUTO_TEST_CASE(each_job_of_a_batch_is_answered_in_order) {
  start();
  auto all = run({job(1, card_product::qr_png), job(2, card_product::pdf), job(3, card_product::details)});
  BOOST_REQUIRE_EQUAL(all.size(), 3u);
  std::uint64_t expected = 0;
  for (const auto& each : all) {
    BOOST_TEST(each.work.value == ++expected);
    BOOST_TEST((each.error == error_code::none));
    BOOST_REQUIRE(each.body);
    BOOST_TEST(each.body->packed() == to_string(card_number{member_id{123}}));
    BOOST_TEST(each.render_us == 7u);
  }
  BOOST_TEST(all[1].body->text().starts_with("%PDF-"));
  BOOST_TEST(read(metrics.jobs) == 3u);
  BOOST_TEST(read(metrics.busy_us) == 21u);
  BOOST_TEST(read(metrics.messages) == 1u);
}

BOOST_AUTO_TEST_CASE(the_state_and_the_request_shape_the_card) {
  start();
  auto asked = job(1, card_product::details);
  asked.state = {4, utc_time{std::chrono::sys_days{2026y / 2 / 2}}, 3};
  asked.card = {card_template::premium, "branch 7", std::chrono::sys_days{2027y / 12 / 31}};
  auto text = std::string{run({asked}).at(0).body->text()};
  for (auto* part : {"000123-04P-", R"("issue_date":"2026-02-02T)", R"("expiry_date":"2027-12-31T)",
                     R"("issued_by":"branch 7")", R"("card_design_template":"premium")"})
    BOOST_TEST(text.find(part) != std::string::npos, part);
}

BOOST_AUTO_TEST_CASE(what_is_presented_is_checked) {
  start();
  auto good = job(1, card_product::verification);
  good.presented = sign_card(test::sample_claims(), test::rfc_keys()).text();
  auto foreign = job(2, card_product::verification);
  foreign.presented = sign_card(test::sample_claims(), test::keys_of({test::seed_of(std::uint8_t{7})})).text();
  auto nothing = job(3, card_product::verification);
  nothing.presented = "a bus ticket";
  auto all = run({good, foreign, nothing});
  BOOST_TEST((all[0].checked == checked_card{card_fault::none, test::sample_claims()}));
  BOOST_TEST((all[1].checked.fault == card_fault::unknown_key));
  BOOST_TEST((all[2].checked.fault == card_fault::malformed));
  for (const auto& each : all) {
    BOOST_TEST((each.error == error_code::none));
    BOOST_TEST(!each.body);
  }
}

BOOST_AUTO_TEST_CASE(the_cards_of_a_job_are_composed_into_one_file) {
  start();
  inbox<file_composed> files;
  auto file_asker = system.spawn(collecting_file_asker, &files);
  compose_file order;
  order.asker = file_asker;
  order.work = work_id{1};
  order.job.cards = {{"123", member_id{123}, true, error_code::none, {}, to_string(card_number{member_id{123}})}};
  order.holders = {{make_member_body(subject(), {}), {}}};
  caf::anon_send(sut, order);
  order.work = work_id{2};
  order.format = job_format::sheets;
  caf::anon_send(sut, order);
  order.work = work_id{3};
  order.holders = {{shared_body::make({}, "damaged", 0), {}}};
  caf::anon_send(sut, order);
  BOOST_REQUIRE(files.wait_for(3));
  auto all = files.all();
  BOOST_TEST((all[0].work == work_id{1}));
  BOOST_REQUIRE(all[0].body);
  BOOST_TEST(all[0].body->text().starts_with("PK"));
  BOOST_REQUIRE(all[1].body);
  BOOST_TEST(all[1].body->text().starts_with("%PDF-"));
  BOOST_TEST((all[2].error == error_code::not_found));
  BOOST_TEST(!all[2].body);
  BOOST_TEST(!all[2].why.empty());
  BOOST_TEST(eventually(20s, [&] { return read(metrics.jobs) == 3u; }));
  caf::anon_send_exit(file_asker, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(a_damaged_record_is_an_internal_error_and_the_next_job_is_done) {
  start();
  auto damaged = job(1, card_product::pdf);
  auto whole = std::string{damaged.member->packed()};
  damaged.member = shared_body::make("{}", whole.substr(0, whole.size() - 1), 1);
  auto absent = job(2, card_product::pdf);
  absent.member = nullptr;
  auto all = run({damaged, absent, job(3, card_product::pdf)});
  BOOST_TEST((all[0].error == error_code::internal));
  BOOST_TEST((all[1].error == error_code::internal));
  BOOST_TEST(!all[0].body);
  BOOST_TEST(!all[1].body);
  BOOST_TEST((all[2].error == error_code::none));
}

BOOST_AUTO_TEST_CASE(a_card_that_there_cannot_be_is_refused_with_a_sentence) {
  start();
  auto asked = job(1, card_product::bundle);
  auto whom = subject();
  whom.id = member_id{max_card_member + 1};
  asked.member = make_member_body(whom, {});
  auto answer = run({asked}).at(0);
  BOOST_TEST((answer.error == error_code::validation));
  BOOST_TEST(answer.why == "this member's id is too large for a card: ids go up to 999999999999");
  BOOST_TEST(!answer.body);
}

BOOST_AUTO_TEST_CASE(a_job_that_throws_costs_no_other) {
  captured_log log;
  start([]() -> std::shared_ptr<const card_keys> { throw std::runtime_error{"no key for 8001015009087"}; });
  caf::anon_send(sut, render_batch{asker, {job(1, card_product::pdf), job(2, card_product::pdf)}});
  BOOST_REQUIRE(answers.wait_for(2));
  for (const auto& each : answers.all())
    BOOST_TEST((each.error == error_code::internal));
  BOOST_TEST(read(metrics.failures) == 2u);
  BOOST_TEST(log.count("8001015009087") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
