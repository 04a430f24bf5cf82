#include "gateway/gateway.hpp"
#include "gateway/http/batch_text.hpp"
#include "messages/types.hpp"

/// A gateway's streams: the progress of jobs as server-sent events (HTML, section 9.2). A stream ends when its job is
/// done; when the service stops, or the job keeper cannot tell any more, it ends before that, and clients ask again.
namespace tessera {

namespace {

constexpr std::string_view event_stream = "text/event-stream";

/// After how many milliseconds a client asks again when a stream has ended.
constexpr std::string_view reconnection_time = "retry: 3000\n\n";

/// What a quiet stream says: a comment, so that proxies between do not take it for dead.
constexpr std::string_view sign_of_life = ": \n\n";
constexpr std::uint64_t ticks_between_signs = std::chrono::seconds{15} / event_loop::tick_length;

constexpr std::string_view early_end = ": ends here, ask again\n\n";

} // namespace

/// Returns whether an answer can go on: not to a client that goes away or when the service stops, nor where nothing
/// but the end of the connection would tell its end, and other answers are to follow.
bool gateway::may_stream(const session& asker, const in_flight& request) const noexcept {
  return !draining_ && !asker.half_closed()
         && (request.context.http_1_1 || asker.next_sequence() == request.sequence + 1);
}

/// Tells a client how far the job is that it follows: at once or, as the next of its events.
void gateway::on_progress(const job_answer& answer, in_flight& request) {
  request.asked_again = false;
  if (answer.error != error_code::none) {
    cut_stream(answer.to);
    return;
  }
  bool done = answer.job.state == job_state::done;
  if (request.batch->streaming && done) {
    conclude(answer.to, [&](session& asker, in_flight& request) { end_stream(asker, request, job_event(answer.job)); });
    return;
  }
  auto* asker = find_session(request.session);
  bool goes_on = request.batch->streaming || (!done && may_stream(*asker, request));
  if (!goes_on || request.context.method == http_method::head) {
    if (!done)
      let_go(answer.to, request);
    conclude(answer.to,
             [&](session& asker, in_flight& request) { send_events_so_far(asker, request, job_event(answer.job)); });
    return;
  }
  guarded(request.session, [&] {
    auto event = job_event(answer.job);
    if (request.batch->streaming)
      asker->stream(request.sequence, event);
    else
      begin_stream(*asker, answer.to, request, event);
    note_moved(*asker, event.size());
  });
}

void gateway::begin_stream(session& asker, ticket which, in_flight& request, std::string_view event) {
  auto& context = request.context;
  context.keep_alive = context.keep_alive && context.http_1_1;
  response_.clear();
  responder_.stream_head(response_, context, event_stream);
  note_response(context);
  asker.begin_stream(request.sequence, response_, std::string{reconnection_time}.append(event),
                     context.http_1_1 ? session::stream_end::last_chunk : session::stream_end::connection);
  request.batch->streaming = true;
  ticket_deadlines_.set(which.slot, ticket_deadlines_.now() + ticks_between_signs);
}

/// Answers with what can be told now, where no stream is possible or needed.
void gateway::send_events_so_far(session& asker, const in_flight& request, std::string_view event) {
  const auto& context = request.context;
  response_.clear();
  if (context.method == http_method::head)
    responder_.stream_head(response_, context, event_stream);
  else
    responder_.open_file(response_, context, event_stream, std::string{reconnection_time}.append(event),
                         "Cache-Control: no-store\r\n");
  send(asker, request.sequence, context);
}

void gateway::end_stream(session& asker, const in_flight& request, std::string_view last_piece) {
  asker.end_stream(request.sequence, last_piece, !request.context.keep_alive);
  note_moved(asker, last_piece.size());
}

/// Ends a stream before its job is done.
void gateway::cut_stream(ticket which) {
  let_go(which, *tickets_.find(which));
  conclude(which, [&](session& asker, in_flight& request) { end_stream(asker, request, early_end); });
}

/// Ends all streams of a connection.
void gateway::cut_streams(session& of) {
  std::vector<ticket> streams;
  for (auto sequence = of.first_in_flight(); sequence != of.next_sequence(); ++sequence) {
    auto slot = of.slot(sequence);
    if (slot == session::no_slot)
      continue;
    auto which = tickets_.at(slot);
    if (is_streaming(*tickets_.find(which)))
      streams.push_back(which);
  }
  for (auto which : streams)
    if (tickets_.find(which)) // unless the connection went with the one before
      cut_stream(which);
}

bool gateway::is_streaming(const in_flight& request) noexcept {
  return request.batch && request.batch->streaming;
}

/// It is time that a stream says something.
void gateway::on_quiet_stream(ticket which, const in_flight& request) {
  ticket_deadlines_.set(which.slot, ticket_deadlines_.now() + ticks_between_signs);
  guarded(request.session, [&] {
    auto& asker = *find_session(request.session);
    if (!asker.stream_is_quiet(request.sequence))
      return;
    asker.stream(request.sequence, sign_of_life);
    note_moved(asker, sign_of_life.size());
  });
}

} // namespace tessera
