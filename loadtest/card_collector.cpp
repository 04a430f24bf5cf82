#include "loadtest/card_collector.hpp"

#include "loadtest/connections.hpp"
#include "loadtest/kind_counts.hpp"
#include "loadtest/verdict.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tessera::loadtest {

namespace {

using namespace std::chrono_literals;

/// The service makes 10 cards per address and 5 minutes, as the predecessor did; some are left for a second run.
constexpr std::size_t cards_per_address = 4;

/// So many are asked for at a time: the server may have to load the members first.
constexpr std::size_t at_once = 16;

/// Of members of whom nothing is known but their numbers, so many are tried for each card that is wanted.
constexpr std::size_t tries = 8;

/// Returns the text that the first member `name` ("\"token\":\"") of an answer holds; empty if there is none.
std::string_view text_of(std::string_view body, std::string_view name) noexcept {
  auto at = body.find(name);
  if (at == body.npos)
    return {};
  auto rest = body.substr(at + name.size());
  return rest.substr(0, std::min(rest.find('"'), rest.size()));
}

/// Each connection asks for a few members' cards, one after the other.
class collector final : connections::listener {
public:
  collector(const load_plan& plan, std::vector<load_member> candidates, std::size_t wanted, utc_time valid_until)
      : candidates_(std::move(candidates)), wanted_(wanted), patience_(plan.patience), valid_until_(iso8601(valid_until)),
        writer_(plan.target.host, plan.key), asked_((candidates_.size() + cards_per_address - 1) / cards_per_address),
        connections_(plan.target.address, asked_.size(), sources_of(plan), *this) {
  }

  result<std::vector<issued_card>> run() {
    for (std::size_t i = 0; i < at_once; ++i)
      open_next();
    while (at_work_ > 0 && cards_.size() < wanted_) {
      connections_.wait(100ms);
      connections_.expire(connections::clock::now() - patience_);
    }
    if (!cards_.empty())
      return std::move(cards_);
    std::string why;
    failures_.each([&](std::string_view kind, std::uint64_t count) {
      why.append(why.empty() ? "" : ", ").append(kind).append(" (").append(std::to_string(count)).append(" times)");
    });
    return failure{error_code::conflict, "The server made no card that could be verified: "
                                             + (why.empty() ? "there are no members to make one of" : why) + "."};
  }

private:
  static std::optional<source_addresses> sources_of(const load_plan& plan) {
    return plan.has_sources() ? std::optional{source_addresses{plan.sources.of(plan.users)}} : std::nullopt;
  }

  const load_member& whom(std::size_t index) const {
    return candidates_[index * cards_per_address + asked_[index]];
  }

  void open_next() {
    if (opened_ == asked_.size())
      return;
    ++at_work_;
    connections_.open(opened_++);
  }

  void ask(std::size_t index) {
    connections_.ask(index, writer_.card_of(whom(index)));
  }

  /// Goes on to the next member of a connection, or to the next connection.
  void go_on(std::size_t index) {
    auto next = ++asked_[index];
    bool more = next < cards_per_address && index * cards_per_address + next < candidates_.size();
    if (more && connections_.is_idle(index))
      return ask(index);
    if (more)
      return connections_.open(index);
    --at_work_;
    open_next();
  }

  void on_open(std::size_t index) override {
    ask(index);
  }

  void on_answer(std::size_t index, const http_answer& answer) override {
    auto token = text_of(answer.body, R"("token":")");
    auto expiry = text_of(answer.body, R"("expiry_date":")");
    if (answer.status != 200 || token.empty())
      failures_.add(std::to_string(answer.status) + " " + std::string{error_code_of(answer.body)});
    else if (expiry < valid_until_)
      failures_.add("a card that expires too soon");
    else if (cards_.size() < wanted_)
      cards_.push_back({whom(index), writer_.verify(token)});
    go_on(index);
  }

  void on_fault(std::size_t index, connection_fault fault, bool, bool) override {
    failures_.add(to_string(fault));
    go_on(index);
  }

  void on_idle_close(std::size_t) override {
  }

  const std::vector<load_member> candidates_;
  const std::size_t wanted_;
  const std::chrono::nanoseconds patience_;
  const std::string valid_until_; ///< as answers write times
  request_writer writer_;
  std::vector<std::size_t> asked_; ///< of each connection's members
  std::size_t opened_ = 0;
  std::size_t at_work_ = 0; ///< connections
  std::vector<issued_card> cards_;
  kind_counts failures_;
  connections connections_;
};

} // namespace

result<std::vector<issued_card>> collect_cards(const load_plan& plan, std::span<const load_member> members,
                                               std::size_t wanted, utc_time valid_until) {
  std::vector<load_member> candidates;
  for (const auto& each : members)
    if (each.may_have_card && each.id.value != 0 && candidates.size() < wanted * tries)
      candidates.push_back(each);
  return collector{plan, std::move(candidates), wanted, valid_until}.run();
}

} // namespace tessera::loadtest
