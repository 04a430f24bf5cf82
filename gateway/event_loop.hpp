#pragma once

#include <utility> // before Asio: Boost 1.74 uses std::exchange in C++20 without including it

#include "gateway/hosted_actor.hpp"
#include "gateway/loop_unit.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <caf/fwd.hpp>
#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace tessera {

/// What an event loop needs of the one that lives on it. All calls come from the loop's thread.
class loop_client {
public:
  virtual ~loop_client() = default;

  /// The loop has woken up: the time is to be read anew.
  virtual void begin_round() = 0;

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

/// One I/O loop: an Asio context with a thread of its own that runs sockets, one hosted actor, and the CAF actors that
/// it wakes, to completion.
///
/// Sockets are kept in an epoll set of their own, level-triggered, which Asio watches as one descriptor. So a round of
/// the loop is one pass over all sockets that are ready, a socket costs no re-arming and no speculative read per
/// request, and an idle one holds nothing of Asio's (docs/decisions/0003-sockets-in-a-set-of-their-own.md).
class event_loop {
public:
  static constexpr std::chrono::milliseconds tick_length{100};

  explicit event_loop(caf::actor_system& system);
  ~event_loop();
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  /// Adds a descriptor to the set, with events (EPOLLIN, …) and a number that comes back with them. Returns false if
  /// the system refuses. Loop's thread, or before `run`.
  bool add(int fd, std::uint32_t events, std::uint64_t token);
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
  template <class Task>
  void post(Task task) {
    boost::asio::post(context_, [this, task = std::move(task)]() mutable {
      client_->begin_round();
      task();
      settle();
    });
  }

  /// Makes the loop drain the hosted actor's messages. Any thread.
  void wake();

  loop_unit& unit() noexcept {
    return unit_;
  }

private:
  void watch();
  void round();
  void settle();
  void schedule_tick(std::chrono::milliseconds pause);

  boost::asio::io_context context_{1};
  boost::asio::posix::stream_descriptor set_;
  boost::asio::steady_timer timer_;
  loop_unit unit_;
  loop_client* client_ = nullptr;
  hosted_actor* actor_ = nullptr;
  std::vector<epoll_event> ready_;
};

} // namespace tessera
