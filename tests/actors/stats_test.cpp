#include "actors/stats.hpp"

#include "tests/actors/threaded.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;
using tessera::test::eventually;

namespace {

struct fixture {
  explicit fixture(alert_settings alerts = {}) {
    auto node = std::make_shared<node_description>();
    node->name = "node";
    node->started_ms = wall;
    node->queue_limit = 100;
    node->tickets_limit = 100;
    node->pool_queue_limit = 100;
    node_facts facts;
    facts.now = node_facts::phase::ready;
    facts.connection_limit = 1'000;
    desk->sources = {&metrics, node, [facts] { return facts; }, suspects};
    note_life(metrics.pool, true);
    note_life(metrics.gateways[0], true);
    // Samples as fast as they can be taken, each a second later than the last.
    stats_settings settings;
    settings.interval = 1ms;
    settings.alerts = alerts;
    auto clock = [this] { return steady_time{1h} + std::chrono::milliseconds{ms.load()}; };
    actor = system.spawn<caf::detached>(stats, settings, desk, &metrics.stats, clock, [this] { return wall + ms; });
  }
  ~fixture() {
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }

  /// Lets a second pass and returns a sample that was taken after it.
  std::shared_ptr<const stats_snapshot> step() {
    ms += 1'000;
    std::shared_ptr<const stats_snapshot> found;
    BOOST_REQUIRE(eventually(20s, [&] {
      found = desk->newest.get();
      return found && found->at_ms >= wall + ms;
    }));
    return found;
  }

  const alert_status& alert(const stats_snapshot& in, std::string_view id) const {
    auto rule = std::ranges::find(*in.rules, id, &alert_rule::id);
    BOOST_REQUIRE((rule != in.rules->end()));
    return in.alerts[static_cast<std::size_t>(rule - in.rules->begin())];
  }

  std::vector<std::string> events(event_kind kind) const {
    std::vector<std::string> texts;
    for (const auto& each : desk->events.newest(500))
      if (each.kind == kind)
        texts.push_back(each.subject + ": " + each.text);
    return texts;
  }

  static constexpr std::uint64_t wall = 1'800'000'000'000;
  std::atomic<std::uint64_t> ms{0};
  node_metrics metrics{1, 0, 1};
  std::shared_ptr<suspect_list> suspects = std::make_shared<suspect_list>();
  std::shared_ptr<stats_desk> desk = std::make_shared<stats_desk>();
  threaded_config config;
  caf::actor_system system{config};
  stats_actor actor;
};

} // namespace

BOOST_AUTO_TEST_SUITE(stats_test)

