#include "gateway/session.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace tessera {

namespace {

// What one chunk header with its extensions may take, undecoded.
constexpr std::size_t most_undecoded = 16 * 1024;

read_fault fault_of(head_fault fault) noexcept {
  switch (fault) {
  case head_fault::head_too_large:
    return read_fault::head_too_large;
  case head_fault::target_too_long:
    return read_fault::target_too_long;
  default:
    return read_fault::bad_head;
  }
}

} // namespace

session::session(session_owner& owner, const session_limits& limits, int fd, std::uint64_t token,
                 std::unique_ptr<tls_stream> tls)
    : owner_(owner), limits_(limits), fd_(fd), token_(token), interest_(EPOLLIN), tls_(std::move(tls)) {
  slots_.fill(no_slot);
}

session::~session() {
  if (tls_ && outbound_.empty())
    tls_->shut_down(); // if there is no room for it, the client does without
  ::close(fd_);
}

ssize_t session::receive(std::span<char> to) noexcept {
  return tls_ ? tls_->read(to) : ::recv(fd_, to.data(), to.size(), 0);
}

ssize_t session::transmit(std::string_view bytes) noexcept {
  return tls_ ? tls_->write(bytes) : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

bool session::may_read() const noexcept {
  return !peer_finished_ && (finishing_ || may_parse());
}

std::uint32_t session::allowed_by(std::uint32_t events) const noexcept {
  if (!tls_)
    return events;
  std::uint32_t allowed = 0;
  if (may_read() && (events & tls_->read_events()) != 0)
    allowed |= EPOLLIN;
  if (writing() && (events & tls_->write_events()) != 0)
    allowed |= EPOLLOUT;
  return allowed;
}

bool session::on_readable(std::span<char> scratch, bool hung_up) {
  auto size = receive(scratch);
  unread_ = hung_up || size == static_cast<ssize_t>(scratch.size());
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR)
      return false;
    unread_ = errno == EINTR;
    set_interest();
    return true;
  }
  if (size == 0) {
    // A client may shut its side down after the request and still read the answers.
    peer_finished_ = true;
    finishing_ = true;
    inbound_.reset();
    set_interest();
    return in_flight() > 0 || (!outbound_.empty() && !lingering_);
  }
  bytes_in += static_cast<std::uint64_t>(size);
  if (finishing_) {
    set_interest();
    return true; // discarded: what follows a request that ends the connection
  }
  return take({scratch.data(), static_cast<std::size_t>(size)});
}

bool session::take(std::string_view bytes) {
  if (inbound_) {
    inbound_->bytes.append(bytes);
    return resume();
  }
  std::size_t consumed = 0;
  if (!parse(bytes, consumed))
    return false;
  if (consumed < bytes.size() && !finishing_) {
    auto needed = inbound_ ? inbound_->needed : 0;
    if (!inbound_)
      inbound_ = std::make_unique<inbound_buffer>();
    inbound_->bytes.assign(bytes.substr(consumed));
    inbound_->needed = needed;
    if (inbound_->chunked)
      return resume();
  }
  set_interest();
  return !broken_;
}

bool session::resume() {
  while (inbound_ && may_parse()) {
    if (inbound_->chunked) {
      if (!parse_chunked())
        return false;
      if (inbound_ && inbound_->chunked)
        break; // more is to come
      continue;
    }
    if (inbound_->bytes.empty() || inbound_->bytes.size() < inbound_->needed)
      break;
    // parse() may put a new inbound_ in place; the bytes stay ours meanwhile.
    auto current = std::move(inbound_);
    std::size_t consumed = 0;
    if (!parse(current->bytes, consumed))
      return false;
    if (finishing_)
      break;
    auto needed = inbound_ ? inbound_->needed : 0;
    bool progress = consumed > 0;
    current->bytes.erase(0, consumed);
    if (inbound_) {
      inbound_->bytes = std::move(current->bytes);
      inbound_->needed = needed;
      inbound_->continue_sent = inbound_->continue_sent || (!progress && current->continue_sent);
    } else if (!current->bytes.empty()) {
      current->needed = 0;
      current->continue_sent = current->continue_sent && !progress;
      inbound_ = std::move(current);
    }
    if (!progress && !(inbound_ && inbound_->chunked))
      break;
  }
  if (inbound_ && inbound_->bytes.empty() && !inbound_->chunked)
    inbound_.reset();
  set_interest();
  return !broken_;
}

/// Parses whole requests from `bytes` as far as they go. What is known of an incomplete one is left in inbound_.
bool session::parse(std::string_view bytes, std::size_t& consumed) {
  while (may_parse()) {
    auto rest = bytes.substr(consumed);
    // RFC 9112, section 2.2: an empty line before a request is to be ignored.
    if (rest.starts_with("\r\n")) {
      consumed += 2;
      continue;
    }
    if (rest.empty())
      break;
    http_request request;
    auto verdict = read_head(rest, limits_.head, request);
    if (verdict.what == head_verdict::state::incomplete)
      break;
    if (verdict.what == head_verdict::state::refused) {
      fault(fault_of(verdict.fault), explain(verdict.fault));
      break;
    }
    if (request.content_length > limits_.body_bytes) {
      fault(read_fault::body_too_large, {});
      break;
    }
    if (request.chunked) {
      consumed += verdict.size;
      begin_chunked(rest.substr(0, verdict.size));
      if (request.expects_continue && consumed == bytes.size())
        send_continue();
      break;
    }
    auto whole = verdict.size + static_cast<std::size_t>(request.content_length);
    if (rest.size() < whole) {
      inbound_ = std::make_unique<inbound_buffer>();
      inbound_->needed = whole;
      if (request.expects_continue && rest.size() == verdict.size)
        send_continue();
      break;
    }
    request.body = rest.substr(verdict.size, whole - verdict.size);
    consumed += whole;
    if (!request.keep_alive)
      finishing_ = true;
    auto sequence = next_in_++;
    owner_.on_request(*this, sequence, request);
  }
  return !broken_;
}

