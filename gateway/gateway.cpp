#include "gateway/gateway.hpp"

#include "actors/furniture.hpp"
#include "cards/wall_clock.hpp"
#include "messages/types.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/spawn_options.hpp>
#include <spdlog/spdlog.h>

namespace tessera {

namespace {

/// What one read takes at most; a whole request with its body fits.
constexpr std::size_t scratch_size = 128 * 1024;

/// How many sessions and how many requests one round ends at most because their time is up.
constexpr std::size_t deadlines_per_round = 4;

/// Thousands of sessions that came together would end together, and hold up those that are served. So one in so many of
/// those that are open is ended at once, and the next after a pause: all within some seconds, and those that come again
/// in their place come as slowly.
constexpr std::size_t open_sessions_per_ended = 2'048;
constexpr std::chrono::milliseconds ending_pause{5};

session_limits limits_of(const gateway_settings& settings) {
  session_limits limits;
  limits.head = {settings.max_head_bytes, settings.max_target_bytes};
  limits.body_bytes = settings.max_body_bytes;
  limits.pipelined = std::min(settings.max_pipelined, session::most_pipelined);
  limits.unwritten_bytes = settings.max_unwritten_bytes;
  return limits;
}

} // namespace

gateway::gateway(gateway_context context)
    : system_(context.system), settings_(context.settings), status_(context.status), protection_(context.shared),
      door_(context.shared, std::move(context.keys)), verification_shows_names_(context.cards.full_names),
      signing_(std::move(context.signing)), ledger_(std::move(context.ledger)), all_metrics_(context.metrics),
      metrics_(context.mine), supervisor_(std::move(context.supervisor)), on_fatal_(std::move(context.on_fatal)),
      loop_(context.system), limits_(limits_of(settings_)),
      tickets_(std::max<std::size_t>(1, settings_.max_tickets / std::max(1u, settings_.io_loops))),
      started_(clock::now()), now_(started_), access_log_(context.access),
      responder_(settings_.cors_origins, context.seed), scratch_(scratch_size) {
  spawn_actor();
}

gateway::~gateway() = default;

gateway_actor gateway::handle() const {
  std::lock_guard guard{handle_mutex_};
  return self_;
}

/// Begins to be an actor, under a new handle, and asks where the others are.
void gateway::spawn_actor() {
  owner_ = caf::actor_cast<caf::strong_actor_ptr>(system_.spawn<hosted_actor>(&loop_.unit(), [this] { loop_.wake(); }));
  actor_ = static_cast<hosted_actor*>(caf::actor_cast<caf::abstract_actor*>(owner_));
  {
    std::lock_guard guard{handle_mutex_};
    self_ = caf::actor_cast<gateway_actor>(owner_);
  }
  furnish(actor_, "gateway", metrics_);
  note_life(metrics_, true);
  actor_->become(caf::behavior{
      [this](const lookup_answers& answers) { on_answers(answers); },
      [this](const card_answers& answers) { on_card_answers(answers); },
      [this](const card_changed& done) { on_card_changed(done); },
      [this](const cards_generated& done) { on_cards_generated(done); },
      [this](const job_answer& answer) { on_job_answer(answer); },
      [this](const job_file& file) { on_job_file(file); },
      [this](const maintenance_done& done) { on_maintenance(done); },
      [this](const directory& where) { on_directory(where); },
  });
  loop_.attach(*this, *actor_);
  caf::anon_send(supervisor_, subscribe_directory{self_});
}

/// The sessions and the requests in flight are the loop's: the successor answers them.
void gateway::on_actor_end() {
  actor_->close();
  add(metrics_.restarts);
  note_failure(metrics_, error_code::interrupted);
  if (budget_.spend(now_))
    spdlog::error("gateway: its actor has ended; another takes its place");
  else
    on_fatal_("a gateway's actor has ended, after more restarts than its budget allows");
  spawn_actor();
  asked_of_.emplace();
}

void gateway::run() {
  try {
    begin_round(clock::now());
    loop_.run();
  } catch (const std::exception& fault) {
    on_fatal_(fmt::format("an I/O loop has ended: {}", mask_id_numbers(fault.what())));
  }
  hand_over_access_lines(); // of a round that an exception has ended
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
  supervisor_ = nullptr;
  directory_ = {};
  asked_of_.reset();
  owner_ = nullptr;
  std::lock_guard guard{handle_mutex_};
  self_ = nullptr;
}

void gateway::break_off(std::uint64_t token, std::string_view why) {
  note_failure(metrics_, error_code::internal);
  spdlog::error("gateway: a connection is closed: {}", mask_id_numbers(why));
  if (auto* which = find_session(token))
    close(*which);
}

void gateway::begin_round(clock::time_point now) {
  now_ = now;
  responder_.set_time(wall_clock());
  door_.begin_round(now_, responder_.clock().now());
}

bool gateway::send_gathered() {
  // Before anything new is gathered, so that no request is among those to send and among those in flight.
  if (asked_of_)
    ask_again(*std::exchange(asked_of_, std::nullopt));
  for (std::size_t i = 0; i < to_resume_.size(); ++i) { // resuming may add more
    auto* waiting = find_session(to_resume_[i]);
    if (!waiting)
      continue;
    guarded(to_resume_[i], [&] {
      auto next_before = waiting->next_sequence();
      if (waiting->resume())
        note_receiving(*waiting, next_before);
      else
        close(*waiting);
    });
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
    actor_->send(directory_.lookups[shard], lookup_batch{self_, std::move(requests), hops_.begin(shard, now_)});
    requests = {};
    requests.reserve(size); // the next batch will be about as large
  }
  if (!abandoned_batches_.empty()) {
    actor_->send(directory_.batches, abandon_cards{self_, std::exchange(abandoned_batches_, {})});
    any = true;
  }
  if (!abandoned_jobs_.empty()) {
    actor_->send(directory_.jobs, abandon_jobs{self_, std::exchange(abandoned_jobs_, {})});
    any = true;
  }
  for (std::size_t i = 0; i < card_tasks_.size(); ++i) {
    if (!abandoned_cards_[i].empty()) {
      actor_->send(directory_.issuers[i], abandon_cards{self_, std::exchange(abandoned_cards_[i], {})});
      any = true;
    }
    if (!card_tasks_[i].empty()) {
      actor_->send(directory_.issuers[i], card_batch{self_, std::exchange(card_tasks_[i], {})});
      any = true;
    }
  }
  return any;
}

bool gateway::end_round() {
  for (std::size_t i = 0; i < with_output_.size(); ++i) {
    auto* writer = find_session(with_output_[i]);
    if (!writer)
      continue;
    guarded(with_output_[i], [&] {
      writer->active_tick = session_deadlines_.now();
      flush(*writer);
    });
  }
  with_output_.clear();
  const auto& classes = responder_.classes();
  set(metrics_.responses_2xx, classes[2]);
  set(metrics_.responses_3xx, classes[3]);
  set(metrics_.responses_4xx, classes[4]);
  set(metrics_.responses_5xx, classes[5]);
  set(metrics_.tickets, tickets_.size());
  if (!to_resume_.empty())
    return true;
  note_round_end();
  return false;
}

std::chrono::milliseconds gateway::on_tick() {
  auto tick = static_cast<std::uint64_t>((now_ - started_) / event_loop::tick_length);
  auto at_once = draining_ ? deadlines_per_round : 1 + sessions_.size() / open_sessions_per_ended;
  bool sessions_done = session_deadlines_.advance(tick, at_once, [this](std::uint32_t index) {
    guarded(sessions_[index]->token(), [&] { on_session_deadline(index); });
  });
  bool requests_done =
      ticket_deadlines_.advance(tick, deadlines_per_round, [this](std::uint32_t slot) { on_ticket_deadline(slot); });
  if (!accepting_ && tick >= accept_again_tick_)
    resume_accepting();
  if (requests_done && sessions_done)
    return event_loop::tick_length;
  return requests_done && !draining_ ? ending_pause : std::chrono::milliseconds{0};
}

} // namespace tessera
