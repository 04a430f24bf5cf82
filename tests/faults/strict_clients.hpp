#pragma once

#include "tests/integration/http/http_client.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tessera::test {

/// Someone whom clients ask for.
struct known_member {
  std::string number; ///< ID number
  std::string id;     ///< member id
};

/// Clients that ask a service all the time, each on a thread and a connection of its own, and take exception to
/// anything but: one answer to each request, in order, on a connection that stays; the member or the member's card that
/// was asked for, 404 for the number that nobody has, or 503 that says when to try again. What was cleared is not seen
/// again; a card is valid until it is reissued, and not from then on.
class strict_clients {
public:
  struct options {
    std::uint16_t port = 0;
    std::string headers;               ///< whole lines, sent with every request
    std::vector<known_member> members; ///< to ask for
    /// Changes the first name of a member in the store.
    std::function<void(const known_member&, const std::string& name)> rename;
    std::uint64_t seed = 1;
  };

  /// Begins to ask.
  explicit strict_clients(options how);
  ~strict_clients();
  strict_clients(const strict_clients&) = delete;
  strict_clients& operator=(const strict_clients&) = delete;

  /// Asks nothing more, and waits for the answers that are due.
  void finish();

  struct summary {
    std::uint64_t found = 0;
    std::uint64_t missing = 0;
    std::uint64_t cards = 0;
    std::uint64_t verdicts = 0; ///< on cards
    std::uint64_t reissued = 0;
    std::uint64_t refused = 0;           ///< with a time to try again
    std::vector<std::string> cleared;    ///< the ids of the requests to clear a member that succeeded
    std::vector<std::string> complaints; ///< what must not be; a few of them
    std::uint64_t complaint_count = 0;
  };
  /// Returns what was seen. Any time.
  summary seen() const;

  /// Returns how many good answers were seen. Any time.
  std::uint64_t answers() const;

private:
  void start(std::function<void()> client);
  void read_one_by_one(std::uint64_t seed);
  void read_pipelined(std::uint64_t seed);
  void rename_and_clear(std::uint64_t seed);
  void make_cards_pipelined(std::uint64_t seed);
  void verify_and_reissue(std::uint64_t seed);

  /// Whom to ask for: a member, mostly one of a few, or nobody (then the number is `unknown_number`).
  const std::string& choose(std::uint64_t random) const;
  void check(const std::string& number, const raw_response& answer);
  /// Counts an answer that is as it should be, or a refusal; complains of any other. Returns whether it is no refusal.
  bool judge(const raw_response& answer, std::uint64_t summary::*count, const std::string& fault);
  bool check_card(const std::string& member_id, const raw_response& answer);
  void complain(std::string what);

  const options how_;
  std::atomic<bool> finish_{false};
  mutable std::mutex mutex_;
  summary seen_; ///< guarded by mutex_
  std::vector<std::thread> threads_;
};

} // namespace tessera::test
