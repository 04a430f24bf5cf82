#include "actors/card_table.hpp"

#include "tests/actors/card_samples.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string_view>

namespace {

using namespace tessera;
using namespace tessera::testing;
using namespace std::chrono_literals;

card_table_settings small_settings() {
  card_table_settings settings;
  settings.caches.fill({4 << 20, 10min});
  return settings;
}

card_task make(std::uint64_t id, std::uint32_t slot, card_product what = card_product::pdf) {
  card_task task;
  task.asked_by = {slot, 1};
  task.what = what;
  task.member = {id};
  task.time_left_ms = 30'000;
  return task;
}

card_task verify(std::string presented, std::uint32_t slot) {
  auto task = make(0, slot, card_product::verification);
  task.presented = std::move(presented);
  task.priority = admission_priority::verify;
  return task;
}

/// A table with two renderers. Each call's effects take the place of those before.
struct fixture {
  steady_time now = steady_time{} + 1h;
  utc_time calendar = card_day;
  card_key_id key{1};
  std::shared_ptr<const card_ledger> ledger = ledger_of();
  card_metrics metrics;
  card_table sut{
      small_settings(), {[this] { return ledger; }, [this] { return calendar; }, [this] { return key; }}, metrics, 7};
  card_effects out;

  fixture() {
    sut.use_renderers(2);
  }

  void open(const card_task& task, std::uint32_t asker = 0) {
    out.clear();
    sut.open(asker, task, now, out);
  }
  void resolve(std::uint64_t job, std::optional<id_number> number) {
    out.clear();
    sut.alias_resolved({job, number.has_value(), number.value_or(id_number{}), 0, {}}, now, out);
  }
  /// Answers the one lookup that was asked.
  void find(body_ptr record, error_code error = error_code::none) {
    lookup_answer answer;
    answer.to = out.look_up.at(0).asked_by;
    answer.error = error;
    answer.body = std::move(record);
    answer.from = origin::l2;
    answer.times.l2_us = 40;
    out.clear();
    sut.member_found(answer, now, out);
  }
  void load(std::uint64_t id, error_code error = error_code::none, std::optional<std::uint32_t> pool = {}) {
    load_answer answer;
    answer.key = {member_key::kind::id, id};
    answer.error = error;
    answer.body = error == error_code::none ? record_of(id) : nullptr;
    answer.number = number_of(id);
    answer.id = {id};
    answer.age_ms = 3;
    answer.pool = pool.value_or(sut.pool());
    answer.database_us = 700;
    out.clear();
    sut.member_loaded(answer, now, out);
  }
  void admit(std::uint64_t work, error_code error = error_code::none, std::uint32_t retry_after_s = 0) {
    out.clear();
    sut.admission_answered({{work}, error, retry_after_s}, now, out);
  }
  void rendered(std::uint64_t work, body_ptr body, error_code error = error_code::none) {
    render_answer answer;
    answer.work = {work};
    answer.body = std::move(body);
    answer.error = error;
    answer.render_us = 250;
    out.clear();
    sut.rendered(answer, now, out);
  }
  void checked(std::uint64_t work, const card_claims& claims, card_fault fault = card_fault::none) {
    render_answer answer;
    answer.work = {work};
    answer.checked = {fault, claims};
    out.clear();
    sut.rendered(answer, now, out);
  }
  void abandon(std::uint32_t slot, std::uint32_t asker = 0) {
    out.clear();
    std::vector<ticket> gone{{slot, 1}};
    sut.abandon(asker, gone, out);
  }
  void tick() {
    out.clear();
    sut.tick(now, out);
  }
  void lose(card_table::awaited::from what) {
    out.clear();
    sut.ask_again([&](const card_table::awaited& x) { return x.what == what; }, now, out);
  }

