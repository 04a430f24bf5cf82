#include "tests/faults/actor_view.hpp"

#include "messages/types.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <stdexcept>

using namespace std::chrono_literals;

namespace tessera::test {

actor_view::actor_view(const node& whose) : node_(whose), root_(whose.supervisor()), self_(root_.home_system()) {
  self_->send(root_, subscribe_directory{caf::actor_cast<gateway_actor>(self_)});
  self_->receive([this](const directory& first) { here_ = first; },
                 caf::after(20s) >> [] { throw std::runtime_error("no directory comes"); });
}

const directory& actor_view::newest() {
  bool more = true;
  while (more)
    self_->receive([this](const directory& next) { here_ = next; }, caf::after(0ms) >> [&] { more = false; });
  return here_;
}

caf::actor actor_view::worker() {
  caf::scoped_actor asker{root_.home_system()};
  load_batch batch{caf::actor_cast<load_client_actor>(asker), {{member_key::kind::id, 1}}, 5'000};
  asker->send(newest().pool, std::move(batch));
  caf::actor found;
  asker->receive(
      [&](const load_answers& answers) {
        auto error = answers.answers.at(0).error;
        if (error == error_code::none || error == error_code::not_found) // else it is the pool that refuses
          found = caf::actor_cast<caf::actor>(asker->current_sender());
      },
      caf::after(5s) >> [] {});
  return found;
}

template <class Handle>
caf::actor actor_view::plain(const Handle& typed) {
  return caf::actor_cast<caf::actor>(typed);
}

std::vector<actor_view::victim> actor_view::victims() {
  std::vector<victim> all;
  auto shards = newest().lookups.size();
  for (std::size_t i = 0; i < shards; ++i) {
    all.push_back({"lookup " + std::to_string(i), [this, i] { return plain(newest().lookups[i]); }});
    all.push_back({"cache " + std::to_string(i), [this, i] { return plain(newest().caches[i]); }});
  }
  for (std::size_t i = 0; i < newest().redis.size(); ++i)
    all.push_back({"redis " + std::to_string(i), [this, i] { return plain(newest().redis[i]); }, true, true});
  for (std::size_t i = 0; i < newest().issuers.size(); ++i)
    all.push_back({"card_issuer " + std::to_string(i), [this, i] { return plain(newest().issuers[i]); }});
  for (std::size_t i = 0; i < newest().renderers.size(); ++i)
    all.push_back({"renderer " + std::to_string(i), [this, i] { return plain(newest().renderers[i]); }});
  for (std::size_t i = 0; i < node_.gateways().size(); ++i)
    all.push_back({"gateway " + std::to_string(i), [this, i] { return plain(node_.gateways()[i]); }});
  all.push_back({"admission", [this] { return plain(newest().admission); }});
  all.push_back({"db_pool", [this] { return plain(newest().pool); }});
  all.push_back({"db_worker", [this] { return worker(); }, false, true});
  all.push_back({"maintenance", [this] { return plain(newest().maintenance); }});
  all.push_back({"store_writer", [this] { return plain(newest().writer); }, true, true});
  all.push_back({"key_keeper", [this] { return plain(newest().key_keeper); }, true, true});
  all.push_back({"card_keeper", [this] { return plain(newest().card_keeper); }, true, true});
  all.push_back({"change_reader", [this] { return plain(newest().change_reader); }, true, true});
  all.push_back({"batch_coordinator", [this] { return plain(newest().batches); }});
  all.push_back({"job_keeper", [this] { return plain(newest().jobs); }, true, true});
  if (newest().limit_sharer)
    all.push_back({"limit_sharer", [this] { return plain(newest().limit_sharer); }, true, true});
  return all;
}

std::uint64_t restarts(const node_metrics& metrics) {
  std::uint64_t sum = 0;
  auto count = [&](const actor_metrics& each) { sum += read(each.restarts); };
  for (const auto& each : metrics.caches)
    count(each);
  for (const auto& each : metrics.lookups)
    count(each);
  for (const auto& each : metrics.cards)
    count(each);
  for (const auto& each : metrics.renderers)
    count(each);
  for (const auto& each : metrics.redis)
    count(each);
  for (const auto& each : metrics.gateways)
    count(each);
  count(metrics.limit_sharer);
  count(metrics.admission);
  count(metrics.pool);
  count(metrics.writer);
  count(metrics.keys);
  count(metrics.card_keeper);
  count(metrics.changes);
  count(metrics.maintenance);
  count(metrics.batches);
  count(metrics.jobs);
  return sum;
}

} // namespace tessera::test
