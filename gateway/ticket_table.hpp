#pragma once

#include "messages/lookup.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tessera {

/// The requests in flight of one gateway: a bounded slab whose slots carry a generation, so that a late or duplicate
/// answer finds nobody. Pure; one owner.
template <class Context>
class ticket_table {
public:
  /// REQUIRES: limit < 2^32 - 1.
  explicit ticket_table(std::size_t limit) : limit_(limit) {
  }

  bool full() const noexcept {
    return free_.empty() && slots_.size() >= limit_;
  }

  /// Returns how many tickets are out.
  std::size_t size() const noexcept {
    return slots_.size() - free_.size();
  }

  /// Gives out a ticket. REQUIRES: !full().
  ticket issue(Context context) {
    std::uint32_t slot;
    if (free_.empty()) {
      slot = static_cast<std::uint32_t>(slots_.size());
      slots_.emplace_back();
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    auto& entry = slots_[slot];
    entry.context = std::move(context);
    entry.out = true;
    return {slot, entry.generation};
  }

  /// Returns what was given to `issue`, or null if the ticket is no longer out.
  Context* find(ticket which) noexcept {
    if (which.slot >= slots_.size())
      return nullptr;
    auto& entry = slots_[which.slot];
    return entry.out && entry.generation == which.generation ? &entry.context : nullptr;
  }

  /// Returns the ticket that is out in `slot`. REQUIRES: there is one.
  ticket at(std::uint32_t slot) const noexcept {
    return {slot, slots_[slot].generation};
  }

  /// Calls `visit(ticket, context)` for each ticket that is out.
  template <class Visit>
  void for_each(Visit&& visit) {
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot)
      if (slots_[slot].out)
        visit(ticket{slot, slots_[slot].generation}, slots_[slot].context);
  }

  /// Takes a ticket back. REQUIRES: find(which).
  void release(ticket which) {
    auto& entry = slots_[which.slot];
    entry.context = Context{};
    entry.out = false;
    ++entry.generation;
    free_.push_back(which.slot);
  }

private:
  struct slot_entry {
    Context context{};
    std::uint32_t generation = 0;
    bool out = false;
  };
  std::size_t limit_;
  std::vector<slot_entry> slots_;
  std::vector<std::uint32_t> free_;
};

} // namespace tessera
