#include "gateway/gateway.hpp"

#include "config/descriptor.hpp"
#include "gateway/proxy_intake.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <new>

namespace tessera {

namespace {

/// How many connections one round accepts at most, so that a flood of them does not hold up those that are there.
constexpr int accepts_per_round = 4;

/// How many steps of TLS handshakes one round takes at most. One can cost as much as a hundred requests (a signature),
/// and a flood of them must not hold up those that are there; the others are reported again in the next round.
constexpr int handshake_steps_per_round = 16;

/// How many sockets ahead of the one that is handled a session is fetched from memory.
constexpr std::size_t sessions_fetched_ahead = 2;
constexpr std::size_t cache_line = 64;

/// Accepting goes on when this share of the connections has gone.
constexpr std::size_t resume_share = 64; // one in 64

/// How long a closed connection waits for the client to close, too, in ticks.
constexpr std::uint64_t linger_ticks = 10;

/// How long an idle connection stays open when a drain begins, in ticks. The client may be sending right now, and would
/// get nothing but an end; in that time it is answered and told that the connection closes.
constexpr std::uint64_t drain_grace_ticks = 2;

std::uint64_t ticks(std::chrono::milliseconds time) noexcept {
  return static_cast<std::uint64_t>(time / event_loop::tick_length) + 1;
}

constexpr auto never = std::numeric_limits<std::uint64_t>::max();

/// Returns when what began at `since` (0: it has not) will have taken too long; with a `timeout` of 0 it never does.
std::uint64_t timeout_tick(std::uint64_t since, std::chrono::milliseconds timeout) noexcept {
  return since != 0 && timeout.count() > 0 ? since + ticks(timeout) : never;
}

/// Returns whether the set tells only when something more has come to a session's socket, which costs less than to tell
/// whenever something is there (docs/decisions/0003). Not under TLS, which may leave bytes in the socket or keep some for
/// itself, nor before the header of a proxy, which is looked at without being taken.
bool watched_by_edges(const session& which) noexcept {
  return !which.encrypted() && !which.who.awaits_header;
}

/// Returns what the set is to tell of a session's socket: the `wanted` events, and with edges that of the client's end,
/// too, which comes with the last bytes or later.
std::uint32_t events_of(const session& which, std::uint32_t wanted) noexcept {
  return watched_by_edges(which) && wanted != 0 ? wanted | EPOLLRDHUP | EPOLLET : wanted;
}

std::uint32_t index_of(std::uint64_t token) noexcept {
  return static_cast<std::uint32_t>(token);
}

} // namespace

void gateway::listen(listener from, std::shared_ptr<const tls_context> tls) {
  listener_.emplace(std::move(from));
  tls_ = std::move(tls);
}

void gateway::renew(std::shared_ptr<const tls_context> tls) {
  loop_.post([this, tls = std::move(tls)] { tls_ = tls; });
}

void gateway::resume_accepting() {
  if (accepting_ || draining_ || !listener_ || directory_.lookups.empty())
    return;
  auto limit = status_.connection_limit;
  if (status_.connections.load(std::memory_order_relaxed) + limit / resume_share > limit)
    return;
  // Several loops may wait on one socket: wake one of them only.
  accepting_ = loop_.add(listener_->fd(), EPOLLIN | EPOLLEXCLUSIVE, no_session);
}

void gateway::pause_accepting() {
  if (!accepting_)
    return;
  loop_.remove(listener_->fd());
  accepting_ = false;
  accept_again_tick_ = session_deadlines_.now() + 1;
  add(metrics_.accept_pauses);
}

void gateway::accept() {
  for (int i = 0; i < accepts_per_round; ++i) {
    if (status_.connections.load(std::memory_order_relaxed) >= status_.connection_limit) {
      pause_accepting();
      return;
    }
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    int fd = ::accept4(listener_->fd(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      admit(fd, address_of(from));
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      return;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      pause_accepting(); // the socket stays ready: without a pause the loop would spin
      return;
    }
    // Others concern one connection that is gone already (accept(2), "Error handling").
  }
}

void gateway::admit(int fd, const ip_address& from) {
  descriptor socket{fd};
  peer client;
  client.other_end = client.client = from;
  client.name = protection_.naming.of_address(from);
  client.trusted = protection_.trusts(from);
  client.awaits_header = client.trusted && protection_.proxy_protocol;
  add(metrics_.accepted);
  if (!open_for(client))
    return;
  try {
    open_session(socket, client);
  } catch (...) { // memory is short
    if (client.counted)
      protection_.connections->close(client.name);
    throw;
  }
}

/// Makes a session of a connection; from then on it is what closes the socket and ends the counting.
void gateway::open_session(descriptor& socket, peer& client) {
  auto fd = socket.number();
  auto tls = tls_ ? tls_->accept(fd) : nullptr;
  if (tls_ && !tls)
    throw std::bad_alloc{};
  if (free_sessions_.empty()) {
    sessions_.emplace_back();
    free_sessions_.push_back(static_cast<std::uint32_t>(sessions_.size() - 1));
  }
  auto index = free_sessions_.back();
  auto token = (std::uint64_t{++session_generation_ & 0x7fffffff} << 32) | index;
  auto& opened = sessions_[index];
  opened = std::make_unique<session>(static_cast<session_owner&>(*this), limits_, fd, token, std::move(tls));
  socket.release();
  free_sessions_.pop_back();
  opened->who = std::move(client);
  client.counted = false;
  opened->active_tick = session_deadlines_.now();
  opened->receiving_tick = session_deadlines_.now() + 1;
  status_.connections.fetch_add(1, std::memory_order_relaxed);
  set(metrics_.connections, read(metrics_.connections) + 1);
  if (!loop_.add(fd, events_of(*opened, opened->interest()), token)) {
    close(*opened);
    return;
  }
  watch(*opened);
}

/// Sees to it that the deadline of what the client is to do is kept. When it has done it the idle time begins, which
/// may be over sooner.
void gateway::watch(const session& which) {
  auto due = std::min(due_tick(which), session_deadlines_.now() + ticks(settings_.idle_timeout));
  session_deadlines_.set(index_of(which.token()), due);
}

/// Counts a connection of `client`, unless it is one of a proxy's, whose clients are many. Returns whether it may stay.
bool gateway::open_for(peer& client) {
  if (!protection_.connections || client.trusted)
    return true;
  client.counted = protection_.connections->open(client.name);
  if (client.counted)
    return true;
  add(metrics_.connections_refused);
  if (auto held_back = crowding_log_.pass(now_))
    spdlog::warn(
        "gateway: {} has as many connections as a client may have; {} more were closed since the last such line",
        to_string(client.client), *held_back);
  return false;
}

/// Reads what comes before the first request of a proxy's connection. Returns false if the connection is over.
bool gateway::take_proxy_header(session& of) {
  auto& client = of.who;
  auto header = tessera::take_proxy_header(of.fd(), client.header_seen);
  if (header.what == proxy_header::state::incomplete)
    return true;
  if (header.what != proxy_header::state::complete)
    return false;
  client.awaits_header = false;
  client.proxied = header.from != proxy_header::origin::proxy;
  if (header.from == proxy_header::origin::address) {
    client.client = header.source;
    client.name = protection_.naming.of_address(header.source);
    client.trusted = protection_.trusts(header.source);
  }
  return open_for(client);
}

/// Writes what waits. Returns false if the session is gone thereby.
bool gateway::flush(session& which) {
  if (!which.flush()) {
    close(which);
    return false;
  }
  note_writing(which);
  if (which.lingering())
    session_deadlines_.set(index_of(which.token()), due_tick(which));
  else if (which.backlogged())
    to_resume_.push_back(which.token());
  else if (draining_ && which.idle())
    session_deadlines_.set(index_of(which.token()), due_tick(which));
  return true;
}

void gateway::close(session& which) {
  if (which.handshaking())
    add(metrics_.failed_handshakes);
  abandon_requests(which);
  if (which.who.counted)
    protection_.connections->close(which.who.name);
  auto index = index_of(which.token());
  session_deadlines_.cancel(index);
  sessions_[index].reset(); // closing the descriptor takes it out of the set
  free_sessions_.push_back(index);
  status_.connections.fetch_sub(1, std::memory_order_relaxed);
  set(metrics_.connections, read(metrics_.connections) - 1);
}

void gateway::abandon_requests(session& of) {
  for (auto sequence = of.first_in_flight(); sequence != of.next_sequence(); ++sequence) {
    auto slot = of.slot(sequence);
    if (slot == session::no_slot)
      continue;
    auto which = tickets_.at(slot);
    auto& request = *tickets_.find(which);
    if (request.with == desk::jobs && request.context.to == route::batches) {
      request.session = no_session; // the job goes on, and is watched
      continue;
    }
    let_go(which, request);
    ticket_deadlines_.cancel(slot);
    tickets_.release(which);
    of.slot(sequence) = session::no_slot;
  }
}

session* gateway::find_session(std::uint64_t token) noexcept {
  auto index = index_of(token);
  if (index >= sessions_.size() || !sessions_[index] || sessions_[index]->token() != token)
    return nullptr;
  return sessions_[index].get();
}

void gateway::on_ready(std::span<const epoll_event> events) {
  add(metrics_.rounds);
  handshake_steps_ = handshake_steps_per_round;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i + sessions_fetched_ahead < events.size())
      fetch(events[i + sessions_fetched_ahead].data.u64);
    const auto& event = events[i];
    guarded(event.data.u64, [&] {
      if (event.data.u64 == no_session)
        accept();
      else
        on_event(event);
    });
  }
}

