#pragma once

#include "guard/change_marks.hpp"
#include "guard/client_key.hpp"
#include "guard/client_table.hpp"
#include "guard/rate_record.hpp"
#include "guard/rate_rules.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tessera {

/// Limits how many requests each client may make: one for all threads of a process, exact among them. Windows are
/// fixed: one begins with a client's first request, at most N pass in it, then the next request begins another. All
/// times are cut to milliseconds. A bounded number of clients is known at once (client_table says who is forgotten, and
/// what that means); forgetting one whose windows have ended changes nothing. A decision takes 22 ns of processor time
/// where 20,000 clients are known, 28 where 200,000 are, and 65 for a newcomer to a full table (docs/performance.md).
///
/// Processes and nodes share their counts through a store, to which somebody carries them: `collect` gives what has
/// changed here, the store keeps each process's count of a window under a name of its own, and `merge` takes the sum.
/// What is written is the whole count, not what was added. So it can be written twice, late, or again after the store
/// has lost everything; a process that starts later learns what the others counted with its first exchange, and so does
/// this one about a client that it had to forget. Without the store each process limits by what it counts and last
/// learnt. The store keeps a window until the earliest end that anyone gave it, and everyone takes that end over: the
/// window begins with the first request anywhere.
///
/// Decisions never wait for the store, so more than N can pass. Let n processes exchange every P, an exchange taking R
/// at most, P + R <= `tail`. What has been counted is in the store P + R later. So when N requests have passed, each
/// process may admit more for that long, and afterwards from the first one that it admits until its next exchange has
/// told it, which is as long again: in two stretches of `tail`. All together these are no more than (n - 1) N, as no
/// process admits more than N.
class rate_limiter {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// What is counted in the last milliseconds of a window is not shared: it would come late, and perhaps into the next.
  static constexpr std::chrono::milliseconds tail{250};

  struct verdict {
    bool admitted = true;
    limit_kind which = limit_kind::general; ///< who refuses; else the stricter one if it limits; else the general one
    std::uint32_t limit = 0;                ///< N; 0: nothing limits this request, and the rest is 0, too
    std::uint32_t remaining = 0;
    std::chrono::milliseconds reset{0}; ///< until the window ends
  };

  /// What this process has counted in one window of a client.
  struct shared_count {
    client_key client;
    limit_kind which = limit_kind::general;
    std::uint64_t name = 0; ///< of the count: no other process, no other window of this client has it
    std::uint32_t own = 0;
    std::chrono::milliseconds left{0}; ///< until the window ends
  };

  /// Is made for `clients` at once. `seed` names this process's counts in the store: random, different for each.
  rate_limiter(const rate_rules& rules, std::size_t clients, std::uint64_t seed);

  /// Decides on a request, and counts it. The general limit is asked first and then `strict`, if any, as the
  /// predecessor's middleware did: what `strict` refuses has been counted in the general limit; a limit that refuses
  /// counts nothing.
  /// @param multiplier makes each N that many times as large; at least 1
  verdict ask(client_key client, std::optional<limit_kind> strict, unsigned multiplier, time_point now);

  /// How many more than it was asked for a collection may hold: the last bucket is emptied.
  static constexpr std::size_t most_over = client_table<rate_record>::ways * limit_kinds - 1;

  /// Puts what has changed since the last time into `out`, until that holds `most`; the rest waits for the next call.
  /// Each is to be given to `merge` or `put_back`. One thread at a time.
  void collect(std::vector<shared_count>& out, std::size_t most, time_point now);

  /// The store holds `sent`. `total` is the sum of all counts of that window there, `left` what it has left of it. One
  /// that has ended here meanwhile, or of a client that had to be forgotten, is ignored.
  void merge(const shared_count& sent, std::uint64_t total, std::chrono::milliseconds left, time_point now);

  /// The store may or may not hold `unsent`: it will be collected again.
  void put_back(const shared_count& unsent);

  /// Returns how many clients were forgotten before their windows ended.
  std::uint64_t evictions() const noexcept {
    return clients_.evictions();
  }

private:
  verdict count(rate_record& record, limit_kind which, client_key client, unsigned multiplier, std::uint64_t tick);
  std::uint64_t name_of(const rate_window& window) const noexcept {
    return first_name_ + window.begin;
  }

  rate_rules rules_;
  std::uint64_t first_name_;
  client_table<rate_record> clients_;
  change_marks changed_; ///< by bucket
};

static_assert(client_table<rate_record>::bytes_per_client == 103, "26 bytes per client and limit; 32 are allowed");

} // namespace tessera