  /// Brings a task, which is alone, to its rendering and returns its job.
  std::uint64_t begin_rendering(const card_task& task, body_ptr record = nullptr) {
    open(task);
    auto job = out.resolve.at(0).job;
    resolve(job, number_of(task.member.value));
    find(record ? record : record_of(task.member.value));
    BOOST_REQUIRE(out.render.size() == 1u);
    return job;
  }
  /// Likewise a verification to its lookup.
  std::uint64_t begin_judging(const card_claims& claims, bool full_name = false) {
    auto task = verify("TOKEN", 1);
    task.full_name = full_name;
    open(task);
    auto job = out.render.at(0).job.work.value;
    checked(job, claims);
    resolve(job, number_of(claims.member.value));
    return job;
  }
  const card_answer& answer() const {
    BOOST_REQUIRE(out.answers.size() == 1u);
    return out.answers[0].content;
  }
  bool says(std::string_view what) const {
    return answer().body && answer().body->text().find(what) != std::string_view::npos;
  }
};

const body_ptr product = shared_body::make("a card", "000123-01S-X", 9);

BOOST_FIXTURE_TEST_SUITE(card_table_test, fixture)

BOOST_AUTO_TEST_CASE(a_card_is_made_from_what_lookup_knows_and_then_comes_from_memory) {
  open(make(5, 1), 3);
  BOOST_REQUIRE(out.resolve.size() == 1u);
  BOOST_TEST((out.resolve[0].member == member_id{5}));
  auto job = out.resolve[0].job;
  resolve(job, number_of(5));
  BOOST_REQUIRE(out.look_up.size() == 1u);
  BOOST_TEST((out.look_up[0].number == number_of(5)));
  BOOST_TEST(out.look_up[0].time_left_ms == 30'000u);
  find(record_of(5));
  BOOST_REQUIRE(out.render.size() == 1u);
  BOOST_TEST(!out.render[0].urgent);
  BOOST_TEST((out.render[0].job.what == card_product::pdf));
  BOOST_TEST(out.render[0].job.member == record_of(5));
  rendered(job, product);
  BOOST_TEST(out.answers.at(0).asker == 3u);
  BOOST_TEST((answer().to == ticket{1, 1}));
  BOOST_TEST(answer().body.get() == product.get());
  BOOST_TEST(!answer().made_before);
  BOOST_TEST((answer().from == origin::l2));
  BOOST_TEST(answer().times.l2_us == 40u);
  BOOST_TEST(answer().render_us == 250u);
  BOOST_TEST(answer().fresh_left_s == 600);
  BOOST_TEST(sut.empty());

  now += 20s;
  open(make(5, 2));
  resolve(out.resolve.at(0).job, number_of(5));
  find(record_of(5));
  BOOST_TEST(out.render.empty());
  BOOST_TEST(answer().made_before);
  BOOST_TEST(answer().body.get() == product.get());
  BOOST_TEST(answer().age_s == 20u);
  BOOST_TEST(sut.empty());
  BOOST_TEST(read(metrics.hits) == 1u);
  BOOST_TEST(read(metrics.made) == 1u);
}

BOOST_AUTO_TEST_CASE(a_card_from_memory_is_of_the_same_record_epoch_key_request_and_day) {
  rendered(begin_rendering(make(5, 1)), product);
  rendered(begin_rendering(make(5, 2), record_of(5, "Renamed")), product);
  auto premium = make(5, 3);
  premium.card.design = card_template::premium;
  rendered(begin_rendering(premium), product);
  auto issued_by_others = make(5, 4);
  issued_by_others.card.issued_by = "us";
  rendered(begin_rendering(issued_by_others), product);
  rendered(begin_rendering(make(5, 5, card_product::svg)), product);
  ledger = ledger_of(5, 2);
  rendered(begin_rendering(make(5, 6)), product);
  key = {2};
  rendered(begin_rendering(make(5, 7)), product);
  calendar += 24h;
  rendered(begin_rendering(make(5, 8)), product);
  BOOST_TEST(read(metrics.hits) == 0u);
}

BOOST_AUTO_TEST_CASE(equal_tasks_are_one_job_and_all_are_answered) {
  auto job = begin_rendering(make(5, 1));
  open(make(5, 2), 1);
  open(make(5, 3), 2);
  open(make(5, 3), 2); // asked again by a gateway that does not know whether it got through
  BOOST_TEST(out.render.empty());
  BOOST_TEST(sut.size() == 1u);
  BOOST_TEST(sut.waiting() == 3u);
  open(make(5, 4, card_product::png));
  BOOST_TEST(sut.size() == 2u);
  rendered(job, product);
  BOOST_TEST(out.answers.size() == 3u);
  BOOST_TEST(read(metrics.joined) == 2u);
  rendered(job, product);
  BOOST_TEST(out.answers.empty());
}

BOOST_AUTO_TEST_CASE(whoever_waits_for_one_card_does_not_wait_with_a_batch) {
  sut.use_admission(true);
  auto batch = make(5, 1);
  batch.priority = admission_priority::batch;
  open(batch);
  resolve(out.resolve.at(0).job, std::nullopt);
  BOOST_TEST(out.ask_admission[2].size() == 1u);
  open(make(5, 2));
  resolve(out.resolve.at(0).job, std::nullopt);
  BOOST_TEST(out.ask_admission[1].size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_member_without_an_alias_is_loaded_with_a_slot_that_serves_for_the_rendering_too) {
  sut.use_admission(true);
  open(make(5, 1));
  auto job = out.resolve.at(0).job;
  resolve(job, std::nullopt);
  BOOST_REQUIRE(out.ask_admission[1].size() == 1u);
  BOOST_TEST((out.ask_admission[1][0] == admission_request{{job}, 30'000}));
  BOOST_TEST(out.load.empty());
  admit(job);
  BOOST_REQUIRE(out.load.size() == 1u);
  BOOST_TEST((out.load[0] == member_key{member_key::kind::id, 5}));
  BOOST_TEST(out.time_left_ms == 30'000u);
  load(5);
  BOOST_REQUIRE(out.fills.size() == 1u);
  BOOST_TEST((out.fills[0].number == number_of(5)));
  BOOST_TEST((out.fills[0].id == member_id{5}));
  BOOST_TEST(out.fills[0].age_ms == 3u);
  BOOST_TEST(out.fills[0].fresh_for_ms == 3'600'000u);
  BOOST_TEST(out.render.size() == 1u);
  BOOST_TEST(out.ended.empty());
  rendered(job, product);
  BOOST_TEST((out.ended == std::vector{work_id{job}}));
  BOOST_TEST((answer().from == origin::database));
  BOOST_TEST(answer().times.database_us == 700u);
}

BOOST_AUTO_TEST_CASE(a_lookup_needs_no_slot_but_the_rendering_does) {
  sut.use_admission(true);
  open(make(5, 1));
  auto job = out.resolve.at(0).job;
  resolve(job, number_of(5));
  BOOST_TEST(out.ask_admission[1].empty());
  find(record_of(5));
  BOOST_TEST(out.render.empty());
  BOOST_TEST(out.ask_admission[1].size() == 1u);
  admit(job, error_code::queue_full, 7);
  BOOST_TEST((answer().error == error_code::queue_full));
  BOOST_TEST(answer().retry_after_s == 7u);
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(jobs_that_need_the_same_member_share_the_load) {
  open(make(5, 1));
  resolve(out.resolve.at(0).job, std::nullopt);
  BOOST_TEST(out.load.size() == 1u);
  open(make(5, 2, card_product::png));
  resolve(out.resolve.at(0).job, std::nullopt);
  BOOST_TEST(out.load.empty());
  load(5);
  BOOST_TEST(out.fills.size() == 1u);
  BOOST_TEST(out.render.size() == 2u);
}

BOOST_AUTO_TEST_CASE(where_the_alias_leads_to_another_member_or_nobody_the_member_is_loaded_by_id) {
  open(make(5, 1));
  auto job = out.resolve.at(0).job;
  resolve(job, number_of(6));
  find(record_of(6));
  BOOST_TEST(out.render.empty());
  BOOST_REQUIRE(out.load.size() == 1u);
  load(5);
  BOOST_REQUIRE(out.render.size() == 1u);
  BOOST_TEST(out.render[0].job.member == record_of(5));
  rendered(job, product);

  open(make(7, 2));
  resolve(out.resolve.at(0).job, number_of(7));
  find(nullptr, error_code::not_found);
  BOOST_TEST(out.answers.empty());
  BOOST_TEST(out.load.size() == 1u);
  load(7, error_code::not_found);
  BOOST_TEST((answer().error == error_code::not_found));
  BOOST_TEST(out.fills.empty());
}

BOOST_AUTO_TEST_CASE(why_a_member_cannot_be_looked_up_is_passed_on) {
  open(make(5, 1));
  resolve(out.resolve.at(0).job, number_of(5));
  lookup_answer failed;
  failed.to = out.look_up.at(0).asked_by;
  failed.error = error_code::database_unavailable;
  failed.retry_after_s = 4;
  out.clear();
  sut.member_found(failed, now, out);
  BOOST_TEST((answer().error == error_code::database_unavailable));
  BOOST_TEST(answer().retry_after_s == 4u);
  BOOST_TEST(read(metrics.failed) == 1u);
}

BOOST_AUTO_TEST_CASE(a_card_of_a_stale_record_says_so) {
  open(make(5, 1));
  auto job = out.resolve.at(0).job;
  resolve(job, number_of(5));
  lookup_answer stale;
  stale.to = out.look_up.at(0).asked_by;
  stale.body = record_of(5);
  stale.stale_for_ms = 900;
  out.clear();
  sut.member_found(stale, now, out);
  rendered(job, product);
  BOOST_TEST(answer().stale_for_ms == 900u);
}

BOOST_AUTO_TEST_CASE(no_card_is_made_while_nobody_knows_what_was_revoked) {
  ledger = nullptr;
  open(make(5, 1));
  resolve(out.resolve.at(0).job, number_of(5));
  find(record_of(5));
  BOOST_TEST((answer().error == error_code::database_unavailable));
  begin_judging(claims_of(5));
  find(record_of(5));
  BOOST_TEST((answer().error == error_code::database_unavailable));
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(a_revoked_card_is_not_made_again_until_it_is_reissued) {
  ledger = ledger_of(5, 2, 2);
  open(make(5, 1));
  resolve(out.resolve.at(0).job, number_of(5));
  find(record_of(5));
  BOOST_TEST((answer().error == error_code::conflict));
  BOOST_TEST(!answer().why.empty());
  ledger = ledger_of(5, 3, 2);
  begin_rendering(make(5, 2));
  BOOST_TEST(out.render[0].job.state.epoch == 3u);
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_after_a_reissue_does_not_join_what_was_begun_before) {
  auto before = begin_rendering(make(5, 1));
  ledger = ledger_of(5, 2);
  auto after = begin_rendering(make(5, 2));
  BOOST_TEST(after != before);
  BOOST_TEST(out.render[0].job.state.epoch == 2u);
  rendered(before, product);
  BOOST_TEST((answer().to == ticket{1, 1}));
  open(make(5, 3)); // the end of the first one has left the second one to be joined
  BOOST_TEST(out.resolve.empty());
  rendered(after, product);
  BOOST_TEST(out.answers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(work_goes_to_the_renderer_with_the_least) {
  auto first = begin_rendering(make(1, 1));
  auto renderer = out.render[0].renderer;
  begin_rendering(make(2, 2));
  BOOST_TEST(out.render[0].renderer != renderer);
  rendered(first, product);
  begin_rendering(make(3, 3));
  BOOST_TEST(out.render[0].renderer == renderer);
}

BOOST_AUTO_TEST_CASE(why_there_can_be_no_such_card_is_passed_on) {
  auto job = begin_rendering(make(5, 1));
  render_answer refused;
  refused.work = {job};
  refused.error = error_code::validation;
  refused.why = "no such card";
  out.clear();
  sut.rendered(refused, now, out);
  BOOST_TEST((answer().error == error_code::validation));
  BOOST_TEST(answer().why == "no such card");
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(a_verification_begins_with_the_signature_and_costs_no_lookup_if_that_is_bad) {
  sut.use_admission(true);
  open(verify("TOKEN", 1));
  BOOST_TEST(out.resolve.empty());
  BOOST_REQUIRE(out.ask_admission[0].size() == 1u);
  auto job = out.ask_admission[0][0].work.value;
  admit(job);
  BOOST_REQUIRE(out.render.size() == 1u);
  BOOST_TEST(out.render[0].urgent);
  BOOST_TEST(out.render[0].job.presented == "TOKEN");
  checked(job, {}, card_fault::bad_signature);
  BOOST_TEST((out.ended == std::vector{work_id{job}}));
  BOOST_TEST(says(R"("valid":false)"));
  BOOST_TEST(says(R"("reason":"bad_signature")"));
  BOOST_TEST(sut.empty());
  BOOST_TEST(read(metrics.invalid) == 1u);
}

BOOST_AUTO_TEST_CASE(a_good_card_of_an_active_member_is_valid) {
  begin_judging(claims_of(5));
  find(record_of(5));
  BOOST_TEST(says(R"("valid":true)"));
  BOOST_TEST(says(R"("name":"T. M.")"));
  begin_judging(claims_of(5), true);
  find(record_of(5));
  BOOST_TEST(says(R"("name":"Thandi Mokoena")"));
  BOOST_TEST(read(metrics.valid) == 2u);
}

BOOST_AUTO_TEST_CASE(an_expired_card_costs_no_lookup) {
  calendar += std::chrono::days{365};
  open(verify("TOKEN", 1));
  checked(out.render.at(0).job.work.value, claims_of(5));
  BOOST_TEST(says(R"("reason":"expired")"));
}

BOOST_AUTO_TEST_CASE(the_gravest_fault_is_told_also_of_a_member_who_is_no_longer_active) {
  auto reason = [&](bool active) {
    auto job = begin_judging(claims_of(5));
    if (active) {
      find(record_of(5));
    } else {
      find(nullptr, error_code::not_found);
      load(5, error_code::not_found);
    }
    BOOST_TEST(job > 0u);
    auto text = std::string{answer().body->text()};
    auto from = text.find(R"("reason":")") + 10;
    return text.substr(from, text.find('"', from) - from);
  };
  BOOST_TEST(reason(false) == "not_active");
  ledger = ledger_of(5, 2);
  BOOST_TEST(reason(true) == "superseded");
  BOOST_TEST(reason(false) == "superseded");
  ledger = ledger_of(5, 2, 1);
  BOOST_TEST(reason(true) == "revoked");
  BOOST_TEST(reason(false) == "revoked");
}

BOOST_AUTO_TEST_CASE(a_verification_is_not_judged_by_another_members_record) {
  begin_judging(claims_of(5));
  find(record_of(6));
  BOOST_TEST(out.answers.empty());
  load(5, error_code::not_found);
  BOOST_TEST(says(R"("reason":"not_active")"));
}

BOOST_AUTO_TEST_CASE(a_verification_takes_a_second_slot_for_the_load_and_gives_both_back) {
  sut.use_admission(true);
  open(verify("TOKEN", 1));
  auto job = out.ask_admission[0].at(0).work.value;
  admit(job);
  checked(job, claims_of(5));
  BOOST_TEST((out.ended == std::vector{work_id{job}}));
  resolve(job, std::nullopt);
  BOOST_TEST(out.ask_admission[0].size() == 1u);
  admit(job);
  BOOST_TEST(out.load.size() == 1u);
  load(5);
  BOOST_TEST((out.ended == std::vector{work_id{job}}));
  BOOST_TEST(says(R"("valid":true)"));
}

BOOST_AUTO_TEST_CASE(an_abandoned_job_ends_at_once_where_nothing_is_under_way) {
  sut.use_admission(true);
  open(make(5, 1));
  auto job = out.resolve.at(0).job;
  open(make(5, 2), 1);
  abandon(1);
  BOOST_TEST(sut.size() == 1u);
  abandon(2); // of asker 0, who has no such ticket
  BOOST_TEST(sut.size() == 1u);
  abandon(2, 1);
  BOOST_TEST(sut.empty());
  resolve(job, number_of(5));
  BOOST_TEST(out.look_up.empty());
  open(make(5, 3));
  job = out.resolve.at(0).job;
  resolve(job, number_of(5));
  abandon(3);
  BOOST_TEST(sut.empty());
  BOOST_TEST(out.ended.empty());
}

BOOST_AUTO_TEST_CASE(an_abandoned_job_does_not_wait_for_a_slot_and_gives_back_the_one_that_is_on_its_way) {
  sut.use_admission(true);
  open(make(5, 1));
  auto job = out.resolve.at(0).job;
  resolve(job, std::nullopt);
  abandon(1);
  BOOST_TEST((out.ended == std::vector{work_id{job}}));
  BOOST_TEST(sut.empty());
  admit(job);
  BOOST_TEST((out.ended == std::vector{work_id{job}}));
  admit(job, error_code::queue_full);
  BOOST_TEST(out.ended.empty());
}

BOOST_AUTO_TEST_CASE(what_the_database_has_keeps_its_slot_until_it_comes_and_then_nobody_asks_for_more) {
  sut.use_admission(true);
  open(make(5, 1));
  auto job = out.resolve.at(0).job;
  resolve(job, std::nullopt);
  admit(job);
  abandon(1);
  BOOST_TEST(out.ended.empty());
  load(5);
  BOOST_TEST(out.fills.size() == 1u);
  BOOST_TEST(out.render.empty());
  BOOST_TEST((out.ended == std::vector{work_id{job}}));
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(what_a_renderer_has_is_kept_for_others) {
  auto job = begin_rendering(make(5, 1));
  abandon(1);
  BOOST_TEST(sut.size() == 1u);
  open(make(5, 2)); // joins it
  abandon(2);
  rendered(job, product);
  BOOST_TEST(out.answers.empty());
  BOOST_TEST(sut.empty());
  open(make(5, 3));
  resolve(out.resolve.at(0).job, number_of(5));
  find(record_of(5));
  BOOST_TEST(answer().made_before);
}

BOOST_AUTO_TEST_CASE(an_abandoned_check_costs_no_lookup) {
  open(verify("TOKEN", 1));
  auto job = out.render.at(0).job.work.value;
  abandon(1);
  checked(job, claims_of(5));
  BOOST_TEST(out.resolve.empty());
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(a_job_ends_at_the_latest_deadline_of_those_who_joined) {
  sut.use_admission(true);
  auto hasty = make(5, 1);
  hasty.time_left_ms = 1'000;
  open(hasty);
  open(make(5, 2));
  now += 29'999ms;
  tick();
  BOOST_TEST(out.answers.empty());
  now += 1ms;
  tick();
  BOOST_REQUIRE(out.answers.size() == 2u);
  BOOST_TEST((out.answers[0].content.error == error_code::timed_out));
  BOOST_TEST(sut.empty());

  open(make(5, 3));
  auto job = out.resolve.at(0).job;
  resolve(job, std::nullopt);
  admit(job);
  now += 30s;
  tick();
  BOOST_TEST((out.ended == std::vector{work_id{job}})); // the slot of a load that does not come
  load(5);
  BOOST_TEST(out.answers.empty());
  BOOST_TEST(out.fills.size() == 1u);

  sut.use_admission(false);
  job = begin_rendering(make(6, 4));
  now += 31s;
  tick();
  BOOST_TEST(out.answers.empty());
  rendered(job, product);
  BOOST_TEST((answer().error == error_code::none));
}

BOOST_AUTO_TEST_CASE(successors_are_asked_again_once) {
  using from = card_table::awaited::from;
  open(make(5, 1));
  auto job = out.resolve.at(0).job;
  lose(from::lookup);
  BOOST_TEST(out.resolve.empty());
  lose(from::alias);
  BOOST_TEST(out.resolve.size() == 1u);
  resolve(job, number_of(5));
  lose(from::lookup);
  BOOST_TEST(out.look_up.empty());
  BOOST_TEST((answer().error == error_code::interrupted));
  BOOST_TEST(sut.empty());

  open(make(5, 2));
  job = out.resolve.at(0).job;
  resolve(job, number_of(5));
  lose(from::lookup);
  BOOST_TEST(out.look_up.size() == 1u);
  find(record_of(5));
  BOOST_TEST(out.render.size() == 1u);
  rendered(job, product);
}

BOOST_AUTO_TEST_CASE(a_new_pool_is_asked_by_its_count_and_answers_to_the_old_one_count_no_more) {
  open(make(5, 1));
  resolve(out.resolve.at(0).job, std::nullopt);
  open(make(5, 2, card_product::png));
  resolve(out.resolve.at(0).job, std::nullopt);
  sut.pool_replaced();
  lose(card_table::awaited::from::pool);
  BOOST_TEST(out.load.size() == 1u);
  load(5, error_code::none, 0);
  BOOST_TEST(out.render.empty());
  load(5);
  BOOST_TEST(out.render.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_new_admission_actor_is_asked_again_and_told_what_is_at_work) {
  sut.use_admission(true);
  open(make(5, 1));
  auto at_work = out.resolve.at(0).job;
  resolve(at_work, std::nullopt);
  admit(at_work);
  open(make(6, 2));
  auto waits = out.resolve.at(0).job;
  resolve(waits, std::nullopt);
  for (int times = 0; times < 3; ++times) { // that is nobody's fault, so it is not counted
    out.clear();
    sut.admission_replaced(out);
    BOOST_TEST((out.goes_on == std::vector{work_id{at_work}}));
    lose(card_table::awaited::from::admission);
    BOOST_REQUIRE(out.ask_admission[1].size() == 1u);
    BOOST_TEST(out.ask_admission[1][0].work.value == waits);
  }
  sut.use_admission(false);
  lose(card_table::awaited::from::admission);
  BOOST_TEST(out.load.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_renderer_that_died_had_is_rendered_by_another) {
  auto job = begin_rendering(make(5, 1));
  auto abandoned = begin_rendering(make(6, 2));
  abandon(2);
  lose(card_table::awaited::from::renderer);
  BOOST_REQUIRE(out.render.size() == 1u);
  BOOST_TEST(out.render[0].job.work.value == job);
  BOOST_TEST(sut.size() == 1u);
  rendered(abandoned, product);
  BOOST_TEST(out.answers.empty());
  lose(card_table::awaited::from::renderer);
  BOOST_TEST((answer().error == error_code::interrupted));
  // None of it is counted as a renderer's work any more.
  begin_rendering(make(7, 3));
  auto first = out.render[0].renderer;
  begin_rendering(make(8, 4));
  BOOST_TEST(out.render[0].renderer != first);
}

BOOST_AUTO_TEST_CASE(renderers_may_become_fewer_or_none) {
  begin_rendering(make(5, 1));
  auto job = begin_rendering(make(6, 2));
  sut.use_renderers(1);
  rendered(job, product);
  BOOST_TEST(out.answers.size() == 1u);
  sut.use_renderers(0);
  lose(card_table::awaited::from::renderer);
  BOOST_TEST((answer().error == error_code::interrupted));
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
