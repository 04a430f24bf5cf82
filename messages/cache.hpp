#pragma once

#include "messages/lookup.hpp"

#include <optional>
#include <vector>

namespace tessera {

/// A batch on its way through the cache: what is fresh is answered to `asker`, the rest goes to `misses_to`.
struct cache_probe {
  lookup_client_actor asker;
  lookup_actor misses_to;
  std::vector<lookup_request> requests;
  std::uint32_t hop = 0; ///< of the lookup_batch

  bool operator==(const cache_probe&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, cache_probe& x) {
  return f(caf::meta::type_name("tessera::cache_probe"), x.asker, x.misses_to, x.requests, x.hop);
}

/// A request that the cache cannot answer with something fresh.
struct cache_miss {
  lookup_request request;
  load_stamp stamp;                ///< for the cache_fill of the load that this may start
  body_ptr stale;                  ///< a stale copy that may have to do, or null
  std::uint32_t stale_age_s = 0;
  std::uint32_t stale_for_ms = 0;

  bool operator==(const cache_miss&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, cache_miss& x) {
  return f(caf::meta::type_name("tessera::cache_miss"), x.request, x.stamp, x.stale, x.stale_age_s, x.stale_for_ms);
}

struct cache_misses {
  lookup_client_actor asker;
  std::vector<cache_miss> misses;

  bool operator==(const cache_misses&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, cache_misses& x) {
  return f(caf::meta::type_name("tessera::cache_misses"), x.asker, x.misses);
}

/// One thing that a load brought: a member's body, or "there is no such member".
struct filled_member {
  id_number number;
  member_id id;                    ///< the alias to keep here; 0: none, it belongs to another shard or is unknown
  body_ptr body;                   ///< null: there is no such member
  load_stamp stamp;
  std::uint32_t age_ms = 0;        ///< since the database was asked
  std::uint32_t fresh_for_ms = 0;  ///< from then

  bool operator==(const filled_member&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, filled_member& x) {
  return f(caf::meta::type_name("tessera::filled_member"), x.number, x.id, x.body, x.stamp, x.age_ms, x.fresh_for_ms);
}

/// Keep what was loaded. The alias of a member whose id belongs to another shard is sent to that shard's cache with
/// `alias_only`; there `age_ms` says when the load began, because stamps mean something only to the cache that gave
/// them.
struct cache_fill {
  std::vector<filled_member> members;
  bool alias_only = false;
  bool by_age = false; ///< the stamps are not of this cache: the age tells when the load began

  bool operator==(const cache_fill&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, cache_fill& x) {
  return f(caf::meta::type_name("tessera::cache_fill"), x.members, x.alias_only, x.by_age);
}

/// Forget a member. Goes to the lookup shards of the number and of the id, each of which passes it on to its cache.
/// `number` is known by now; `id` is 0 where only the number is. L2 has forgotten the member before (else a load that
/// begins in between would bring the old record back).
struct invalidate {
  maintenance_actor asker;
  std::uint64_t job = 0;
  id_number number;
  member_id id;

  bool operator==(const invalidate&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, invalidate& x) {
  return f(caf::meta::type_name("tessera::invalidate"), x.asker, x.job, x.number, x.id);
}

/// Forget everything. Goes to all lookup shards, each of which passes it on to its cache, and to all issuers. L2 has
/// forgotten it before, as with `invalidate`.
struct invalidate_all {
  maintenance_actor asker;
  std::uint64_t job = 0;

  bool operator==(const invalidate_all&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, invalidate_all& x) {
  return f(caf::meta::type_name("tessera::invalidate_all"), x.asker, x.job);
}

/// A shard has forgotten what it was told to by the job.
struct invalidated {
  std::uint64_t job = 0;
  std::uint32_t shard = 0;

  bool operator==(const invalidated&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, invalidated& x) {
  return f(caf::meta::type_name("tessera::invalidated"), x.job, x.shard);
}

/// Which ID number does the alias of `id` lead to? With id 0, what is asked for is the stamp alone.
struct resolve_alias {
  alias_client_actor asker;
  std::uint64_t job = 0;
  member_id id;

  bool operator==(const resolve_alias&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, resolve_alias& x) {
  return f(caf::meta::type_name("tessera::resolve_alias"), x.asker, x.job, x.id);
}

struct alias_resolved {
  std::uint64_t job = 0;
  bool known = false;
  id_number number;
  std::uint32_t shard = 0;         ///< of the cache that answers
  load_stamp stamp;                ///< for the cache_fill there of a load that begins from now on

  bool operator==(const alias_resolved&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, alias_resolved& x) {
  return f(caf::meta::type_name("tessera::alias_resolved"), x.job, x.known, x.number, x.shard, x.stamp);
}

} // namespace tessera
