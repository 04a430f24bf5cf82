#include "actors/alert_sender.hpp"

#include "tests/actors/threaded.hpp"

#include <boost/test/unit_test.hpp>
#include <httplib.h>
#include <rapidjson/document.h>

#include <atomic>
#include <memory>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;
using tessera::test::eventually;

namespace {

/// What Alertmanager would be.
struct receiver {
  receiver() {
    server.Post("/api/v2/alerts", [this](const httplib::Request& request, httplib::Response& response) {
      response.status = status;
      (status == 200 ? bodies : refused).put(request.body);
    });
    port = server.bind_to_any_port("127.0.0.1");
    thread = std::thread{[this] { server.listen_after_bind(); }};
    eventually(20s, [this] { return server.is_running(); });
  }
  ~receiver() {
    server.stop();
    thread.join();
  }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port) + "/api/v2/alerts";
  }

  httplib::Server server;
  std::atomic<int> status{200};
  inbox<std::string> bodies;
  inbox<std::string> refused;
  int port = 0;
  std::thread thread;
};

alert_notice notice(std::string id, std::uint64_t ended_ms = 0) {
  return {std::move(id), "critical",     "It is so",        "It means that",
          "Do this",     "91.0 percent", 1'800'000'000'000, ended_ms};
}

struct fixture {
  explicit fixture(std::string url) {
    auto node = std::make_shared<node_description>();
    node->name = "node \"one\"";
    alert_sender_settings settings;
    settings.url = std::move(url);
    settings.look_every = 1ms;
    settings.repeat_every = 1h;
    settings.backoff_min = 1ms;
    settings.backoff_max = 2ms;
    actor = system.spawn<caf::detached>(alert_sender, settings, node, alerts, &metrics, steady_clock_source());
  }
  ~fixture() {
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }

  std::shared_ptr<firing_alerts> alerts = std::make_shared<firing_alerts>();
  alert_sender_metrics metrics;
  threaded_config config;
  caf::actor_system system{config};
  alert_sender_actor actor;
};

} // namespace

BOOST_AUTO_TEST_SUITE(alert_sender_test)

BOOST_AUTO_TEST_CASE(an_alert_is_posted_as_alertmanager_takes_it) {
  receiver to;
  fixture f{to.url()};
  f.alerts->put(notice("breaker_open"));
  BOOST_REQUIRE(to.bodies.wait_for(1));
  rapidjson::Document body;
  body.Parse(to.bodies.all().at(0).c_str());
  BOOST_REQUIRE(body.IsArray());
  BOOST_REQUIRE(body.Size() == 1U);
  const auto& alert = body[0];
  BOOST_TEST(std::string{alert["labels"]["alertname"].GetString()} == "breaker_open");
  BOOST_TEST(std::string{alert["labels"]["instance"].GetString()} == "node \"one\"");
  BOOST_TEST(std::string{alert["labels"]["severity"].GetString()} == "critical");
  BOOST_TEST(std::string{alert["annotations"]["summary"].GetString()} == "It is so");
  BOOST_TEST(std::string{alert["startsAt"].GetString()} == "2027-01-15T08:00:00.000Z");
  BOOST_TEST(!alert.HasMember("endsAt"));
}

BOOST_AUTO_TEST_CASE(an_alert_that_ends_is_told_once_with_its_begin_and_forgotten) {
  receiver to;
  fixture f{to.url()};
  f.alerts->put(notice("hit_ratio"));
  BOOST_REQUIRE(to.bodies.wait_for(1));
  auto ended = notice("hit_ratio", 1'800'000'060'000);
  ended.began_ms = ended.ended_ms;
  f.alerts->put(ended);
  BOOST_REQUIRE(to.bodies.wait_for(2));
  BOOST_TEST(to.bodies.all().at(1).find(R"("startsAt":"2027-01-15T08:00:00.000Z","endsAt":"2027-01-15T08:01:00.000Z")")
             != std::string::npos);
  BOOST_TEST(eventually(20s, [&] { return f.alerts->current().notices.empty(); }));
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.waiting) == 0; }));
}

BOOST_AUTO_TEST_CASE(what_the_receiver_refuses_is_sent_again_until_it_is_taken) {
  receiver to;
  to.status = 500;
  fixture f{to.url()};
  f.alerts->put(notice("cpu"));
  BOOST_REQUIRE(to.refused.wait_for(3));
  BOOST_TEST(read(f.metrics.waiting) == 1U);
  to.status = 200;
  BOOST_REQUIRE(to.bodies.wait_for(1));
  BOOST_TEST(read(f.metrics.failed) >= 3U);
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.sent) == 1; }));
}

BOOST_AUTO_TEST_CASE(an_alert_that_ended_while_nobody_was_there_is_told_as_ended_and_others_are_there_once) {
  auto to = std::make_unique<receiver>();
  to->status = 503;
  fixture f{to->url()};
  for (int i = 0; i < 20; ++i) {
    f.alerts->put(notice("memory"));
    f.alerts->put(notice("memory", 1'800'000'060'000));
  }
  f.alerts->put(notice("cpu"));
  BOOST_REQUIRE(to->refused.wait_for(2));
  BOOST_TEST(f.alerts->current().notices.size() == 2U);
  to->status = 200;
  BOOST_REQUIRE(to->bodies.wait_for(1));
  rapidjson::Document body;
  body.Parse(to->bodies.all().at(0).c_str());
  BOOST_TEST(body.Size() == 2U);
  BOOST_TEST(eventually(20s, [&] { return f.alerts->current().notices.size() == 1; }));
}

BOOST_AUTO_TEST_CASE(a_webhook_that_is_not_there_is_counted_and_holds_nobody_up) {
  int port = 0;
  {
    receiver gone;
    port = gone.port;
  }
  fixture f{"http://127.0.0.1:" + std::to_string(port) + "/hook"};
  f.alerts->put(notice("cpu"));
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.failed) >= 2; }));
}

BOOST_AUTO_TEST_SUITE_END()
