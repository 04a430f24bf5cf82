#include "storage/member_store.hpp"

#include "tests/integration/store/fixture.hpp"
#include "tests/support/eventually.hpp"

#include <algorithm>
#include <future>
#include <set>

/// What every kind of store promises about batches that are jobs.
namespace tessera::test {

namespace {

using namespace std::chrono_literals;

constexpr utc_time some_time{1'700'000'000'123ms};
constexpr utc_time day_before = some_time - job_lifetime;
constexpr std::size_t many = 100;

batch_job job_of(std::string id, std::string key = {}, std::string owner = "key:aaaaaaaaaa") {
  batch_job job;
  job.id = std::move(id);
  job.owner = std::move(owner);
  job.idempotency_key = std::move(key);
  job.card.issued_by = "Zoë's \\ \"desk\"; DROP TABLE batch_jobs; -- 😀";
  job.concurrency = 3;
  for (const auto* named : {"11", "no id", "13"}) {
    auto& card = job.cards.emplace_back();
    card.named = named;
    card.member = parse_member_id(named).value_or(member_id{});
  }
  job.created = job.updated = some_time;
  return job;
}

job_lease lease_of(std::string holder, std::chrono::milliseconds length = 1h) {
  return {std::move(holder), length};
}

batch_job running(batch_job job, utc_time since = some_time) {
  job.state = job_state::running;
  job.updated = since;
  return job;
}

/// One card was made, one was not.
batch_job half_done(batch_job job) {
  job = running(std::move(job), some_time + 1s);
  job.cards[0].finished = true;
  job.cards[0].card_number = "ABC-1";
  job.cards[1].finished = true;
  job.cards[1].error = error_code::validation;
  job.cards[1].why = "'no id' is none";
  return job;
}

batch_job all_done(batch_job job) {
  job = half_done(std::move(job));
  job.cards[2].finished = true;
  job.cards[2].card_number = "ABC-2";
  job.state = job_state::done;
  return job;
}

std::vector<batch_job> take(store_connection& from, const std::string& holder, std::size_t count = many,
                            std::chrono::milliseconds length = 1h) {
  return must(from.lease_jobs(lease_of(holder, length), count, some_time)).jobs;
}

template <class Kind>
std::unique_ptr<store_connection> connect(Kind& kind) {
  return must(kind.store()->connect());
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_jobs)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_job_is_kept_as_it_was_given, Kind, both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  auto job = job_of("a", "key one");
  job.card.design = card_template::premium;
  job.card.custom_expiry = std::chrono::sys_days{2027y / 2 / 28};
  auto connection = connect(kind);
  BOOST_TEST((must(connection->create_job(job, day_before, many)) == created_job{job, false}));
  BOOST_TEST((must(connect(kind)->read_job(job.owner, "a")) == std::optional{job}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_job_is_found_by_its_owner_and_exact_id_only, Kind, both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  auto connection = connect(kind);
  must(connection->create_job(job_of("abc"), day_before, many));
  BOOST_TEST(!must(connection->read_job("key:bbbbbbbbbb", "abc")));
  BOOST_TEST(!must(connection->read_job("key:aaaaaaaaaa", "ABC")));
  BOOST_TEST(!must(connection->read_job("key:aaaaaaaaaa", "abc ")));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_owner_has_one_job_per_idempotency_key, Kind, both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  auto connection = connect(kind);
  must(connection->create_job(job_of("a", "k"), day_before, many));
  BOOST_TEST((must(connection->create_job(job_of("b", "k"), day_before, many)) == created_job{job_of("a", "k"), true}));
  BOOST_TEST(!must(connection->create_job(job_of("c", "k", "key:bbbbbbbbbb"), day_before, many)).was_there);
  BOOST_TEST(!must(connection->create_job(job_of("d", "K"), day_before, many)).was_there);
  BOOST_TEST(!must(connection->create_job(job_of("e"), day_before, many)).was_there);
  BOOST_TEST(!must(connection->create_job(job_of("f"), day_before, many)).was_there);
  BOOST_TEST(kind.value("SELECT COUNT(*) FROM batch_jobs") == "5");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_idempotency_key_can_be_used_again_when_its_job_has_expired, Kind, both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  auto connection = connect(kind);
  must(connection->create_job(job_of("a", "k"), day_before, many));
  BOOST_TEST(must(connection->create_job(job_of("b", "k"), some_time - 1ms, many)).was_there);
  BOOST_TEST(!must(connection->create_job(job_of("b", "k"), some_time, many)).was_there);
  BOOST_TEST(!must(connection->read_job("key:aaaaaaaaaa", "a")));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(of_many_who_use_an_idempotency_key_at_once_one_creates_the_job, Kind, both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  std::vector<std::future<created_job>> racers;
  for (int i = 0; i < 8; ++i)
    racers.push_back(std::async(std::launch::async, [&kind, i] {
      auto connection = connect(kind);
      return must(connection->create_job(job_of("job " + std::to_string(i), "k"), day_before, many));
    }));
  std::set<std::string> ids;
  int created = 0;
  for (auto& each : racers) {
    auto made = each.get();
    ids.insert(made.job.id);
    created += made.was_there ? 0 : 1;
  }
  BOOST_TEST(ids.size() == 1u);
  BOOST_TEST(created == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_owner_with_too_many_unfinished_jobs_gets_no_other_but_their_own_again, Kind,
                              both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  auto connection = connect(kind);
  must(connection->create_job(job_of("a", "k"), day_before, 2));
  must(connection->create_job(job_of("b"), day_before, 2));
  auto refused = connection->create_job(job_of("c"), day_before, 2);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == error_code::queue_full));
  BOOST_TEST(must(connection->create_job(job_of("d", "k"), day_before, 2)).was_there);
  BOOST_TEST(!must(connection->create_job(job_of("e", "", "key:bbbbbbbbbb"), day_before, 2)).was_there);
  take(*connection, "node", 1);
  BOOST_TEST(must(connection->save_job(all_done(job_of("a", "k")), lease_of("node"))));
  BOOST_TEST(!must(connection->create_job(job_of("c"), day_before, 2)).was_there);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(jobs_are_leased_oldest_first_and_to_one_holder_only, Kind, both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  auto connection = connect(kind);
  auto older = job_of("b");
  older.created = some_time - 1ms;
  must(connection->create_job(job_of("a"), day_before, many));
  must(connection->create_job(older, day_before, many));
  BOOST_TEST(must(connection->count_free_jobs()) == 2u);
  BOOST_TEST((take(*connection, "one", 1) == std::vector{running(older)}));
  BOOST_TEST((take(*connection, "two", 2) == std::vector{running(job_of("a"))}));
  BOOST_TEST((take(*connection, "one", 2) == std::vector{running(older)})); // as before
  BOOST_TEST(take(*connection, "three").empty());
  BOOST_TEST(must(connection->count_free_jobs()) == 0u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(of_many_who_ask_at_once_each_job_goes_to_one, Kind, both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  auto connection = connect(kind);
  for (int i = 0; i < 20; ++i)
    must(connection->create_job(job_of("job " + std::to_string(i)), day_before, many));
  std::vector<std::future<std::vector<batch_job>>> racers;
  for (int i = 0; i < 5; ++i)
    racers.push_back(std::async(std::launch::async, [&kind, i] {
      auto mine = connect(kind);
      std::vector<batch_job> all;
      for (int round = 0; round < 4; ++round) { // a server may refuse one of two that block each other
        auto got = mine->lease_jobs(lease_of("node " + std::to_string(i)), 3, some_time);
        if (got)
          all = got->jobs;
      }
      return all;
    }));
  std::multiset<std::string> ids;
  for (auto& each : racers)
    for (const auto& job : each.get())
      ids.insert(job.id);
  BOOST_TEST(ids.size() == 20u);
  BOOST_TEST((std::set<std::string>{ids.begin(), ids.end()}.size() == 20u));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_job_whose_lease_has_run_out_goes_to_another_with_what_was_saved, Kind, both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  auto connection = connect(kind);
  must(connection->create_job(job_of("a"), day_before, many));
  BOOST_TEST(take(*connection, "one", 1, 0ms).size() == 1u);
  BOOST_TEST(must(connection->save_job(half_done(job_of("a")), lease_of("one", 0ms))));
  std::vector<batch_job> taken;
  BOOST_TEST(eventually(20s, [&] { return !(taken = take(*connection, "two")).empty(); }));
  auto expected = running(half_done(job_of("a")));
  BOOST_TEST((taken == std::vector{expected}));
  BOOST_TEST(!must(connection->save_job(all_done(job_of("a")), lease_of("one"))));
  BOOST_TEST((must(connection->read_job(expected.owner, "a")) == std::optional{expected}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_save_prolongs_the_lease, Kind, both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  auto connection = connect(kind);
  must(connection->create_job(job_of("a"), day_before, many));
  take(*connection, "one", 1, 0ms);
  BOOST_TEST(must(connection->save_job(half_done(job_of("a")), lease_of("one"))));
  BOOST_TEST(must(connection->save_job(half_done(job_of("a")), lease_of("one")))); // and nothing but the lease
  BOOST_TEST(take(*connection, "two").empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_job_that_is_done_is_leased_to_nobody, Kind, both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  auto connection = connect(kind);
  must(connection->create_job(job_of("a"), day_before, many));
  take(*connection, "one");
  auto done = all_done(job_of("a"));
  BOOST_TEST(must(connection->save_job(done, lease_of("one"))));
  BOOST_TEST(must(connection->save_job(done, lease_of("one")))); // as after an answer that was lost
  must(connection->hand_back_jobs("one"));
  BOOST_TEST(take(*connection, "one").empty());
  BOOST_TEST((must(connection->read_job(done.owner, "a")) == std::optional{done}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(jobs_that_are_handed_back_go_to_others_at_once, Kind, both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  auto connection = connect(kind);
  must(connection->create_job(job_of("a"), day_before, many));
  must(connection->create_job(job_of("b"), day_before, many));
  take(*connection, "one", 1);
  take(*connection, "two", 1);
  must(connection->hand_back_jobs("one"));
  BOOST_TEST(!must(connection->save_job(half_done(job_of("a")), lease_of("one"))));
  BOOST_TEST((take(*connection, "three") == std::vector{running(job_of("a"))}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(expired_jobs_are_forgotten_and_cannot_be_saved, Kind, both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  auto connection = connect(kind);
  auto later = job_of("b");
  later.created = some_time + 1ms;
  must(connection->create_job(job_of("a"), day_before, many));
  must(connection->create_job(later, day_before, many));
  take(*connection, "one");
  must(connection->delete_jobs(some_time));
  BOOST_TEST(kind.value("SELECT job_id FROM batch_jobs") == "b");
  BOOST_TEST(!must(connection->save_job(half_done(job_of("a")), lease_of("one"))));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_that_is_no_job_is_set_aside_and_hides_no_other, Kind, both_kinds) {
  Kind kind;
  must(kind.store()->migrate());
  auto connection = connect(kind);
  for (const auto* id : {"a", "b", "c", "d"})
    must(connection->create_job(job_of(id), day_before, many));
  kind.execute("UPDATE batch_jobs SET request = '{}' WHERE job_id = 'a'");
  kind.execute("UPDATE batch_jobs SET progress = '{\"version\":1,\"finished\":[{\"card\":7,\"number\":\"X\"}]}' "
               "WHERE job_id = 'b'");
  kind.execute("UPDATE batch_jobs SET progress = 'x' WHERE job_id = 'c'");
  auto leased = must(connection->lease_jobs(lease_of("one"), many, some_time));
  BOOST_TEST(leased.broken == 3u);
  BOOST_TEST((leased.jobs == std::vector{running(job_of("d"))}));
  auto again = must(connection->lease_jobs(lease_of("one"), many, some_time));
  BOOST_TEST(again.broken == 0u);
  auto read = connection->read_job("key:aaaaaaaaaa", "a");
  BOOST_REQUIRE(!read);
  BOOST_TEST((read.error().code == error_code::internal));
}

BOOST_AUTO_TEST_CASE(a_look_for_free_jobs_reads_no_others) {
  mysql_under_test kind;
  must(kind.store()->migrate());
  auto connection = connect(kind);
  for (int i = 0; i < 200; ++i) {
    must(connection->create_job(job_of("job " + std::to_string(i)), day_before, many * 10));
  }
  kind.execute("UPDATE batch_jobs SET lease_until = NULL");
  kind.execute("ANALYZE TABLE batch_jobs");
  auto session = must(mysql_session::open(kind.address(), {}));
  auto plan = must(session->query("EXPLAIN UPDATE batch_jobs SET state = 'running' WHERE lease_until <= "
                                  "UTC_TIMESTAMP(3) ORDER BY created_at LIMIT 2"));
  BOOST_TEST(plan.front()[5].value_or("") == "idx_batch_jobs_lease");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tessera::test
