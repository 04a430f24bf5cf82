#include "gateway/event_loop.hpp"

#include <caf/actor_system.hpp>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace tessera {

namespace {

/// How many sockets one round handles at most; the others are ready still and come in the next. What is answered goes
/// out at the end of a round, so a request waits for as many others at most.
constexpr std::size_t sockets_per_round = 128;

/// Returns the descriptor that `call` returned.
descriptor must_open(int fd, const char* call) {
  if (fd < 0)
    throw std::system_error(errno, std::generic_category(), call);
  return descriptor{fd};
}

/// Returns a time to wait in whole milliseconds, never less than it is, so that no wait ends before its time.
int to_milliseconds(event_loop::clock::duration time) {
  auto whole = std::chrono::ceil<std::chrono::milliseconds>(time);
  return static_cast<int>(std::clamp(whole, std::chrono::milliseconds{0}, event_loop::tick_length).count());
}

} // namespace

event_loop::event_loop(caf::actor_system& system)
    : set_(must_open(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_up_(must_open(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")), unit_(&system),
      ready_(sockets_per_round) {
  // Edge-triggered, it never has to be read: each write is an edge of its own.
  if (!add(wake_up_.number(), EPOLLIN | EPOLLET, reserved_token))
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

event_loop::~event_loop() = default;

bool event_loop::add(int fd, std::uint32_t events, std::uint64_t token) {
  epoll_event event{events, {.u64 = token}};
  return ::epoll_ctl(set_.number(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void event_loop::modify(int fd, std::uint32_t events, std::uint64_t token) {
  epoll_event event{events, {.u64 = token}};
  ::epoll_ctl(set_.number(), EPOLL_CTL_MOD, fd, &event);
}

void event_loop::remove(int fd) {
  ::epoll_ctl(set_.number(), EPOLL_CTL_DEL, fd, nullptr);
}

void event_loop::run() {
  now_ = clock::now();
  next_tick_ = now_ + tick_length;
  while (!stopping_)
    round();
}

void event_loop::stop() {
  stopping_ = true;
  wake();
}

void event_loop::post(std::function<void()> task) {
  {
    std::lock_guard guard{mutex_};
    tasks_.push_back(std::move(task));
  }
  wake();
}

void event_loop::wake() {
  const std::uint64_t one = 1;
  // It fails only if 2^64 wake-ups had been counted, and then one is under way.
  [[maybe_unused]] auto written = ::write(wake_up_.number(), &one, sizeof one);
}

void event_loop::round() {
  // Counted from the round before: a tick may come as late as that one took.
  auto longest = to_milliseconds(next_tick_ - now_);
  int found = ::epoll_wait(set_.number(), ready_.data(), static_cast<int>(ready_.size()), longest);
  auto count = static_cast<std::size_t>(std::max(found, 0));
  now_ = clock::now();
  client_->begin_round(now_);
  if (take_wake_up(count)) {
    actor_->drain_remote();
    run_tasks();
  }
  if (count > 0)
    client_->on_ready({ready_.data(), count});
  if (now_ >= next_tick_)
    next_tick_ = now_ + client_->on_tick();
  settle();
}

/// Takes the wake-up out of the first `count` events. Returns whether it was among them.
bool event_loop::take_wake_up(std::size_t& count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (ready_[i].data.u64 != reserved_token)
      continue;
    ready_[i] = ready_[--count];
    return true;
  }
  return false;
}

void event_loop::run_tasks() {
  std::vector<std::function<void()>> tasks;
  {
    std::lock_guard guard{mutex_};
    tasks.swap(tasks_);
  }
  for (auto& task : tasks)
    task();
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

} // namespace tessera
