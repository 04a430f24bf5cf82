#include "storage/l1_store.hpp"

#include "storage/l1_hash.hpp"
#include "storage/l1_invalidations.hpp"
#include "storage/l1_table.hpp"
#include "storage/s3_fifo.hpp"

#include <optional>
#include <utility>

// Four structures, each with its own memory: bodies (S3-FIFO over the byte budget), aliases (at most a tenth of that
// budget), negative entries (a budget of their own, so that guessing keys cannot evict members), and the numbers of
// invalidations. A negative entry excludes a body and an alias under the same key.
//
// The byte budget covers bodies, aliases, invalidations and all their overhead: after each change the weight of bodies
// that S3-FIFO may hold is set to what the rest leaves over.

namespace tessera {

namespace {

constexpr std::size_t largest_body_share = 10; // as much as the small queue may hold; more would sweep it empty
constexpr std::size_t alias_share = 10;

struct record {
  body_ptr body;
  l1_store::time_point loaded_at{};
  l1_store::time_point fresh_until{};
};

struct nothing {};

} // namespace

struct l1_store::implementation {
  implementation(const l1_settings& the_settings, std::uint64_t seed)
      : settings(the_settings), hash(seed), random(mix64(seed) | 1),
        bodies(settings.bytes, hash, l1_sizing::for_bytes(settings.bytes)), aliases(settings.bytes / alias_share, hash),
        negatives(settings.negative_bytes, hash), invalidations(settings.bytes, settings.first_stamp) {
    fit();
  }

  std::size_t overhead() const noexcept {
    return sizeof(implementation) + bodies.footprint() + aliases.footprint() + invalidations.footprint();
  }

  std::size_t bytes() const noexcept {
    return overhead() + bodies.weight();
  }

  // Evicting may make the ghosts grow: hence the loop.
  void fit() {
    do {
      auto rest = overhead();
      bodies.set_capacity(rest < settings.bytes ? settings.bytes - rest : 0);
    } while (bytes() > settings.bytes && bodies.size() != 0);
  }

  // Returns `lifetime`, less or more by the jitter.
  clock::duration jittered(std::chrono::milliseconds lifetime) noexcept {
    // xorshift64 (Marsaglia 2003): jitter needs no better.
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    auto share = static_cast<double>(random >> 11) * 0x1p-52 - 1.0; // [-1, 1)
    auto exact = std::chrono::duration<double, std::milli>(lifetime) * (1.0 + settings.jitter * share);
    return std::chrono::duration_cast<clock::duration>(exact);
  }

  bool refuses(const cache_key& key, load_stamp stamp) noexcept {
    if (!invalidations.refuses(hash(key), stamp))
      return false;
    ++refused_fills;
    return true;
  }

