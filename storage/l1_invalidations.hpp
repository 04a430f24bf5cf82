#pragma once

#include "storage/l1_block.hpp"
#include "storage/l1_store.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tessera {

/// Knows which loads are too old to be cached. Invalidations are counted; a load carries the count at its beginning;
/// each invalidation leaves its number in the stripe of its key (as the versioned locks of TL2 do: Dice, Shalev,
/// Shavit, DISC 2006). A load is refused if its stripe has a later number. Memory is fixed and nothing has to be aged.
/// Keys that share a stripe can only cause refusals too many: with S stripes a load is refused without need with a
/// chance of (invalidations during the load) / S. Pure; one owner.
class l1_invalidations {
public:
  using time_point = l1_store::time_point;

  /// `first` is the count to begin with. The memory is up to 0.8 % of `limit`.
  l1_invalidations(std::size_t limit, std::uint64_t first);

  /// Returns the stamp of a load that begins now.
  load_stamp stamp() const noexcept {
    return {count_};
  }

  /// Returns a stamp for a load that began at `began`: the right one or an earlier one.
  load_stamp stamp_at(time_point began) const noexcept;

  /// Counts an invalidation of the key with this hash.
  void add(std::uint64_t hash, time_point now) noexcept;

  /// Counts an invalidation of all keys.
  void add_all(time_point now) noexcept;

  /// Returns whether a load of the key with this hash may no longer be cached, or whether the stamp is not ours.
  bool refuses(std::uint64_t hash, load_stamp stamp) const noexcept {
    return stamp.value < floor_ || stamp.value > count_ || stamp.value < stripe(hash);
  }

  /// Returns the bytes that it takes from the allocator.
  std::size_t footprint() const noexcept {
    return stripes_.footprint();
  }

private:
  // What was counted before the first invalidation of a stretch of time.
  struct stretch {
    time_point from{};
    std::uint64_t before = 0;
  };

  const std::uint64_t& stripe(std::uint64_t hash) const noexcept {
    return stripes_[hash & (stripes_.size() - 1)];
  }
  void count(time_point now) noexcept;

  // With 64 stretches of 2 s or more, `stamp_at` can look back over two minutes, longer than any load lasts.
  static constexpr std::size_t stretches = 64;
  static constexpr std::chrono::seconds shortest_stretch{2};

  l1_block<std::uint64_t> stripes_;
  std::uint64_t first_;
  std::uint64_t count_;
  std::uint64_t floor_;
  std::array<stretch, stretches> history_{};
  std::size_t history_size_ = 0; ///< ever written; the ring holds the last ones
  time_point last_{};
};

} // namespace tessera
