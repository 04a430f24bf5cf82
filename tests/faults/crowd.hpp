#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tessera::test {

/// What a client saw when it had asked for a member.
struct sighting {
  using time_point = std::chrono::steady_clock::time_point;

  std::size_t group = 0; ///< of the client
  time_point asked;
  time_point answered;
  std::string what; ///< "200 HIT", "200 MISS", "200 STALE", "503 QUEUE_FULL" and so on, or one of the two below

  static constexpr const char* connection_error = "connection error";
  static constexpr const char* no_answer = "no answer";
};

/// Clients that look members up, each over a connection of its own: it asks, waits for the answer, pauses, and asks
/// again (a closed loop). A connection that breaks is made anew after the pause. One thread is all of them. The methods
/// may be called from any thread.
class crowd {
public:
  struct group {
    std::size_t clients = 1;
    std::chrono::milliseconds pause{0};       ///< from an answer to the next question; clients begin spread over it
    std::function<std::string()> next_number; ///< whom to ask for; called in the crowd's thread
  };

  /// Begins to ask a service on 127.0.0.1.
  crowd(std::uint16_t port, std::vector<group> groups);
  ~crowd();
  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;

  /// Returns what was seen beyond the first `count` sightings, in the order of the answers.
  std::vector<sighting> seen(std::size_t count = 0) const;

  /// Returns when the question that has waited longest for its answer was asked; time_point::max() if none waits.
  sighting::time_point oldest_unanswered() const;

  /// Asks nothing more, and waits for the answers that are due, up to `patience`; what has not come then is a
  /// `no_answer`.
  void finish(std::chrono::milliseconds patience);

private:
  using time_point = sighting::time_point;

  struct client {
    std::size_t group = 0;
    int socket = -1;
    bool waits = false; ///< for an answer; changes under the mutex, and so does `asked`
    time_point asked;
    time_point next;      ///< when it asks again
    std::string unsent;   ///< of the question
    std::string received; ///< of the answer
  };

  bool goes_on();
  void run();
  void ask(client& who);
  void send(client& who);
  void receive(client& who);
  void broken(client& who);
  static void disconnect(client& who);
  void record(client& who, std::string what);

  const std::uint16_t port_;
  const std::vector<group> groups_;
  std::vector<client> clients_; ///< of the thread, but for what clients say
  bool asks_ = true;            ///< of the thread

  mutable std::mutex mutex_;
  std::vector<sighting> seen_;
  bool finish_ = false;
  time_point last_; ///< once finishing: no longer than that

  std::thread thread_; ///< last: it uses all of the above
};

} // namespace tessera::test