BOOST_AUTO_TEST_CASE(every_rule_has_a_value_a_meaning_and_an_advice) {
  fixture f;
  auto sample = f.step();
  BOOST_REQUIRE(sample->alerts.size() == node_alert_rules({}).size());
  for (const auto& rule : *sample->rules) {
    BOOST_TEST_CONTEXT(rule.id) {
      BOOST_TEST(!rule.summary.empty());
      BOOST_TEST(!rule.meaning.empty());
      BOOST_TEST(!rule.advice.empty());
      BOOST_TEST(!rule.unit.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(what_actors_count_is_in_the_next_sample) {
  fixture f;
  f.step();
  add(f.metrics.gateways[0].requests, 70);
  f.metrics.gateways[0].response_times[0].record(2ms, 70);
  auto sample = f.step();
  BOOST_TEST(sample->totals.requests == 70U);
  BOOST_TEST(sample->window.per_s(&node_totals::requests) > 0);
  BOOST_TEST(sample->responses.total.count() == 70U);
  BOOST_TEST(sample->window.mean_response_ms().value_or(0) == 2.0);
  auto gateway = std::ranges::find(sample->actors, "gateway", &actor_row::kind);
  BOOST_REQUIRE((gateway != sample->actors.end()));
  BOOST_TEST(gateway->alive);
  BOOST_TEST(!std::ranges::count(sample->actors, "renderer", &actor_row::kind)); // was never started
}

BOOST_AUTO_TEST_CASE(an_open_breaker_is_an_alert_an_event_and_a_degraded_node_and_ends_so) {
  fixture f;
  BOOST_TEST((f.step()->state.word == health_word::ok));
  f.metrics.pool.changes.put(std::make_shared<breaker_changes>(
      breaker_changes{{fixture::wall + 500, circuit_breaker::state::closed, circuit_breaker::state::open,
                       circuit_breaker::reason::failures_in_a_row}}));
  set(f.metrics.pool.breaker_state, 2);
  set(f.metrics.pool.available, 0);
  auto sample = f.step();
  if (f.alert(*sample, "breaker_open").state != alert_state::firing) // sampled in between
    sample = f.step();
  BOOST_TEST((f.alert(*sample, "breaker_open").state == alert_state::firing));
  BOOST_TEST((sample->state.word == health_word::degraded));
  BOOST_TEST(sample->state.cause == "The database's circuit breaker is not closed");
  BOOST_TEST(f.events(event_kind::breaker).at(0) == "db_pool: closed to open: too many failures in a row");
  BOOST_REQUIRE(f.desk->alerts->current().notices.size() == 1U);
  BOOST_TEST(f.desk->alerts->current().notices[0].ended_ms == 0U);

  set(f.metrics.pool.breaker_state, 0);
  set(f.metrics.pool.available, 1);
  f.step();
  sample = f.step();
  BOOST_TEST((f.alert(*sample, "breaker_open").state == alert_state::ok));
  BOOST_TEST((sample->state.word == health_word::ok));
  auto notice = f.desk->alerts->current().notices.at(0);
  BOOST_TEST(notice.ended_ms > notice.began_ms);
}

BOOST_AUTO_TEST_CASE(a_threshold_of_0_turns_an_alert_off) {
  alert_settings settings;
  settings.queue_percent = 0;
  fixture f{settings};
  set(f.metrics.admission.waiting, 100);
  for (int i = 0; i < 5; ++i)
    f.step();
  auto sample = f.step();
  BOOST_TEST((f.alert(*sample, "queue_full").state == alert_state::off));
  BOOST_TEST(*f.alert(*sample, "queue_full").value == 100);
}

BOOST_AUTO_TEST_CASE(a_full_queue_fires_after_some_seconds_and_is_the_narrowest_stage) {
  fixture f;
  f.step();
  set(f.metrics.admission.waiting, 95);
  f.step();
  BOOST_TEST((f.alert(*f.step(), "queue_full").state == alert_state::pending));
  for (int i = 0; i < 4; ++i)
    f.step();
  auto sample = f.step();
  BOOST_TEST((f.alert(*sample, "queue_full").state == alert_state::firing));
  BOOST_TEST(sample->saturation[static_cast<std::size_t>(stage::queue)] == 0.95);
}

BOOST_AUTO_TEST_CASE(a_restart_is_an_event) {
  fixture f;
  f.step();
  add(f.metrics.pool.restarts);
  note_failure(f.metrics.pool, error_code::interrupted);
  f.step();
  auto sample = f.step();
  BOOST_TEST(f.events(event_kind::restart).at(0) == "db_pool 0: ended and was replaced (1 so far)");
  auto pool = std::ranges::find(sample->actors, "db_pool", &actor_row::kind);
  BOOST_TEST(pool->restarts == 1U);
  BOOST_TEST((pool->failed_with == error_code::interrupted));
  BOOST_TEST(pool->failed_at_ms > 0U);
}

BOOST_AUTO_TEST_CASE(a_node_whose_responses_are_mostly_errors_is_down) {
  fixture f;
  f.step();
  for (int i = 0; i < 3; ++i) {
    add(f.metrics.gateways[0].responses_5xx, 90);
    add(f.metrics.gateways[0].responses_2xx, 10);
    add(f.metrics.gateways[0].errors[static_cast<std::size_t>(error_code::database_unavailable)], 90);
    f.step();
  }
  BOOST_TEST((f.step()->state.word == health_word::down));
}

BOOST_AUTO_TEST_CASE(a_suspect_is_an_alert) {
  fixture f;
  f.suspects->add({{77}, guess_fault::misses, steady_time{1h}, steady_time{2h}});
  f.step();
  auto sample = f.step();
  BOOST_TEST(sample->suspects.size() == 1U);
  BOOST_TEST((f.alert(*sample, "enumeration_suspected").state == alert_state::firing));
}

BOOST_AUTO_TEST_CASE(a_clock_that_jumps_is_an_alert) {
  node_alert_values values;
  stats_snapshot sample;
  sample.node = std::make_shared<node_description>();
  auto jump = [&](double offset) {
    sample.clock_offset_s = offset;
    auto found = values.of(sample);
    auto rules = node_alert_rules({});
    auto rule = std::ranges::find(rules, "clock_jump", &alert_rule::id);
    return *found.at(static_cast<std::size_t>(rule - rules.begin()));
  };
  BOOST_TEST(jump(0) == 0);
  BOOST_TEST(jump(-3600) == 3600);
  for (int i = 0; i < 60; ++i)
    jump(-3600);
  BOOST_TEST(jump(-3600) == 0);
}

BOOST_AUTO_TEST_CASE(the_history_holds_each_second) {
  fixture f;
  for (int i = 0; i < 5; ++i) {
    add(f.metrics.gateways[0].requests, 10);
    f.step();
  }
  auto columns = f.desk->history.get(metric_history::range::ten_minutes);
  BOOST_TEST(columns.at_s.size() >= 4U);
  auto requests = columns.mean[index_of_series("requests_per_s")];
  BOOST_TEST(*std::ranges::max_element(requests) > 0);
}

BOOST_AUTO_TEST_SUITE_END()
