#include "gateway/http/batch_text.hpp"

#include "gateway/http/http_errors.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

namespace tessera {

namespace {

constexpr std::size_t job_id_size = 26;

/// Writes JSON: members of an object, one after another.
class object_writer {
public:
  using writer = rapidjson::Writer<rapidjson::StringBuffer>;

  void put(std::string_view name, std::string_view text) {
    key(name);
    put_text(text);
  }
  void put(std::string_view name, std::uint64_t number) {
    key(name);
    to_.Uint64(number);
  }
  void put_truth(std::string_view name, bool truth) {
    key(name);
    to_.Bool(truth);
  }
  void key(std::string_view name) {
    to_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }
  writer& raw() noexcept {
    return to_;
  }
  std::string text() const {
    return {buffer_.GetString(), buffer_.GetSize()};
  }

private:
  void put_text(std::string_view text) {
    to_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }

  rapidjson::StringBuffer buffer_;
  writer to_{buffer_};
};

/// Returns why a card was not made, for people.
std::string_view reason_of(const job_card& card) noexcept {
  if (card.error == error_code::not_found)
    return "Member not found";
  if (!card.why.empty())
    return card.why;
  if (card.error == error_code::validation)
    return "memberId must be a whole number from 1";
  return http_error_of(card.error).title;
}

void put_results(object_writer& data, const std::vector<job_card>& cards) {
  data.key("results");
  data.raw().StartArray();
  for (const auto& card : cards) {
    if (!card.finished)
      continue;
    data.raw().StartObject();
    data.put("memberId", card.named);
    data.put_truth("success", card.error == error_code::none);
    if (!card.card_number.empty())
      data.put("card_number", card.card_number);
    if (card.error != error_code::none)
      data.put("error", reason_of(card));
    data.raw().EndObject();
  }
  data.raw().EndArray();
}

void put_figures(object_writer& data, const batch_job& job) {
  auto finished = finished_cards(job);
  auto made = made_cards(job);
  data.put("batch_id", job.id);
  data.put("state", to_string(job.state));
  data.put("total", job.cards.size());
  data.put("finished", finished);
  data.put("successful", made);
  data.put("failed", finished - made);
}

std::string figures_json(const batch_job& job) {
  object_writer data;
  data.raw().StartObject();
  put_figures(data, job);
  data.put("updated_at", iso8601(job.updated));
  data.raw().EndObject();
  return data.text();
}

} // namespace

std::string batch_json(const std::vector<job_card>& cards) {
  auto made = static_cast<std::size_t>(std::ranges::count(cards, error_code::none, &job_card::error));
  object_writer data;
  data.raw().StartObject();
  data.put("successful", made);
  data.put("failed", cards.size() - made);
  put_results(data, cards);
  data.raw().EndObject();
  return data.text();
}

std::string job_json(const batch_job& job) {
  auto path = job_path(job.id);
  object_writer data;
  data.raw().StartObject();
  put_figures(data, job);
  data.put("template", to_string(job.card.design));
  data.put("issued_by", job.card.issued_by);
  data.put("concurrency", std::uint64_t{job.concurrency});
  data.put("created_at", iso8601(job.created));
  data.put("updated_at", iso8601(job.updated));
  data.put("expires_at", iso8601(job.created + job_lifetime));
  put_results(data, job.cards);
  data.key("links");
  data.raw().StartObject();
  data.put("self", path);
  data.put("events", path + "/events");
  data.put("zip", path + "/cards.zip");
  data.put("pdf", path + "/cards.pdf");
  data.raw().EndObject();
  data.raw().EndObject();
  return data.text();
}

/// The JSON has no line ends, so it is one line of data.
std::string job_event(const batch_job& job) {
  bool done = job.state == job_state::done;
  return "id: " + std::to_string(finished_cards(job)) + (done ? "\nevent: done\ndata: " : "\nevent: progress\ndata: ")
         + (done ? job_json(job) : figures_json(job)) + "\n\n";
}

std::string job_path(std::string_view id) {
  return "/api/v1/batches/" + std::string{id};
}

bool is_job_id(std::string_view text) noexcept {
  return text.size() == job_id_size
         && std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); });
}

} // namespace tessera
