#pragma once

#include "cards/id_number.hpp"
#include "cards/member_id.hpp"
#include "guard/client_key.hpp"
#include "guard/client_table.hpp"
#include "guard/enumeration_record.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tessera {

struct enumeration_guard_settings {
  using secret = std::array<std::uint8_t, 16>;

  guess_budgets budgets{};
  std::size_t clients = 100'000; ///< known at once
  secret key{};                  ///< random, for this process alone
};

/// Keeps clients from finding out who is a member by asking for number after number, which a fast lookup would be a
/// machine for. Each client has budgets for misses, for different ID numbers and member ids, and for runs of them, per
/// 15 minutes from its first request: about a third of what the request limits let through. What has used one up is
/// refused all that is new to it until the window ends. A value that is asked for again counts nowhere.
///
/// What it can't do: stop who has many addresses. n clients get n budgets, and so do n processes for one client, as
/// nothing is shared between them. The docs say what that comes to (decision 0011).
///
/// Misses are known only after the fact. Whoever asks without waiting has as many more as were under way when the
/// budget was used up: no more than the request limit lets through before the first of them is answered.
///
/// One for all threads of a process.
class enumeration_guard {
public:
  using time_point = enumeration_record::time_point;

  struct verdict {
    guess_fault fault = guess_fault::none;
    std::chrono::milliseconds left{0}; ///< until the window ends
    bool first = false;                ///< the refusal that the fault begins with: the one worth a line in the log
    bool again = false;                ///< asked for just before: if it is missed again, that counts no more
  };

  explicit enumeration_guard(const enumeration_guard_settings& settings)
      : budgets_(settings.budgets), key_(settings.key), clients_(settings.clients) {
  }

  /// Counts a lookup of a member by ID number, and decides on it. To be asked before anything is looked up, and for
  /// hits and misses alike, so that a refusal tells nothing.
  /// @param multiplier makes each budget that many times as large; at least 1, the same for all requests of a client
  verdict look_up(client_key client, id_number number, unsigned multiplier, time_point now);

  /// Counts a request for a member's card, or for anything else that names a member by its id, and decides on it.
  verdict touch(client_key client, member_id id, unsigned multiplier, time_point now);

  /// A lookup that passed ended without an answer about the member: the client has gone, or was told of a fault of
  /// ours. Asked for again it counts as if for the first time; else misses could be had for nothing by asking twice.
  void take_back(client_key client, id_number number);
  void take_back(client_key client, member_id id);

  /// The client was told that there is no such member. Not to be called for what it has asked for `again`.
  void missed(client_key client, time_point now);

  /// Returns how many clients were forgotten before their windows ended (see client_table).
  std::uint64_t evictions() const noexcept {
    return clients_.evictions();
  }

private:
  std::uint64_t hash_of(client_key client, std::uint64_t value) const noexcept;
  verdict ask(client_key client, const guess_subject& asked, unsigned multiplier, time_point now);

  guess_budgets budgets_;
  enumeration_guard_settings::secret key_;
  client_table<enumeration_record> clients_;
};

} // namespace tessera
