#include "cards/batch_job.hpp"

#include "cards/base32.hpp"

#include <algorithm>

namespace tessera {

std::string_view to_string(job_state state) noexcept {
  switch (state) {
  case job_state::waiting:
    return "waiting";
  case job_state::running:
    return "running";
  case job_state::done:
    return "done";
  }
  return "unknown";
}

std::optional<job_state> parse_job_state(std::string_view text) noexcept {
  for (auto state : {job_state::waiting, job_state::running, job_state::done})
    if (text == to_string(state))
      return state;
  return std::nullopt;
}

std::string make_job_id(const job_id_seed& random) {
  auto id = encode_base32(random);
  for (auto& c : id)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return id;
}

std::size_t finished_cards(const batch_job& job) noexcept {
  return static_cast<std::size_t>(std::ranges::count(job.cards, true, &job_card::finished));
}

std::size_t made_cards(const batch_job& job) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(job.cards, [](auto& each) { return each.finished && each.error == error_code::none; }));
}

bool ask_the_same(const batch_job& left, const batch_job& right) {
  return left.card == right.card && left.concurrency == right.concurrency
         && std::ranges::equal(left.cards, right.cards, {}, &job_card::named, &job_card::named);
}

} // namespace tessera