  l1_settings settings;
  l1_hash hash;
  std::uint64_t random;
  s3_fifo<cache_key, record, l1_hash> bodies;
  l1_table<cache_key, id_number, l1_hash> aliases;
  l1_table<cache_key, nothing, l1_hash> negatives;
  l1_invalidations invalidations;
  std::uint64_t forgotten_evictions = 0; ///< of what `clear` threw away
  std::uint64_t expirations = 0;
  std::uint64_t refused_fills = 0;
  std::uint64_t invalidation_calls = 0;
};

l1_store::l1_store(const l1_settings& settings, std::uint64_t seed)
    : self_(std::make_unique<implementation>(settings, seed)) {
}

l1_store::~l1_store() = default;

l1_store::found l1_store::find(const cache_key& key, time_point now) {
  found result;
  result.stamp = self_->invalidations.stamp();
  auto hash = self_->hash(key);
  if (auto* kept = self_->bodies.find(key, hash)) {
    if (now < kept->fresh_until + self_->settings.stale_for) {
      result.what = now < kept->fresh_until ? state::fresh : state::stale;
      result.body = &kept->body;
      result.loaded_at = kept->loaded_at;
      result.fresh_until = kept->fresh_until;
      return result;
    }
    self_->bodies.erase(key, hash);
    ++self_->expirations;
  } else if (const auto* none = self_->negatives.find(key, now)) {
    result.what = state::negative;
    result.fresh_until = none->expires;
  }
  return result;
}

load_stamp l1_store::stamp() const noexcept {
  return self_->invalidations.stamp();
}

load_stamp l1_store::stamp_at(time_point began) const noexcept {
  return self_->invalidations.stamp_at(began);
}

bool l1_store::fill(const cache_key& key, body_ptr body, load_stamp stamp, time_point loaded_at,
                    std::chrono::milliseconds fresh_for, time_point now) {
  if (self_->refuses(key, stamp))
    return false;
  auto fresh_until = loaded_at + self_->jittered(fresh_for);
  auto hash = self_->hash(key);
  if (!body || now >= fresh_until + self_->settings.stale_for) {
    ++self_->refused_fills;
    return false;
  }
  self_->negatives.erase(key);
  auto weight = body->footprint();
  auto kept = weight <= self_->settings.bytes / largest_body_share;
  if (kept)
    kept = self_->bodies.insert(key, hash, record{std::move(body), loaded_at, fresh_until}, weight);
  else
    self_->bodies.erase(key, hash); // what is there is older than what we just saw
  self_->fit();
  if (!kept)
    ++self_->refused_fills;
  return kept;
}

bool l1_store::fill_negative(const cache_key& key, load_stamp stamp, time_point now) {
  if (self_->refuses(key, stamp))
    return false;
  self_->bodies.erase(key, self_->hash(key));
  self_->aliases.erase(key);
  auto kept = self_->negatives.insert(key, {}, now + self_->jittered(self_->settings.negative_for), now);
  self_->fit();
  return kept;
}

bool l1_store::fill_alias(member_id id, id_number number, load_stamp stamp, time_point now) {
  auto key = cache_key::of_alias(id);
  if (self_->refuses(key, stamp))
    return false;
  self_->negatives.erase(key);
  auto kept = self_->aliases.insert(key, number, now + self_->jittered(self_->settings.stale_for), now);
  self_->fit();
  return kept;
}

std::optional<id_number> l1_store::resolve(member_id id, time_point now) {
  const auto* kept = self_->aliases.find(cache_key::of_alias(id), now);
  return kept ? std::optional{kept->value} : std::nullopt;
}

void l1_store::invalidate(const cache_key& key, time_point now) {
  auto hash = self_->hash(key);
  self_->invalidations.add(hash, now);
  self_->bodies.erase(key, hash);
  self_->aliases.erase(key);
  self_->negatives.erase(key);
  ++self_->invalidation_calls;
}

void l1_store::clear(time_point now) {
  auto& self = *self_;
  self.invalidations.add_all(now);
  self.forgotten_evictions += self.bodies.evictions();
  self.bodies = decltype(self.bodies){self.settings.bytes, self.hash, l1_sizing::for_bytes(self.settings.bytes)};
  self.aliases = decltype(self.aliases){self.settings.bytes / alias_share, self.hash};
  self.negatives = decltype(self.negatives){self.settings.negative_bytes, self.hash};
  ++self.invalidation_calls;
  self.fit();
}

l1_store::statistics l1_store::stats() const noexcept {
  statistics result;
  result.entries = self_->bodies.size();
  result.aliases = self_->aliases.size();
  result.bytes = self_->bytes();
  result.byte_limit = self_->settings.bytes;
  result.negative_entries = self_->negatives.size();
  result.negative_bytes = self_->negatives.footprint();
  result.evictions = self_->forgotten_evictions + self_->bodies.evictions();
  result.expirations = self_->expirations;
  result.refused_fills = self_->refused_fills;
  result.invalidations = self_->invalidation_calls;
  return result;
}

} // namespace tessera
