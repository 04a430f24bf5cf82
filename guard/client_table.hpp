#pragma once

#include "guard/client_key.hpp"
#include "guard/spin_lock.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace tessera {

/// One record per client, for a bounded number of clients, shared by all threads. Memory is taken once.
/// Set-associative: a key selects a bucket of seven clients, whose keys and lock fill one cache line, so finding a
/// record touches that line and the record's own. Keys are uniformly distributed under a secret, so nobody can aim at a
/// bucket.
///
/// `Record` is default constructible (a client of whom nothing is known) and has
/// - `bool idle(time_point now) const`: forgetting it changes nothing,
/// - `std::uint64_t weight(time_point now) const`: how much is lost with it.
///
/// There is always room for a newcomer: in a full bucket it takes the place of an idle record, else of the lightest. So
/// a flood of newcomers replaces one another and never who is heavier than they, and nobody is refused because the
/// table is full. What an evicted client gains is what its record held, which is no more than what each of the other
/// six in its bucket holds at that time. So to have records of weight w forgotten, again and again as newcomers come,
/// others must first earn six of weight w in the same bucket; as nobody can choose it, w for six places of seven in the
/// table.
///
/// There are seven places for each five clients that the table is made for, as they do not spread evenly: with so many
/// live clients 5 % of them are more than their buckets hold, with half as many 0.2 % (by the Poisson distribution).
template <class Record>
class client_table {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::size_t ways = 7;

private:
  static constexpr std::size_t cache_line = 64;
  static constexpr std::size_t expected = 5; ///< clients of a bucket, on the average

  struct alignas(cache_line) bucket {
    spin_lock lock;
    std::uint32_t used = 0; ///< a bit for each place; one in use is never empty again
    std::array<client_key, ways> keys;
    std::array<Record, ways> records;
  };

public:
  /// All that the table takes per client that it is made for.
  static constexpr std::size_t bytes_per_client = (sizeof(bucket) + expected - 1) / expected;

  /// Makes the table for `clients`, fewer than 2^32.
  explicit client_table(std::size_t clients) : buckets_(std::max<std::size_t>((clients + expected - 1) / expected, 1)) {
  }

  /// Returns what `f` returns for the client's record, made now if there is none. `f` holds up whoever needs the same
  /// bucket: no more than some tens of nanoseconds, and no call to this table. Any thread, as for the others.
  template <class F>
  auto with(client_key client, time_point now, F f) {
    auto& home = buckets_[bucket_of(client)];
    // On its way while the lock is: another thread may have both lines.
    __builtin_prefetch(&home.records[favourite(client)], 1);
    std::lock_guard guard{home.lock};
    return f(home.records[place_for(home, client, now)]);
  }

  /// Calls `f` with the client's record if there is one; returns whether there is.
  template <class F>
  bool find(client_key client, F f) {
    auto& home = buckets_[bucket_of(client)];
    std::lock_guard guard{home.lock};
    auto place = place_of(home, client);
    if (place == ways)
      return false;
    f(home.records[place]);
    return true;
  }

  /// Calls `f` with the key and the record of each client in a bucket, idle ones, too.
  template <class F>
  void visit(std::size_t which, F f) {
    auto& all = buckets_[which];
    std::lock_guard guard{all.lock};
    for (std::size_t i = 0; i < ways; ++i)
      if (is_used(all, i))
        f(all.keys[i], all.records[i]);
  }

  std::size_t buckets() const noexcept {
    return buckets_.size();
  }

  /// Returns the bucket in which the client's record is, or would be.
  std::size_t bucket_of(client_key client) const noexcept {
    return static_cast<std::size_t>((client.value >> 32) * buckets_.size() >> 32); // Lemire 2019: no division
  }

  /// Returns how many records that were not idle were forgotten for a newcomer.
  std::uint64_t evictions() const noexcept {
    return evictions_.load(std::memory_order_relaxed);
  }

private:
  static bool is_used(const bucket& home, std::size_t place) noexcept {
    return (home.used >> place & 1) != 0;
  }

  /// Returns the place that a client gets if it is free, as it mostly is: where to look first.
  static std::size_t favourite(client_key client) noexcept {
    return static_cast<std::size_t>((client.value & 0xffff'ffff) * ways >> 32);
  }

  /// Returns `ways` if the client is not there.
  static std::size_t place_of(const bucket& home, client_key client) noexcept {
    auto is_at = [&](std::size_t place) { return home.keys[place] == client && is_used(home, place); };
    if (auto place = favourite(client); is_at(place))
      return place;
    std::size_t place = 0;
    while (place < ways && !is_at(place))
      ++place;
    return place;
  }

  std::size_t place_for(bucket& home, client_key client, time_point now) {
    auto place = place_of(home, client);
    if (place < ways)
      return place;
    place = favourite(client);
    if (is_used(home, place)) {
      place = static_cast<std::size_t>(std::countr_one(home.used));
      if (place == ways)
        place = victim(home, now);
    }
    home.used |= 1U << place;
    home.keys[place] = client;
    home.records[place] = Record{};
    return place;
  }

  std::size_t victim(const bucket& home, time_point now) {
    std::size_t lightest = 0;
    std::uint64_t least = ~std::uint64_t{0};
    for (std::size_t i = 0; i < ways; ++i) {
      if (home.records[i].idle(now))
        return i;
      if (auto weight = home.records[i].weight(now); weight < least) {
        least = weight;
        lightest = i;
      }
    }
    evictions_.fetch_add(1, std::memory_order_relaxed);
    return lightest;
  }

  std::vector<bucket> buckets_;
  std::atomic<std::uint64_t> evictions_{0};
};

} // namespace tessera