/// Has the processor fetch what is about to be used: among thousands of connections, each is cold memory.
void gateway::fetch(std::uint64_t token) const noexcept {
  auto index = index_of(token);
  if (index >= sessions_.size() || !sessions_[index])
    return;
  const auto* first = reinterpret_cast<const char*>(sessions_[index].get());
  for (std::size_t at = 0; at < sizeof(session); at += cache_line)
    __builtin_prefetch(first + at);
}

void gateway::on_event(const epoll_event& event) {
  auto* ready = find_session(event.data.u64);
  if (!ready)
    return; // closed earlier in this round
  if (ready->handshaking() && handshake_steps_-- <= 0)
    return;
  bool alive = (event.events & (EPOLLERR | EPOLLHUP)) == 0;
  auto allowed = ready->allowed_by(event.events);
  if (alive && (allowed & EPOLLOUT) != 0 && !flush(*ready))
    return;
  if (alive && (event.events & EPOLLIN) != 0 && ready->who.awaits_header) {
    alive = take_proxy_header(*ready);
    if (alive && !ready->who.awaits_header)
      on_interest(*ready, ready->interest()); // by edges from now on
  } else if (alive && (allowed & EPOLLIN) != 0) {
    auto next_before = ready->next_sequence();
    alive = ready->on_readable(scratch_, (event.events & EPOLLRDHUP) != 0);
    if (alive) {
      if (ready->unread() && watched_by_edges(*ready))
        on_interest(*ready, ready->interest()); // told anew, though no edge may come
      add(metrics_.bytes_in, std::exchange(ready->bytes_in, 0));
      note_receiving(*ready, next_before);
      if (ready->half_closed())
        cut_streams(*ready);
    }
  }
  if (!alive)
    close(*ready);
}