void session::begin_chunked(std::string_view head) {
  inbound_ = std::make_unique<inbound_buffer>();
  inbound_->head = head;
  inbound_->chunked = std::make_unique<chunked_body>(inbound_->head);
}

/// Feeds what has arrived to the chunked body under way.
bool session::parse_chunked() {
  auto& in = *inbound_;
  while (!in.bytes.empty() && !in.chunked->complete()) {
    auto consumed = in.chunked->feed(in.bytes);
    if (!consumed) {
      fault(read_fault::bad_body, "The chunked body is malformed");
      return !broken_;
    }
    in.bytes.erase(0, *consumed);
    if (in.chunked->text().size() > limits_.body_bytes || in.bytes.size() > limits_.body_bytes + most_undecoded) {
      fault(read_fault::body_too_large, {});
      return !broken_;
    }
    if (*consumed == 0)
      break;
  }
  if (!in.chunked->complete())
    return true;
  auto done = std::move(inbound_);
  http_request request;
  read_head(done->head, limits_.head, request); // it was complete before
  request.body = done->chunked->text();
  if (!request.keep_alive)
    finishing_ = true;
  if (!finishing_ && !done->bytes.empty()) {
    inbound_ = std::make_unique<inbound_buffer>();
    inbound_->bytes = std::move(done->bytes);
  }
  auto sequence = next_in_++;
  owner_.on_request(*this, sequence, request);
  return !broken_;
}

void session::send_continue() {
  if (inbound_->continue_sent || in_flight() > 0)
    return; // a client that pipelines behind an expectation sends its body without it
  inbound_->continue_sent = true;
  outbound_ += "HTTP/1.1 100 Continue\r\n\r\n";
  announce_output();
}

void session::announce_output() {
  if (!std::exchange(output_announced_, true))
    owner_.on_output(*this);
}

void session::fault(read_fault what, std::string_view detail) {
  finishing_ = true;
  auto sequence = next_in_++;
  owner_.on_fault(*this, sequence, what, detail);
  inbound_.reset();
}

void session::time_out() {
  if (in_flight() < most_pipelined)
    fault(read_fault::timed_out, {});
}

void session::finish() {
  finishing_ = true;
  inbound_.reset();
}

void session::respond(std::uint32_t sequence, std::string_view response, bool last) {
  slot(sequence) = no_slot;
  if (sequence != next_out_) {
    parked_.push_back({sequence, last, std::string{response}});
    return;
  }
  emit(response, last);
  if (!parked_.empty())
    emit_parked();
}

/// Writes the next answer in order: at once where it is the only one, else with the others at the end of the round.
void session::emit(std::string_view response, bool last) {
  ++next_out_;
  finishing_ = finishing_ || last;
  if (outbound_.empty() && in_flight() == 0 && !last && !finishing_ && !broken_) {
    auto size = transmit(response);
    if (size == static_cast<ssize_t>(response.size()))
      return;
    if (size < 0 && errno != EAGAIN && errno != EINTR)
      broken_ = true;
    response.remove_prefix(size > 0 ? static_cast<std::size_t>(size) : 0);
  }
  outbound_.append(response);
  announce_output();
}

bool session::flush() {
  output_announced_ = false;
  if (broken_)
    return false;
  do {
    while (written_ < outbound_.size()) {
      auto size = transmit(std::string_view{outbound_}.substr(written_));
      if (size < 0) {
        if (errno == EINTR)
          continue;
        if (errno != EAGAIN)
          return false;
        drop_written();
        set_interest();
        return true;
      }
      written_ += static_cast<std::size_t>(size);
      awaited_ -= std::min(awaited_, static_cast<std::size_t>(size));
    }
    outbound_ = {};
    written_ = 0;
  } while (!parked_.empty() && take_piece());
  if (finishing_ && in_flight() == 0 && !lingering_) {
    if (peer_finished_)
      return false;
    closing_ = tls_ && !tls_->shut_down();
    if (!closing_) {
      // Closing with unread input would reset the connection and could destroy the answer on its way (RFC 9112, 9.6).
      ::shutdown(fd_, SHUT_WR);
      lingering_ = true;
    }
  }
  set_interest();
  return true;
}

/// Frees what is written where it is the larger part: a client that never takes all would else make it grow for ever.
void session::drop_written() {
  if (written_ < unwritten())
    return;
  outbound_.erase(0, written_);
  written_ = 0;
}

void session::give_up_output() noexcept {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/// Follows each read and write: what TLS waits for may change with any of them, and a level-triggered event that nobody
/// acts on would be reported for ever.
void session::set_interest() {
  std::uint32_t wanted = 0;
  if (may_read())
    wanted |= tls_ ? tls_->read_events() : std::uint32_t{EPOLLIN};
  if (writing())
    wanted |= tls_ ? tls_->write_events() : std::uint32_t{EPOLLOUT};
  if (wanted == interest_)
    return;
  interest_ = wanted;
  owner_.on_interest(*this, wanted);
}

} // namespace tessera
