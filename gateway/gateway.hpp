#pragma once

#include "actors/metrics.hpp"
#include "cards/card_keys.hpp"
#include "cards/card_ledger.hpp"
#include "config/settings.hpp"
#include "gateway/deadline_wheel.hpp"
#include "gateway/doorkeeper.hpp"
#include "gateway/event_loop.hpp"
#include "gateway/hop_timer.hpp"
#include "gateway/http/json_input.hpp"
#include "gateway/http/responder.hpp"
#include "gateway/listener.hpp"
#include "gateway/node_status.hpp"
#include "gateway/protection.hpp"
#include "gateway/session.hpp"
#include "gateway/ticket_table.hpp"
#include "gateway/tls_context.hpp"
#include "guard/key_ring_slot.hpp"
#include "guard/log_gate.hpp"
#include "guard/published.hpp"
#include "guard/restart_budget.hpp"
#include "messages/card.hpp"
#include "messages/directory.hpp"
#include "messages/job.hpp"
#include "messages/lookup.hpp"
#include "messages/maintenance.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tessera {

class access_log;
class descriptor;
struct web_file;

/// What a gateway is made from.
struct gateway_context {
  caf::actor_system& system;
  const gateway_settings& settings;
  node_status& status;
  protection& shared;
  std::shared_ptr<const key_ring_slot> keys;
  const cards_settings& cards;
  std::shared_ptr<const published<card_keys>> signing; ///< what signs cards; never empty
  std::shared_ptr<const published<card_ledger>> ledger;
  const node_metrics& metrics;
  gateway_metrics& mine; ///< this loop's part of `metrics`
  supervisor_actor supervisor;
  std::function<void(std::string)> on_fatal; ///< any thread: the node cannot go on, for this reason
  std::uint64_t seed = 0;
  access_log* access = nullptr; ///< null: there is none
};

/// One I/O loop's HTTP side: its connections, the requests in flight, their deadlines, and the batch that this round
/// is gathering. It is what its actor's handlers act on: if that actor ends, another takes its place within the same
/// round, and what was in flight is asked again. Everything runs on the loop's thread but the constructor,
/// `run`'s caller and what says otherwise.
///
/// An exception while a connection is served costs that connection, no more; one that nobody expects ends the loop and
/// is fatal to the node.
class gateway : private loop_client, private session_owner {
public:
  /// What is given by reference must outlive the gateway.
  explicit gateway(gateway_context context);
  ~gateway() override;

  /// Returns the handle under which other actors know this gateway: another one after its actor was replaced. Any
  /// thread.
  gateway_actor handle() const;

  /// Accepts connections from `from` as soon as the loop runs and the directory has come; they speak TLS if `tls` is
  /// given. Before `run`.
  void listen(listener from, std::shared_ptr<const tls_context> tls);

  /// Gives connections to come another certificate; those that are there keep theirs. Any thread.
  void renew(std::shared_ptr<const tls_context> tls);

  /// Runs the loop until `stop`; the calling thread is the loop's.
  void run();

  /// Stops accepting, closes what is idle and lets the others finish. Any thread.
  void drain();

  /// Ends `run`. Any thread.
  void stop();

  /// Lets go of its actor and of all handles, after `run` has returned and before the actor system ends. The loop
  /// itself must outlive the system: actors that are still there may hold the handle.
  void retire();

private:
  using clock = std::chrono::steady_clock;

  /// With which actors a request is.
  enum class desk : std::uint8_t { lookup, issuer, maintenance, card_keeper, batches, jobs };

  /// What is kept of a request that is about a batch.
  struct batch_errand {
    batch_job job{}; ///< the cards of one that is to be made or opened, or the id and the owner of one that there is
    bool streaming = false; ///< the answer has begun and goes on
    bool watching = false;  ///< no client waits: see watch_for_misses
  };

  /// No session's token. In events it stands for the listener.
  static constexpr std::uint64_t no_session = ~std::uint64_t{0};

