#include "messages/types.hpp"
#include "tests/faults/node_fixture.hpp"
#include "tests/integration/http/event_stream.hpp"
#include "tests/integration/http/foreign_batch.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

using namespace tessera;
using namespace tessera::test;

namespace {

const std::string batches = "/api/v1/batches";

/// A node with a batch that another node is at work on.
struct fixture : private sample_store, node_fixture {
  fixture() : node_fixture(sample_store::url()), batch(*this) {
    start(small());
  }

  actor_view::victim find(actor_view& actors, std::string_view name) const {
    auto all = actors.victims();
    return *std::ranges::find(all, name, &actor_view::victim::name);
  }

  using sample_store::query;
  foreign_batch batch;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(streams_test, fixture)

BOOST_AUTO_TEST_CASE(a_stream_goes_on_when_those_who_tell_of_the_batch_are_replaced_again_and_again) {
  std::vector<raw_connection> connections;
  std::vector<event_stream> streams;
  connections.reserve(8); // streams refer to them
  for (int i = 0; i < 8; ++i) {
    connections.emplace_back(sut->port(), raw_connection::options{.timeout = patience});
    connections.back().send(request("GET", batch.path() + "/events"));
    BOOST_TEST(streams.emplace_back(connections.back()).next_named().value().id == "0");
  }
  auto await = [&](const std::string& id) {
    for (auto& stream : streams) {
      auto event = stream.next();
      for (int quiet = 0; event && event->id != id; event = stream.next()) { // each successor tells all anew
        quiet += event->name.empty() ? 1 : 0;
        BOOST_TEST_REQUIRE(quiet < 3); // half a minute of comments
      }
      BOOST_TEST(event.has_value());
    }
  };
  {
    // Not the next one before the last one's successor has told of the batch: what is lost twice in between is refused.
    actor_view actors{*sut};
    replace(find(actors, "job_keeper"), reasons[0]);
    await("0");
    replace(find(actors, "gateway 0"), reasons[0]);
    replace(find(actors, "gateway 1"), reasons[1]);
    batch.finish(1);
    await("1");
    replace(find(actors, "job_keeper"), reasons[1]);
    await("1");
  }
  batch.finish(2);
  await("2");
  for (auto& stream : streams)
    BOOST_TEST(!stream.next().has_value());
  BOOST_TEST(fatal_reasons().empty());
}

BOOST_AUTO_TEST_CASE(batches_are_opened_and_found_while_their_keeper_is_replaced) {
  std::atomic<bool> stop{false};
  std::atomic<int> opened{0};
  std::atomic<int> found{0};
  std::string odd;
  std::thread client{[&] {
    for (int i = 0; !stop; ++i) {
      auto key = "Idempotency-Key: " + std::to_string(i) + "\r\n";
      auto answer = ask(sut->port(), json_request("POST", batches, R"({"issued_by":"a","member_ids":["1"]})", key));
      auto shown = get(sut->port(), batch.path());
      opened += answer.status == 202 || answer.status == 200;
      found += shown.status == 200;
      for (const auto& each : {answer, shown})
        if (each.status != 200 && each.status != 202 && each.status != 503)
          odd = each.body;
    }
  }};
  {
    actor_view actors{*sut};
    auto keeper = find(actors, "job_keeper");
    for (int i = 0; i < 3; ++i) {
      auto before = opened.load();
      BOOST_TEST(eventually(patience, [&] { return opened > before + 5; }));
      replace(keeper, reasons[i % 2]);
    }
    auto before = opened.load();
    BOOST_TEST(eventually(patience, [&] { return opened > before + 5; }));
  }
  stop = true;
  client.join();
  BOOST_TEST(odd == "");
  BOOST_TEST(found > 0);
  auto keys = query("SELECT COUNT(*) AS n FROM batch_jobs WHERE idempotency_key IS NOT NULL").at(0).at("n");
  BOOST_TEST(std::stoi(keys) >= opened);
}

BOOST_AUTO_TEST_SUITE_END()
