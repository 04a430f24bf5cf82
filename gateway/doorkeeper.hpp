#pragma once

#include "gateway/http/http_errors.hpp"
#include "gateway/http/request.hpp"
#include "gateway/http/responder.hpp"
#include "gateway/http/router.hpp"
#include "gateway/peer.hpp"
#include "gateway/presented_keys.hpp"
#include "gateway/protection.hpp"
#include "guard/access_policy.hpp"
#include "guard/key_ring_slot.hpp"
#include "guard/turned_away.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace tessera {

/// Who asks.
struct caller {
  ip_address address;           ///< as far as it is known
  client_key name;              ///< of the API key where there is a valid one, else of the address
  std::uint32_t multiplier = 1; ///< how many times the limits of an address hold
  access_decision access;
};

/// What the doorkeeper says of a request.
struct entrance {
  caller who;
  limit_report limit;
  bool asked_before = false; ///< the same client, for the same member, just now
  turned_away why = turned_away::no;
  problem what; ///< for the client, unless it may come in
};

/// Decides who may come in: whom a request is from, within which limits, with which scope; and which members they may
/// ask for. One per loop; what it counts is shared by all. Pure, but for what it counts.
class doorkeeper {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `shared` must outlive the doorkeeper.
  doorkeeper(protection& shared, std::shared_ptr<const key_ring_slot> keys);

  /// Sets the time and takes over the newest keys, once per round of the loop.
  void begin_round(time_point now, utc_time wall_clock);

  /// Decides on a request to a route. Limits, where the route has any, come first, so that a guess at a key counts,
  /// too.
  entrance admit(const peer& from, const http_request& request, const route_match& match);

  /// Decides on what arrived but is no request. That of a proxy is not counted: its clients are many.
  entrance admit_unreadable(const peer& from);

  /// Decides whether they may ask for this member; changes `in` if not.
  void ask_for(entrance& in, id_number number);
  void ask_for(entrance& in, member_id id);

  /// They asked for a number that no member has, and had not asked for it before.
  void missed(client_key who);

  /// They got no answer about the member that they asked for.
  void take_back(client_key who, id_number number);
  void take_back(client_key who, member_id id);

private:
  caller identify(const peer& from, const http_request& request, access_request& asked);
  void limit(entrance& in, std::optional<limit_kind> strict);
  void apply(entrance& in, const enumeration_guard::verdict& verdict) const;

  protection& shared_;
  presented_keys presented_;
  key_ring_view keys_;
  const key_ring* ring_; ///< the newest as of this round
  time_point now_{};
  utc_time wall_clock_{};
};

} // namespace tessera