  /// What is kept of a request while others work on it.
  struct in_flight {
    std::uint64_t session = no_session;
    std::uint32_t sequence = 0;
    desk with = desk::maintenance;
    std::uint32_t shard = 0; ///< of the lookup actor or the issuer
    id_number number;        ///< asked of a lookup actor
    client_key asked_by;
    bool asked_before = false;
    response_context context;
    clock::time_point since{};
    bool asked_again = false;              ///< whoever had it was replaced meanwhile
    std::unique_ptr<card_task> card{};     ///< asked of an issuer
    std::unique_ptr<batch_errand> batch{}; ///< asked of the batch coordinator or the job keeper
  };

  /// A request that has just arrived, let in or not.
  struct incoming {
    session& from;
    std::uint32_t sequence = 0;
    const http_request& request;
    entrance at_door;
  };

  // loop_client
  void begin_round(clock::time_point now) override;
  void on_ready(std::span<const epoll_event> events) override;
  bool send_gathered() override;
  bool end_round() override;
  void on_actor_end() override;
  std::chrono::milliseconds on_tick() override;

  // session_owner
  void on_request(session& from, std::uint32_t sequence, const http_request& request) override;
  void on_fault(session& from, std::uint32_t sequence, read_fault fault, std::string_view detail) override;
  void on_interest(session& of, std::uint32_t events) override;
  void on_output(session& of) override;

  // connections (gateway_connections.cpp)
  void accept();
  void pause_accepting();
  void resume_accepting();
  void admit(int fd, const ip_address& from);
  void open_session(descriptor& socket, peer& client);
  bool open_for(peer& client);
  bool take_proxy_header(session& of);
  void fetch(std::uint64_t token) const noexcept;
  void on_event(const epoll_event& event);
  session* find_session(std::uint64_t token) noexcept;
  bool flush(session& which);
  void watch(const session& which);
  void note_receiving(session& which, std::uint32_t next_before);
  void note_writing(session& which);
  void close(session& which);
  void abandon_requests(session& of);
  std::uint64_t due_tick(const session& of) const noexcept;
  std::uint64_t due_tick(const in_flight& request) const noexcept;
  void on_session_deadline(std::uint32_t index);
  void on_ticket_deadline(std::uint32_t slot);
  void start_drain();

  // routes (gateway_routes.cpp)
  void dispatch(incoming& in, const route_match& match);
  void on_member(incoming& in, std::string_view parameter);
  void on_members_lookup(incoming& in);
  void on_health(const incoming& in, route to);
  void on_cache_stats(const incoming& in);
  void on_warm_cache(incoming& in);
  void on_clear_cache(incoming& in, std::string_view parameter);
  void look_up(incoming& in, route to, id_number number);
  void refuse_busy(incoming& in, response_context context, std::optional<id_number> asked_for);
  std::optional<ticket> issue(incoming& in, response_context context, desk with, std::uint32_t shard = 0,
                              id_number number = {});
  bool is_lost(const in_flight& request, const directory& asked_of) const;
  static bool may_ask_again(const in_flight& request) noexcept;
  void ask_again(const directory& asked_of);
  static void name_request(response_context& context, const http_request& request);
  void turn_away(const incoming& in, route to);
  void note_turned_away(const entrance& at_door);
  void refuse(session& from, std::uint32_t sequence, response_context context, const problem& what,
              std::string_view extra_headers = {});
  void refuse(const incoming& in, response_context context, const problem& what, std::string_view extra_headers = {});
  response_context context_of(const incoming& in, route to) const;
  void send(session& to, std::uint32_t sequence, const response_context& context);
  void note_moved(session& which, std::size_t bytes);

  // pages (gateway_pages.cpp)
  void on_page(const incoming& in, route to, std::string_view parameter);
  void on_error_page(const incoming& in, std::string_view slug);
  void send_file(const incoming& in, const response_context& context, const web_file& file, std::string_view headers);
  void send_public(const incoming& in, const response_context& context, std::string_view content_type,
                   std::string_view body, std::string_view etag, std::string headers);

