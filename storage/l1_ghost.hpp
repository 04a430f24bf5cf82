#pragma once

#include "storage/l1_block.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace tessera {

/// Remembers the hashes of the last N keys put in, roughly: what S3-FIFO calls the ghost queue. 8 bytes a slot: a
/// fingerprint and when it came, counted in insertions; what came more than N insertions ago is no longer there. (Yang
/// et al., SOSP 2023, section 4.2, keep it the same way.) A bucket that is full forgets its oldest. Keys are mistaken
/// for each other with a chance of about 2^-32.
class l1_ghost {
public:
  explicit l1_ghost(unsigned parts_log2) : parts_(std::size_t{1} << parts_log2), shift_(63 - parts_log2) {
    bytes_ = parts_.footprint();
  }

  /// Remembers `hash` as the youngest of `most`.
  void insert(std::uint64_t hash, std::size_t most) {
    most_ = static_cast<std::uint32_t>(most);
    if (++now_ == 0) // after 2^32 insertions, old fingerprints could look young: forget a few instead
      forget();
    auto& part = part_of(hash);
    // A third more slots than fingerprints, so that few buckets overflow.
    auto wanted = most / parts_.size() + most / parts_.size() / 3 + ways;
    if (part.size() < wanted || part.size() > 4 * wanted)
      resize(part, (wanted + wanted / 4) / ways * ways);
    place(part, {static_cast<std::uint32_t>(hash), now_});
  }

  /// Forgets `hash`. Returns whether it was remembered.
  bool take(std::uint64_t hash) noexcept {
    auto& part = part_of(hash);
    if (part.size() == 0)
      return false;
    auto tag = static_cast<std::uint32_t>(hash);
    auto* bucket = bucket_of(part, tag);
    for (std::size_t way = 0; way < ways; ++way)
      if (bucket[way].tag == tag && alive(bucket[way])) {
        bucket[way] = {};
        return true;
      }
    return false;
  }

  void forget() {
    for (std::size_t at = 0; at < parts_.size(); ++at)
      parts_[at] = {};
    bytes_ = parts_.footprint();
    now_ = 1;
  }

  /// Returns the bytes that it takes from the allocator.
  std::size_t footprint() const noexcept {
    return bytes_;
  }

private:
  struct slot {
    std::uint32_t tag = 0;
    std::uint32_t came = 0; ///< 0: empty
  };
  using part_type = l1_block<slot>;
  static constexpr std::size_t ways = 8; // one cache line

  part_type& part_of(std::uint64_t hash) noexcept {
    return parts_[(hash >> 1) >> shift_];
  }
  bool alive(const slot& what) const noexcept {
    return what.came != 0 && now_ - what.came < most_;
  }
  static slot* bucket_of(part_type& part, std::uint32_t tag) noexcept {
    return part.data() + ((std::uint64_t{tag} * (part.size() / ways)) >> 32) * ways;
  }

  void place(part_type& part, slot what) noexcept {
    auto* oldest = bucket_of(part, what.tag);
    for (auto* at = oldest; at != bucket_of(part, what.tag) + ways; ++at)
      if (at->came < oldest->came)
        oldest = at;
    *oldest = what;
  }

  void resize(part_type& part, std::size_t size) {
    auto old = std::exchange(part, part_type{size});
    bytes_ += part.footprint();
    for (std::size_t at = 0; at < old.size(); ++at)
      if (alive(old[at]))
        place(part, old[at]);
    bytes_ -= old.footprint();
  }

  l1_block<part_type> parts_;
  unsigned shift_;
  std::uint32_t now_ = 0;
  std::uint32_t most_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace tessera
