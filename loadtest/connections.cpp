#include "loadtest/connections.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace tessera::loadtest {

namespace {

/// Less than a backlog of 128, the smallest that is usual, has room for.
constexpr std::size_t most_connecting = 64;

/// An answer with a card in it has some 30 KB.
constexpr std::size_t buffer_bytes = 256 * 1024;

} // namespace

std::string_view to_string(connection_fault fault) noexcept {
  switch (fault) {
  case connection_fault::refused:
    return "connect";
  case connection_fault::closed:
    return "closed";
  case connection_fault::malformed:
    return "malformed";
  case connection_fault::timed_out:
    return "timeout";
  }
  return "";
}

connections::connections(const socket_address& target, std::size_t count, std::optional<source_addresses> sources,
                         listener& hears)
    : target_(target), sources_(sources), hears_(hears), all_(count), buffer_(buffer_bytes),
      poll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (poll_ < 0)
    throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

connections::~connections() {
  for (auto& each : all_)
    if (each.fd >= 0)
      ::close(each.fd);
  ::close(poll_);
}

void connections::open(std::size_t index) {
  all_[index].now = state::waiting;
  all_[index].since = clock::now();
  to_open_.push_back(index);
  begin_to_open();
}

void connections::begin_to_open() {
  while (connecting_ < most_connecting && !to_open_.empty()) {
    auto index = to_open_.front();
    to_open_.pop_front();
    if (all_[index].now == state::waiting)
      connect(index);
  }
}

void connections::connect(std::size_t index) {
  auto& each = all_[index];
  auto source = sources_ ? std::optional{sources_->of(index)} : std::nullopt;
  each.fd = connect_to(target_, source, SOCK_NONBLOCK);
  each.reused = false;
  epoll_event event{EPOLLOUT, {.u64 = index}};
  if (each.fd < 0 || ::epoll_ctl(poll_, EPOLL_CTL_ADD, each.fd, &event) != 0)
    return fail(index, connection_fault::refused);
  each.now = state::connecting;
  ++connecting_;
}

void connections::connected(std::size_t index) {
  auto& each = all_[index];
  epoll_event event{EPOLLIN, {.u64 = index}};
  if (connect_error(each.fd) != 0 || ::epoll_ctl(poll_, EPOLL_CTL_MOD, each.fd, &event) != 0)
    return fail(index, connection_fault::refused);
  --connecting_;
  each.now = state::idle;
  hears_.on_open(index);
}

void connections::ask(std::size_t index, std::string_view request) {
  auto& each = all_[index];
  each.now = state::busy;
  each.since = clock::now();
  // Nothing else is on its way there, so it fits into the socket's buffer.
  if (::send(each.fd, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
    fail(index, connection_fault::closed);
}

void connections::wait(std::chrono::nanoseconds longest) {
  tell_faults();
  longest = faults_.empty() ? std::max(longest, std::chrono::nanoseconds{0}) : std::chrono::nanoseconds{0};
  constexpr std::chrono::seconds second{1};
  timespec timeout{longest / second, (longest % second).count()};
  std::array<epoll_event, 256> ready;
  int count = ::epoll_pwait2(poll_, ready.data(), static_cast<int>(ready.size()), &timeout, nullptr);
  for (int i = 0; i < count; ++i) {
    auto index = static_cast<std::size_t>(ready[static_cast<std::size_t>(i)].data.u64);
    // Of one that is closed by now, as its own event or by what the listener heard in between, nothing is to be read.
    if (all_[index].now == state::connecting)
      connected(index);
    else if (all_[index].now == state::idle || all_[index].now == state::busy)
      receive(index);
  }
  begin_to_open();
  tell_faults();
}

void connections::receive(std::size_t index) {
  auto& each = all_[index];
  auto size = ::recv(each.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (each.now == state::idle && size <= 0) {
    close(each);
    return hears_.on_idle_close(index);
  }
  if (each.now == state::idle)
    return fail(index, connection_fault::malformed);
  if (size <= 0)
    return fail(index, connection_fault::closed);
  std::string_view text{buffer_.data(), static_cast<std::size_t>(size)};
  if (each.received.empty())
    return answered(index, text);
  // Its memory goes with it: twenty thousand connections must not each keep room for the largest answer.
  auto whole = std::exchange(each.received, {});
  whole.append(text);
  answered(index, whole);
}

void connections::answered(std::size_t index, std::string_view text) {
  auto& each = all_[index];
  switch (parse(text, answer_)) {
  case answer_progress::incomplete:
    each.received = text;
    return;
  case answer_progress::malformed:
    each.received = text;
    return fail(index, connection_fault::malformed);
  case answer_progress::complete:
    break;
  }
  each.reused = true;
  each.now = state::idle;
  if (answer_.last)
    close(each);
  hears_.on_answer(index, answer_);
}

void connections::expire(clock::time_point then) {
  for (std::size_t i = 0; i < all_.size(); ++i) {
    auto now = all_[i].now;
    if ((now == state::busy || now == state::connecting || now == state::waiting) && all_[i].since < then)
      fail(i, connection_fault::timed_out);
  }
}

void connections::fail(std::size_t index, connection_fault why) {
  auto& each = all_[index];
  faults_.push_back({index, why, each.reused, !each.received.empty()});
  close(each);
}

void connections::close(connection& each) {
  if (each.now == state::connecting)
    --connecting_;
  if (each.fd >= 0)
    ::close(each.fd);
  each.fd = -1;
  each.now = state::closed;
  each.received = {};
}

void connections::tell_faults() {
  // What is heard may lead to further ones, which are told the next time.
  for (const auto& each : std::exchange(faults_, {}))
    hears_.on_fault(each.index, each.why, each.reused, each.begun);
}

} // namespace tessera::loadtest