  // cards (gateway_cards.cpp)
  void on_generate(incoming& in, route to, std::string_view parameter);
  void on_verify(incoming& in);
  void on_card(incoming& in, route to, std::string_view parameter);
  void on_change_cards(incoming& in, route to, std::string_view parameter);
  void on_jwks(const incoming& in);
  void on_revocations(const incoming& in);
  std::optional<member_id> card_holder(incoming& in, route to, std::string_view parameter);
  void issue_task(incoming& in, response_context context, card_task task);
  void on_card_answers(const card_answers& answers);
  void on_card_answer(const card_answer& answer);
  void on_card_changed(const card_changed& done);
  void respond_card(const in_flight& request, const card_answer& answer);

  // batches (gateway_batches.cpp)
  void on_batch_generate(incoming& in);
  void on_cards_generated(const cards_generated& done);
  void count_misses(client_key asked_by, const std::vector<job_card>& cards);
  void on_open_batch(incoming& in);
  void on_batch(incoming& in, route to, std::string_view id);
  std::optional<batch_input> read_batch(incoming& in, route to);
  response_context batch_context(const incoming& in, route to) const;
  void ask_for_job(ticket which, const in_flight& request);
  void on_job_answer(const job_answer& answer);
  void on_job_opened(const job_answer& answer, const in_flight& request);
  void on_job_file(const job_file& file);
  void respond_job(session& asker, in_flight& request, const job_answer& answer);
  void refuse_job(session& asker, in_flight& request, error_code why, const std::string& sentence,
                  std::uint32_t retry_after_s);
  void watch_for_misses(client_key opener, const batch_job& job);
  void on_watched(const job_answer& answer, in_flight& request);

  // progress of batches (gateway_streams.cpp)
  void on_progress(const job_answer& answer, in_flight& request);
  bool may_stream(const session& asker, const in_flight& request) const noexcept;
  static bool is_streaming(const in_flight& request) noexcept;
  void begin_stream(session& asker, ticket which, in_flight& request, std::string_view event);
  void send_events_so_far(session& asker, const in_flight& request, std::string_view event);
  void end_stream(session& asker, const in_flight& request, std::string_view last_piece);
  void cut_stream(ticket which);
  void cut_streams(session& of);
  void on_quiet_stream(ticket which, const in_flight& request);

  // answers of other actors (gateway_answers.cpp)
  void on_answers(const lookup_answers& answers);
  void on_answer(const lookup_answer& answer);
  void on_maintenance(const maintenance_done& done);
  void on_directory(const directory& where);
  void respond_found(const in_flight& request, const lookup_answer& answer);
  void respond_done(const in_flight& request, const maintenance_done& done);
  std::uint32_t time_left_ms(const in_flight& request) const noexcept;
  void let_go(ticket which, const in_flight& request);
  static problem problem_of(error_code why, std::uint32_t retry_after_s = 0);
  static std::string_view layer_of(origin from) noexcept;
  static std::string timing_text(const stage_times& times, std::chrono::microseconds total,
                                 std::uint32_t render_us = 0);
  void give_up(ticket which, error_code why);
  template <class Write>
  void conclude(ticket which, Write&& write);

  // what is counted (gateway_metering.cpp)
  static route_class class_of(route to) noexcept;
  void note_arrival(const incoming& in, route to);
  void note_answer(const in_flight& request);
  void note_times(const lookup_answer& answer);
  std::unique_ptr<access_entry> access_entry_of(const caller& who, route to, const http_request* request) const;
  void note_response(const response_context& context);
  void hand_over_access_lines();
  void note_round_end();

  template <class Step>
  void guarded(std::uint64_t token, Step&& step);
  void break_off(std::uint64_t token, std::string_view why);
  void spawn_actor();

