#pragma once

#include "actors/card_table.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// A job is at one stage at a time, which says what it waits for.
struct card_table::job {
  enum class stage : std::uint8_t {
    resolving,      ///< the alias
    looking_up,     ///< the member by number
    awaiting_load,  ///< a slot for the load
    loading,        ///< the member by id
    awaiting_check, ///< a slot for the check of a signature
    checking,
    awaiting_render,
    rendering,
  };

  std::uint64_t id = 0;
  std::string identity;
  card_task task;
  stage at = stage::resolving;
  bool holds_slot = false;
  bool asked_again = false;
  std::vector<waiter> waiters;
  steady_time deadline{};
  member_id member; ///< whose card it is, or claims to be
  id_number number; ///< once resolved
  std::size_t renderer = 0;
  checked_card checked;
  body_ptr record; ///< of the member, once found
  card_state state;
  cache_key key;
  load_stamp stamp;  ///< of the cache for what is being made, when that began
  card_answer found; ///< how the member's record came about

  bool verifies() const noexcept {
    return task.what == card_product::verification;
  }
};

} // namespace tessera
