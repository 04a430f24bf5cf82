#include "gateway/event_loop.hpp"

#include <caf/actor_system.hpp>

#include <cerrno>
#include <system_error>

namespace tessera {

namespace {

/// How many sockets one round handles at most; the others are ready still and come in the next. What is answered goes
/// out at the end of a round, so a request waits for as many others at most.
constexpr std::size_t sockets_per_round = 128;

int make_set() {
  int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0)
    throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return fd;
}

} // namespace

event_loop::event_loop(caf::actor_system& system)
    : set_(context_, make_set()), timer_(context_), unit_(&system), ready_(sockets_per_round) {
}

event_loop::~event_loop() = default;

bool event_loop::add(int fd, std::uint32_t events, std::uint64_t token) {
  epoll_event event{events, {.u64 = token}};
  return ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void event_loop::modify(int fd, std::uint32_t events, std::uint64_t token) {
  epoll_event event{events, {.u64 = token}};
  ::epoll_ctl(set_.native_handle(), EPOLL_CTL_MOD, fd, &event);
}

void event_loop::remove(int fd) {
  ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, fd, nullptr);
}

void event_loop::run() {
  watch();
  schedule_tick(tick_length);
  context_.run();
}

void event_loop::stop() {
  context_.stop();
}

void event_loop::wake() {
  boost::asio::post(context_, [this] {
    client_->begin_round();
    actor_->drain_remote();
    settle();
  });
}

void event_loop::watch() {
  set_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& fault) {
    if (fault)
      return;
    round();
    watch();
  });
}

void event_loop::round() {
  int count = ::epoll_wait(set_.native_handle(), ready_.data(), static_cast<int>(ready_.size()), 0);
  if (count <= 0)
    return;
  client_->begin_round();
  client_->on_ready({ready_.data(), static_cast<std::size_t>(count)});
  settle();
}

/// Runs chains of messages (gateway, lookup, cache, gateway) to their end, then writes what came of them.
void event_loop::settle() {
  do {
    bool again = true;
    while (again) {
      again = client_->send_gathered();
      again |= unit_.run();
      again |= actor_->drain_local();
      if (actor_->ended()) {
        client_->on_actor_end();
        again = true;
      }
    }
  } while (client_->end_round());
}

void event_loop::schedule_tick(std::chrono::milliseconds pause) {
  timer_.expires_after(pause);
  timer_.async_wait([this](const boost::system::error_code& fault) {
    if (fault)
      return;
    client_->begin_round();
    auto next = client_->on_tick();
    settle();
    schedule_tick(next);
  });
}

} // namespace tessera
