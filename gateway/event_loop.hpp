#pragma once

#include "config/descriptor.hpp"
#include "gateway/hosted_actor.hpp"
#include "gateway/loop_unit.hpp"

#include <caf/fwd.hpp>
#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

namespace tessera {

/// What an event loop needs of the one that lives on it. All calls come from the loop's thread.
class loop_client {
public:
  virtual ~loop_client() = default;

  /// The loop has woken up, at `now`: the other times are to be read anew.
  virtual void begin_round(std::chrono::steady_clock::time_point now) = 0;

  /// Sockets of the set are ready.
  virtual void on_ready(std::span<const epoll_event> events) = 0;

  /// Sends the messages that this round has gathered. Returns whether there were any.
  virtual bool send_gathered() = 0;

  /// All actors have run: writes what this round has to write. Returns whether that has made room for more requests,
  /// so that the round goes on.
  virtual bool end_round() = 0;

  /// The hosted actor has ended; another is to be attached.
  virtual void on_actor_end() = 0;

  /// The time that the last tick asked for has passed. Returns when the next is to come: `event_loop::tick_length` as a
  /// rule, sooner where something is left to be done, with 0 as soon as the sockets have had their turn.
  virtual std::chrono::milliseconds on_tick() = 0;
};

/// One I/O loop: a thread of its own that runs sockets, one hosted actor, and the CAF actors that it wakes, to
/// completion.
///
/// A round of the loop is one `epoll_wait` and one pass over all that is ready: sockets, messages and tasks from other
/// threads, and the tick. It costs that one system call, however much there is to do
/// (docs/decisions/0003-one-epoll-set-per-loop.md).
class event_loop {
public:
  using clock = std::chrono::steady_clock;

  static constexpr std::chrono::milliseconds tick_length{100};

  /// No token of a descriptor.
  static constexpr std::uint64_t reserved_token = ~std::uint64_t{0} - 1;

  explicit event_loop(caf::actor_system& system);
  ~event_loop();
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  /// Adds a descriptor to the set, with events (EPOLLIN, …) and a number that comes back with them. Returns false if
  /// the system refuses. Loop's thread, or before `run`.
  bool add(int fd, std::uint32_t events, std::uint64_t token);

  /// Changes the events of a descriptor; those that it is ready for are reported, also if they had been before.
  void modify(int fd, std::uint32_t events, std::uint64_t token);
  void remove(int fd);

  /// Makes the loop call `client` and drain `actor` from now on. Before `run`, or from `on_actor_end`.
  void attach(loop_client& client, hosted_actor& actor) {
    client_ = &client;
    actor_ = &actor;
  }

  /// Runs until `stop`. The calling thread is the loop's from now on.
  void run();

  /// Ends `run` soon. Any thread.
  void stop();

  /// Runs `task` on the loop's thread. Any thread.
  void post(std::function<void()> task);

  /// Makes the loop drain the hosted actor's messages. Any thread.
  void wake();

  loop_unit& unit() noexcept {
    return unit_;
  }

private:
  void round();
  bool take_wake_up(std::size_t& count);
  void run_tasks();
  void settle();

  descriptor set_;
  descriptor wake_up_; ///< an eventfd
  loop_unit unit_;
  loop_client* client_ = nullptr;
  hosted_actor* actor_ = nullptr;
  clock::time_point now_{}; ///< of this round
  clock::time_point next_tick_{};
  std::vector<epoll_event> ready_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_; // guarded by mutex_
};

} // namespace tessera