  caf::actor_system& system_;
  const gateway_settings& settings_;
  node_status& status_;
  protection& protection_;
  doorkeeper door_;
  bool verification_shows_names_;
  std::shared_ptr<const published<card_keys>> signing_;
  std::shared_ptr<const published<card_ledger>> ledger_;
  std::array<log_gate, turned_away_count> turned_away_log_; ///< by reason: one does not hide another
  log_gate crowding_log_;
  const node_metrics& all_metrics_;
  gateway_metrics& metrics_;
  supervisor_actor supervisor_;
  std::function<void(std::string)> on_fatal_;
  restart_budget budget_;
  event_loop loop_;
  caf::strong_actor_ptr owner_;
  hosted_actor* actor_ = nullptr;
  mutable std::mutex handle_mutex_; ///< for reading self_ on other threads, and so for writing it
  gateway_actor self_;
  directory directory_;
  /// Of whom requests in flight were asked, where that is no longer `directory_`; with none of them, where the answers
  /// would come to a predecessor of this actor.
  std::optional<directory> asked_of_;

  session_limits limits_;
  std::vector<std::unique_ptr<session>> sessions_;
  std::vector<std::uint32_t> free_sessions_;
  std::uint32_t session_generation_ = 0;
  std::optional<listener> listener_;
  std::shared_ptr<const tls_context> tls_; ///< null: connections are plain
  int handshake_steps_ = 0;                ///< that this round may still take
  bool accepting_ = false;
  bool draining_ = false;

  ticket_table<in_flight> tickets_;
  deadline_wheel session_deadlines_;
  deadline_wheel ticket_deadlines_;
  clock::time_point started_;
  clock::time_point now_;
  std::uint64_t accept_again_tick_ = 0;
  std::uint64_t drain_tick_ = 0;

  std::vector<std::vector<lookup_request>> gathering_; ///< by shard
  hop_timer hops_;
  std::vector<std::vector<ticket>> abandoned_;       ///< by shard
  std::vector<std::vector<card_task>> card_tasks_;   ///< gathering, by issuer
  std::vector<std::vector<ticket>> abandoned_cards_; ///< by issuer
  std::vector<ticket> abandoned_batches_;
  std::vector<ticket> abandoned_jobs_;
  std::array<std::uint64_t, route_class_count> answered_at_once_{}; ///< requests that this round brought and answered
  std::vector<std::pair<route_class, clock::time_point>> answered_; ///< in this round, and since when they waited
  std::uint64_t errors_published_ = 0;
  access_log* access_log_;                 ///< null: there is none
  std::string access_lines_;               ///< of this round's responses
  std::vector<std::uint64_t> with_output_; ///< session tokens
  std::vector<std::uint64_t> to_resume_;
  responder responder_;
  std::string response_; ///< the response being written
  std::string listed_;   ///< the list of revocations, signed, of `listed_ledger_`
  std::string listed_etag_;
  std::shared_ptr<const card_ledger> listed_ledger_;
  std::shared_ptr<const card_keys> listed_keys_;
  std::vector<char> scratch_; ///< what is being read
};

/// Runs a step in serving the session `token`. If it throws (no memory, or an error of ours), that session pays for it.
template <class Step>
void gateway::guarded(std::uint64_t token, Step&& step) {
  try {
    step();
  } catch (const std::exception& fault) {
    break_off(token, fault.what());
  }
}

/// Has `write(asker, request)` answer a request that is still in flight, and forgets it.
template <class Write>
void gateway::conclude(ticket which, Write&& write) {
  auto* request = tickets_.find(which);
  if (!request)
    return; // answered already, or nobody waits any more
  note_answer(*request);
  if (draining_)
    request->context.keep_alive = false;
  if (auto* asker = find_session(request->session))
    guarded(request->session, [&] { write(*asker, *request); });
  if (!tickets_.find(which))
    return; // went with its session
  ticket_deadlines_.cancel(which.slot);
  tickets_.release(which);
}

} // namespace tessera
