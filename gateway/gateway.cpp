#include "gateway/gateway.hpp"

#include "messages/types.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/spawn_options.hpp>
#include <spdlog/spdlog.h>

namespace tessera {

namespace {

/// What one read takes at most; a whole request with its body fits.
constexpr std::size_t scratch_size = 128 * 1024;

utc_time wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

session_limits limits_of(const gateway_settings& settings) {
  session_limits limits;
  limits.head = {settings.max_head_bytes, settings.max_target_bytes};
  limits.body_bytes = settings.max_body_bytes;
  limits.pipelined = std::min(settings.max_pipelined, session::most_pipelined);
  limits.unwritten_bytes = settings.max_unwritten_bytes;
  return limits;
}

} // namespace

gateway::gateway(caf::actor_system& system, const gateway_settings& settings, node_status& status,
                 const node_metrics& metrics, gateway_metrics& mine, std::uint64_t seed)
    : settings_(settings), status_(status), all_metrics_(metrics), metrics_(mine), loop_(system),
      owner_(
          caf::actor_cast<caf::strong_actor_ptr>(system.spawn<hosted_actor>(&loop_.unit(), [this] { loop_.wake(); }))),
      actor_(static_cast<hosted_actor*>(caf::actor_cast<caf::abstract_actor*>(owner_))),
      self_(caf::actor_cast<gateway_actor>(owner_)), limits_(limits_of(settings)),
      tickets_(std::max<std::size_t>(1, settings.max_tickets / std::max(1u, settings.io_loops))),
      started_(clock::now()), now_(started_), responder_(settings.cors_origins, seed), scratch_(scratch_size) {
  actor_->become(caf::behavior{
      [this](const lookup_answers& answers) { on_answers(answers); },
      [this](const maintenance_done& done) { on_maintenance(done); },
      [this](const directory& where) { on_directory(where); },
  });
  // What another actor got wrong must not end the one that holds the connections.
  actor_->set_error_handler([](caf::error&) {});
  actor_->set_down_handler([](caf::down_msg&) {});
  actor_->set_default_handler(caf::drop);
  loop_.attach(*this, *actor_);
}

gateway::~gateway() = default;

gateway_actor gateway::handle() const {
  return self_;
}

void gateway::run() {
  begin_round();
  loop_.run();
  for (auto& open : sessions_)
    if (open)
      close(*open);
}

void gateway::drain() {
  loop_.post([this] { start_drain(); });
}

void gateway::stop() {
  loop_.stop();
}

void gateway::retire() {
  actor_->close();
  actor_ = nullptr;
  self_ = nullptr;
  directory_ = {};
  owner_ = nullptr;
}

void gateway::begin_round() {
  now_ = clock::now();
  responder_.set_time(wall_clock());
}

bool gateway::send_gathered() {
  for (std::size_t i = 0; i < to_resume_.size(); ++i) { // resuming may add more
    auto* waiting = find_session(to_resume_[i]);
    if (!waiting)
      continue;
    auto next_before = waiting->next_sequence();
    if (waiting->resume())
      note_receiving(*waiting, next_before);
    else
      close(*waiting);
  }
  to_resume_.clear();
  bool any = false;
  for (std::size_t shard = 0; shard < gathering_.size(); ++shard) {
    if (!abandoned_[shard].empty()) {
      actor_->send(directory_.lookups[shard], abandon{self_, std::exchange(abandoned_[shard], {})});
      any = true;
    }
    auto& requests = gathering_[shard];
    if (requests.empty())
      continue;
    any = true;
    add(metrics_.batches);
    auto size = requests.size();
    actor_->send(directory_.lookups[shard], lookup_batch{self_, std::move(requests)});
    requests = {};
    requests.reserve(size); // the next batch will be about as large
  }
  return any;
}

bool gateway::end_round() {
  for (std::size_t i = 0; i < with_output_.size(); ++i) {
    auto* writer = find_session(with_output_[i]);
    if (!writer)
      continue;
    writer->active_tick = session_deadlines_.now();
    flush(*writer);
  }
  with_output_.clear();
  const auto& classes = responder_.classes();
  set(metrics_.responses_2xx, classes[2]);
  set(metrics_.responses_3xx, classes[3]);
  set(metrics_.responses_4xx, classes[4]);
  set(metrics_.responses_5xx, classes[5]);
  set(metrics_.tickets, tickets_.size());
  return !to_resume_.empty();
}

void gateway::on_tick() {
  auto tick = static_cast<std::uint64_t>((now_ - started_) / event_loop::tick_length);
  session_deadlines_.advance(tick, [this](std::uint32_t index) { on_session_deadline(index); });
  ticket_deadlines_.advance(tick, [this](std::uint32_t slot) { on_ticket_deadline(slot); });
  if (!accepting_ && tick >= accept_again_tick_)
    resume_accepting();
}

} // namespace tessera