/// Sets the deadline of a request that is arriving: it counts from the first byte of that request, not of those before
/// it on the connection; that of the first request, and of the handshake before it, from when the connection was
/// accepted. `next_before` is the session's next sequence before it read or resumed.
void gateway::note_receiving(session& which, std::uint32_t next_before) {
  if (!which.receiving()) {
    which.receiving_tick = 0;
  } else if (which.receiving_tick == 0 || which.next_sequence() != next_before) {
    which.receiving_tick = session_deadlines_.now() + 1;
    watch(which);
  }
}

/// Sets the deadline of output that a client does not take: what waits now must be gone in time, be it taken byte by
/// byte or not at all. When it is, what has come to wait meanwhile gets the same time.
void gateway::note_writing(session& which) {
  if (!which.writing()) {
    which.writing_tick = 0;
    return;
  }
  if (!which.receiving())
    which.receiving_tick = 0; // it is not read from, so nothing can arrive
  if (which.writing_tick != 0 && !which.caught_up())
    return;
  bool began = which.writing_tick == 0;
  which.await_output();
  which.writing_tick = session_deadlines_.now() + 1;
  if (began)
    watch(which);
}

void gateway::on_interest(session& of, std::uint32_t events) {
  loop_.modify(of.fd(), events_of(of, events), of.token());
}

void gateway::on_output(session& of) {
  with_output_.push_back(of.token());
}

std::uint64_t gateway::due_tick(const session& of) const noexcept {
  if (of.lingering())
    return of.active_tick + linger_ticks;
  if (draining_ && of.idle())
    return drain_tick_ + drain_grace_ticks;
  auto arrived = timeout_tick(of.receiving() ? of.receiving_tick : 0, settings_.head_timeout);
  auto due = std::min(arrived, timeout_tick(of.writing_tick, settings_.write_timeout));
  return due != never ? due : of.active_tick + ticks(settings_.idle_timeout);
}

std::uint64_t gateway::due_tick(const in_flight& request) const noexcept {
  return static_cast<std::uint64_t>((request.since - started_ + settings_.request_timeout) / event_loop::tick_length)
         + 1;
}

void gateway::on_session_deadline(std::uint32_t index) {
  auto& which = *sessions_[index];
  if (due_tick(which) > session_deadlines_.now()) {
    watch(which); // something has moved since
    return;
  }
  if (timeout_tick(which.writing_tick, settings_.write_timeout) <= session_deadlines_.now()) {
    add(metrics_.slow_readers);
    which.give_up_output();
    close(which);
    return;
  }
  if (which.receiving() && !which.fresh()) {
    which.receiving_tick = 0;
    which.active_tick = session_deadlines_.now();
    session_deadlines_.set(index, session_deadlines_.now() + linger_ticks);
    which.time_out();
    return;
  }
  if (which.in_flight() > 0 && !which.writing()) { // the tickets have deadlines of their own
    which.active_tick = session_deadlines_.now();
    session_deadlines_.set(index, due_tick(which));
    return;
  }
  close(which);
}

void gateway::on_ticket_deadline(std::uint32_t slot) {
  auto which = tickets_.at(slot);
  auto* request = tickets_.find(which);
  if (!request)
    return;
  if (is_streaming(*request)) {
    on_quiet_stream(which, *request);
    return;
  }
  auto due = due_tick(*request);
  if (due > ticket_deadlines_.now()) { // further away than the wheel is long
    ticket_deadlines_.set(slot, due);
    return;
  }
  give_up(which, error_code::timed_out);
}

void gateway::start_drain() {
  draining_ = true;
  pause_accepting();
  listener_.reset();
  drain_tick_ = session_deadlines_.now();
  for (const auto& open : sessions_)
    if (open && open->in_flight() > 0)
      cut_streams(*open);
  for (const auto& open : sessions_)
    if (open && open->idle())
      session_deadlines_.set(index_of(open->token()), due_tick(*open));
}

} // namespace tessera
