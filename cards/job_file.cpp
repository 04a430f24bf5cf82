#include "cards/job_file.hpp"

#include "cards/csv_text.hpp"
#include "cards/drawing/zip_file.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tessera {

namespace {

constexpr std::string_view csv_heading = "member_id,success,card_number,file,note\r\n";

/// A card that is in the file.
struct drawn {
  member_id member;
  card_face face;
};

bool is_revoked(const card_state& state) noexcept {
  return state.revoked_up_to >= state.epoch;
}

/// Returns the cards that can be drawn, in the order of the job, each member's once.
std::vector<drawn> cards_of(const batch_job& job, std::span<const job_member> members, const card_maker& maker) {
  std::unordered_map<member_id, const job_member*> by_id;
  for (const auto& each : members)
    by_id.emplace(each.subject.id, &each);
  std::vector<drawn> all;
  for (const auto& card : job.cards) {
    if (!card.finished || card.error != error_code::none)
      continue;
    auto found = by_id.find(card.member);
    if (found == by_id.end() || found->second == nullptr)
      continue;
    const auto& who = *std::exchange(found->second, nullptr);
    if (is_revoked(who.state))
      continue;
    if (auto face = maker.face({who.subject, who.state, job.card, job.updated}))
      all.push_back({card.member, std::move(*face)});
  }
  return all;
}

/// Returns why a card that was made is not in the file.
std::string_view reason_of_absence(member_id whose, std::span<const job_member> members) {
  auto who = std::ranges::find(members, whose, [](const job_member& each) { return each.subject.id; });
  return who != members.end() && is_revoked(who->state) ? "revoked since" : "the member is no longer active";
}

failure nothing_to_draw() {
  return {error_code::not_found, "No card of this batch can be drawn"};
}

std::string file_name(const card_face& face) {
  return face.card_number + ".pdf";
}

/// `now` is the card in the file, or null.
void append_line(std::string& to, const job_card& card, const card_face* now, std::span<const job_member> members) {
  bool made = card.error == error_code::none;
  std::string_view note = card.why;
  if (!made && note.empty())
    note = to_string(card.error);
  if (made && now == nullptr)
    note = reason_of_absence(card.member, members);
  if (made && now != nullptr && now->card_number != card.card_number)
    note = "reissued since: the file has the newer card";
  for (auto field : {std::string_view{card.named}, made ? std::string_view{"true"} : std::string_view{"false"},
                     std::string_view{card.card_number}}) {
    append_csv_field(to, field);
    to.push_back(',');
  }
  if (now != nullptr)
    append_csv_field(to, file_name(*now));
  to.push_back(',');
  append_csv_field(to, note);
  to.append("\r\n");
}

} // namespace

result<std::string> make_job_zip(const batch_job& job, std::span<const job_member> members, const card_maker& maker) {
  auto all = cards_of(job, members, maker);
  if (all.empty())
    return nothing_to_draw();
  zip_file file{job.updated};
  for (const auto& each : all)
    file.add(file_name(each.face), maker.pdf(each.face));
  std::string lines{csv_heading};
  for (const auto& card : job.cards) {
    auto in_file = std::ranges::find(all, card.member, &drawn::member);
    append_line(lines, card, in_file == all.end() ? nullptr : &in_file->face, members);
  }
  file.add("results.csv", lines);
  return std::move(file).finish();
}

result<std::string> make_job_sheets(const batch_job& job, std::span<const job_member> members,
                                    const card_maker& maker) {
  std::vector<card_face> faces;
  for (auto& each : cards_of(job, members, maker))
    faces.push_back(std::move(each.face));
  if (faces.empty())
    return nothing_to_draw();
  return maker.sheets(faces);
}

} // namespace tessera
