#include "actors/cache.hpp"

#include "deterministic.hpp"
#include "recorders.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>

namespace {

using namespace tessera;
using namespace tessera::testing;
using namespace std::chrono_literals;

id_number number(std::uint64_t n) {
  return *id_number::from_packed(8001015009000 + n);
}

struct fixture {
  deterministic_system world;
  cache_metrics metrics;
  gateway_record answered;
  lookup_record missed;
  maintenance_record told;
  gateway_actor asker = world.spawn(recording_gateway, &answered);
  lookup_actor lookup = world.spawn(recording_lookup, &missed);
  maintenance_actor keeper = world.spawn(recording_maintenance, &told);
  cache_actor sut = world.spawn(cache, l1_settings{.bytes = 4 << 20, .negative_bytes = 1 << 20, .jitter = 0}, 2u,
                                std::uint64_t{7}, &metrics, world.clock());
  body_ptr body = shared_body::make("text", "packed", 1);

  static lookup_request request(std::uint64_t n) {
    return {{static_cast<std::uint32_t>(n), 1}, number(n), 1000};
  }
  void probe(std::vector<std::uint64_t> numbers, std::uint32_t hop = 0) {
    cache_probe made{asker, lookup, {}, hop};
    for (auto n : numbers)
      made.requests.push_back(request(n));
    world.send(sut, made);
  }
  load_stamp stamp() {
    world.send(sut, resolve_alias{keeper, 0, {}});
    return told.aliases.back().stamp;
  }
  void fill(filled_member member, bool alias_only = false) {
    world.send(sut, cache_fill{{std::move(member)}, alias_only});
  }
  std::optional<id_number> resolve(std::uint64_t id) {
    world.send(sut, resolve_alias{keeper, 5, member_id{id}});
    const auto& last = told.aliases.back();
    BOOST_TEST(last.job == 5u);
    return last.known ? std::optional{last.number} : std::nullopt;
  }
};

BOOST_FIXTURE_TEST_SUITE(cache_test, fixture)

BOOST_AUTO_TEST_CASE(a_batch_is_split_into_one_message_of_answers_and_one_of_misses) {
  auto mark = stamp();
  fill({number(1), member_id{11}, body, mark, 2'500, 60'000});
  fill({number(2), {}, nullptr, mark, 0, 0});
  probe({1, 2, 3, 1});
  BOOST_REQUIRE(answered.answers.size() == 3u);
  BOOST_TEST(answered.answer_messages == 1u);
  const auto& hit = answered.answers[0];
  BOOST_TEST((hit.to == ticket{1, 1}));
  BOOST_TEST((hit.error == error_code::none));
  BOOST_TEST(hit.body.get() == body.get());
  BOOST_TEST((hit.from == origin::l1));
  BOOST_TEST(hit.age_s == 2u);
  BOOST_TEST(hit.fresh_left_s == 57);
  BOOST_TEST(hit.stale_for_ms == 0u);
  BOOST_TEST((answered.answers[1].to == ticket{2, 1}));
  BOOST_TEST((answered.answers[1].error == error_code::not_found));
  BOOST_TEST(!answered.answers[1].body);
  BOOST_REQUIRE(missed.misses.size() == 1u);
  BOOST_TEST((missed.misses[0].asker == asker));
  BOOST_REQUIRE(missed.misses[0].misses.size() == 1u);
  BOOST_TEST((missed.misses[0].misses[0].request == request(3)));
  BOOST_TEST(!missed.misses[0].misses[0].stale);
  BOOST_TEST(read(metrics.hits) == 2u);
  BOOST_TEST(read(metrics.negative_hits) == 1u);
  BOOST_TEST(read(metrics.misses) == 1u);
  BOOST_TEST(read(metrics.entries) == 1u);
  BOOST_TEST(read(metrics.negative_entries) == 1u);
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_where_there_is_nothing_to_say) {
  probe({1});
  BOOST_TEST(answered.answer_messages == 0u);
  fill({number(1), {}, body, missed.misses[0].misses[0].stamp, 0, 60'000});
  probe({1});
  BOOST_TEST(answered.answer_messages == 1u);
  BOOST_TEST(missed.misses.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_timed_hop_is_told_with_the_answers_or_without) {
  probe({1}, 7);
  BOOST_TEST(answered.answer_messages == 1u);
  BOOST_TEST(answered.answers.empty());
  BOOST_TEST(answered.last_hop == 7u);
  fill({number(1), {}, body, missed.misses[0].misses[0].stamp, 0, 60'000});
  probe({1}, 8);
  BOOST_TEST(answered.answer_messages == 2u);
  BOOST_TEST(answered.answers.size() == 1u);
  BOOST_TEST(answered.last_hop == 8u);
}

BOOST_AUTO_TEST_CASE(what_is_no_longer_fresh_goes_along_with_the_miss) {
  fill({number(1), {}, body, stamp(), 1'000, 10'000});
  world.advance(9'001ms);
  probe({1});
  BOOST_TEST(answered.answers.empty());
  BOOST_REQUIRE(missed.misses.size() == 1u);
  const auto& miss = missed.misses[0].misses.at(0);
  BOOST_TEST(miss.stale.get() == body.get());
  BOOST_TEST(miss.stale_age_s == 10u);
  BOOST_TEST(miss.stale_for_ms == 1u);
  BOOST_TEST(read(metrics.stale_found) == 1u);
  BOOST_TEST(read(metrics.misses) == 0u);
}

BOOST_AUTO_TEST_CASE(a_load_that_began_before_an_invalidation_is_not_kept) {
  probe({1});
  auto before = missed.misses[0].misses[0].stamp;
  world.send(sut, invalidate{keeper, 9, number(1), member_id{11}});
  BOOST_REQUIRE(told.cleared.size() == 1u);
  BOOST_TEST((told.cleared[0] == invalidated{9, 2}));
  fill({number(1), member_id{11}, body, before, 0, 60'000});
  probe({1});
  BOOST_TEST(answered.answers.empty());
  BOOST_TEST(!resolve(11));
  BOOST_TEST(read(metrics.refused_fills) == 1u);
  BOOST_TEST(read(metrics.invalidations) > 0u);
  fill({number(1), member_id{11}, body, missed.misses.back().misses[0].stamp, 0, 60'000});
  probe({1});
  BOOST_TEST(answered.answers.size() == 1u);
}

BOOST_AUTO_TEST_CASE(both_keys_are_forgotten) {
  fill({number(1), member_id{11}, body, stamp(), 0, 60'000});
  BOOST_TEST((resolve(11) == number(1)));
  world.send(sut, invalidate{keeper, 9, number(1), member_id{11}});
  BOOST_TEST(!resolve(11));
  probe({1});
  BOOST_TEST(answered.answers.empty());
}

BOOST_AUTO_TEST_CASE(an_alias_of_another_shards_member_is_kept_without_its_record) {
  fill({number(1), member_id{11}, nullptr, load_stamp{12345}, 0, 0}, true);
  BOOST_TEST((resolve(11) == number(1)));
  probe({1});
  BOOST_TEST(missed.misses.size() == 1u);
  BOOST_TEST(read(metrics.negative_entries) == 0u);
}

BOOST_AUTO_TEST_CASE(an_alias_that_may_have_been_loaded_before_an_invalidation_is_not_kept) {
  world.send(sut, invalidate{keeper, 9, number(1), member_id{11}});
  fill({number(1), member_id{11}, nullptr, {}, 0, 0}, true);
  BOOST_TEST(!resolve(11));
  world.advance(5'001ms);
  fill({number(1), member_id{11}, nullptr, {}, 2, 0}, true);
  BOOST_TEST(!resolve(11));
  fill({number(1), member_id{11}, nullptr, {}, 0, 0}, true);
  BOOST_TEST((resolve(11) == number(1)));
}

BOOST_AUTO_TEST_CASE(an_alias_is_kept_whoever_else_is_invalidated) {
  world.send(sut, invalidate{keeper, 9, number(1), member_id{11}});
  fill({number(2), member_id{12}, nullptr, {}, 100, 0}, true);
  BOOST_TEST((resolve(12) == number(2)));
  world.send(sut, invalidate_all{keeper, 10});
  BOOST_TEST(!resolve(12));
  fill({number(2), member_id{12}, nullptr, {}, 0, 0}, true);
  BOOST_TEST(!resolve(12));
}

BOOST_AUTO_TEST_CASE(a_load_that_took_no_stamp_is_kept_by_its_age) {
  auto fill_by_age = [&](std::uint32_t age_ms) {
    world.send(sut, cache_fill{{{number(1), member_id{11}, body, {}, age_ms, 60'000}}, false, true});
  };
  auto is_kept = [&] {
    auto before = answered.answers.size();
    probe({1});
    return answered.answers.size() > before;
  };
  fill_by_age(2'500);
  BOOST_TEST(is_kept());
  BOOST_TEST(answered.answers.back().age_s == 2u);
  BOOST_TEST((resolve(11) == number(1)));
  // What may have begun before an invalidation is refused: ages are believed to 5 s, and stamps are kept by the second.
  world.send(sut, invalidate{keeper, 9, number(1), member_id{11}});
  fill_by_age(0);
  BOOST_TEST(!is_kept());
  BOOST_TEST(!resolve(11));
  world.advance(7'500ms);
  fill_by_age(2'500);
  BOOST_TEST(!is_kept());
  BOOST_TEST(read(metrics.refused_fills) == 2u);
  fill_by_age(0);
  BOOST_TEST(is_kept());
  BOOST_TEST((resolve(11) == number(1)));
}

BOOST_AUTO_TEST_CASE(figures_are_published_by_reading_too) {
  fill({number(1), {}, nullptr, stamp(), 0, 0});
  world.advance(10'001ms);
  BOOST_TEST(read(metrics.negative_entries) == 1u);
  for (int batch = 0; batch < 256; ++batch)
    probe({1});
  BOOST_TEST(read(metrics.negative_entries) == 0u);
  BOOST_TEST(read(metrics.byte_limit) > 0u);
}

BOOST_AUTO_TEST_CASE(it_survives_errors_and_ends_when_told_to) {
  caf::anon_send(caf::actor_cast<caf::actor>(sut), caf::make_error(caf::sec::runtime_error));
  world.run();
  BOOST_TEST(read(metrics.failures) == 1u);
  probe({1});
  BOOST_TEST(missed.misses.size() == 1u);
  caf::anon_send_exit(sut, caf::exit_reason::normal);
  world.run();
  probe({1});
  BOOST_TEST(missed.misses.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
