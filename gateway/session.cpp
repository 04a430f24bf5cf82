#include "gateway/session.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

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

session::session(session_owner& owner, const session_limits& limits, int fd, std::uint64_t token)
    : owner_(owner), limits_(limits), fd_(fd), token_(token), interest_(EPOLLIN) {
  slots_.fill(no_slot);
}

session::~session() {
  ::close(fd_);
}

bool session::may_parse() const noexcept {
  return !finishing_ && in_flight() < limits_.pipelined && outbound_.size() - written_ < limits_.unwritten_bytes;
}

bool session::on_readable(std::span<char> scratch) {
  auto size = ::recv(fd_, scratch.data(), scratch.size(), 0);
  if (size < 0)
    return errno == EAGAIN || errno == EINTR;
  if (size == 0) {
    // A client may shut its side down after the request and still read the answers.
    peer_finished_ = true;
    finishing_ = true;
    inbound_.reset();
    set_interest();
    return in_flight() > 0 || (!outbound_.empty() && !lingering_);
  }
  bytes_in += static_cast<std::uint64_t>(size);
  if (finishing_)
    return true; // discarded: what follows a request that ends the connection
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
    auto verdict = check_head(rest, limits_.head);
    if (verdict.what == head_verdict::state::incomplete)
      break;
    if (verdict.what == head_verdict::state::refused) {
      fault(fault_of(verdict.fault), explain(verdict.fault));
      break;
    }
    http_request request;
    auto head = rest.substr(0, verdict.size);
    if (!parse_head(head, request)) {
      fault(read_fault::bad_head, explain(head_fault::request_line));
      break;
    }
    if (request.content_length > limits_.body_bytes) {
      fault(read_fault::body_too_large, {});
      break;
    }
    if (request.chunked) {
      consumed += verdict.size;
      begin_chunked(head);
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
  parse_head(done->head, request);
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
  while (!parked_.empty()) {
    auto next = parked_.begin();
    while (next != parked_.end() && next->sequence != next_out_)
      ++next;
    if (next == parked_.end())
      break;
    auto ready = std::move(*next);
    parked_.erase(next);
    emit(ready.bytes, ready.last);
  }
}

/// Writes the next answer in order: at once where it is the only one, else with the others at the end of the round.
void session::emit(std::string_view response, bool last) {
  ++next_out_;
  finishing_ = finishing_ || last;
  if (outbound_.empty() && in_flight() == 0 && !last && !finishing_ && !broken_) {
    auto size = ::send(fd_, response.data(), response.size(), MSG_NOSIGNAL);
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
  while (written_ < outbound_.size()) {
    auto size = ::send(fd_, outbound_.data() + written_, outbound_.size() - written_, MSG_NOSIGNAL);
    if (size < 0) {
      if (errno == EINTR)
        continue;
      if (errno != EAGAIN)
        return false;
      set_interest();
      return true;
    }
    written_ += static_cast<std::size_t>(size);
  }
  outbound_ = {};
  written_ = 0;
  if (finishing_ && in_flight() == 0 && !lingering_) {
    if (peer_finished_)
      return false;
    // Closing with unread input would reset the connection and could destroy the answer on its way (RFC 9112, 9.6).
    ::shutdown(fd_, SHUT_WR);
    lingering_ = true;
  }
  set_interest();
  return true;
}

void session::set_interest() {
  std::uint32_t wanted = 0;
  bool full =
      !finishing_ && (in_flight() >= limits_.pipelined || outbound_.size() - written_ >= limits_.unwritten_bytes);
  if (!peer_finished_ && !full)
    wanted |= EPOLLIN;
  if (written_ < outbound_.size())
    wanted |= EPOLLOUT;
  if (wanted == interest_)
    return;
  interest_ = wanted;
  owner_.on_interest(*this, wanted);
}

} // namespace tessera
