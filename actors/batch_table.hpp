#pragma once

#include "actors/furniture.hpp"
#include "actors/metrics.hpp"
#include "messages/card.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace tessera {

/// What a batch_table wants done, in the order in which it came up.
struct batch_effects {
  struct addressed_result {
    std::uint32_t asker = 0; ///< as given to `open`
    cards_generated content;
  };
  struct dropped_task {
    member_id member;
    ticket which;
  };
  struct finished_card {
    ticket batch; ///< its `generate_cards::asked_by`
    member_id member;
    batch_result result;
    std::string card_number; ///< of one that was made
  };

  std::vector<card_task> tasks; ///< for the members' issuers
  std::vector<dropped_task> dropped;
  std::vector<finished_card> finished; ///< one by one, for those who go by it
  std::vector<addressed_result> results;

  void clear() {
    *this = {};
  }
};

/// The batches of cards that are being made. All members of a batch are fetched together first, so that they come from
/// the database in groups; then their cards are made, `concurrency` at a time, each member's once however often they
/// are named. One that fails or is late spoils no other. Pure: one owner.
class batch_table {
public:
  /// `metrics` must outlive the table.
  explicit batch_table(batch_metrics& metrics) : metrics_(metrics) {
    set(metrics_.at_work, 0); // of a predecessor
    set(metrics_.running, 0);
  }

  bool empty() const noexcept {
    return batches_.empty();
  }

  void open(std::uint32_t asker, const generate_cards& what, steady_time now, batch_effects& out);
  void answered(const card_answer& answer, steady_time now, batch_effects& out);

  /// Nobody waits for these any more: what has not begun never does.
  void abandon(std::uint32_t asker, std::span<const ticket> tickets, batch_effects& out);

  /// The issuers of the members for which `lost` holds died: asks their successors again, once per card.
  void ask_again(const std::function<bool(member_id)>& lost, steady_time now, batch_effects& out);

private:
  enum class stage : std::uint8_t { fetching, waiting, at_work, done };

  struct card {
    member_id member;
    stage at = stage::fetching;
    bool asked_again = false;
    batch_result result;
  };
  struct batch {
    std::uint32_t asker = 0;
    generate_cards what;
    std::vector<card> cards;           ///< one per member
    std::vector<std::uint32_t> places; ///< index in `cards`, for each member that was named
    steady_time deadline{};            ///< of its cards: so long before whoever asked gives up that it has an answer
    std::size_t fetching = 0;
    std::size_t at_work = 0;
    std::size_t next = 0; ///< the first that may still wait
  };
  using batches = std::map<std::uint32_t, batch>;

  void send(std::uint32_t number, const batch& whole, std::uint32_t index, steady_time now, batch_effects& out) const;
  void advance(batches::iterator which, steady_time now, batch_effects& out);
  void finish(batches::iterator which, batch_effects& out);

  batch_metrics& metrics_;
  std::uint32_t last_ = 0;
  batches batches_; ///< by number
};

} // namespace tessera
