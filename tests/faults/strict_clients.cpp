#include "tests/faults/strict_clients.hpp"

#include "tests/integration/http/sample_store.hpp"
#include "tests/support/eventually.hpp"

#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <set>

using namespace std::chrono_literals;

namespace tessera::test {

namespace {

/// Longer than the service may take for anything, on a slow machine too: beyond it, a request hangs.
constexpr std::chrono::milliseconds patience{40'000};

constexpr std::size_t readers = 3;
constexpr std::size_t pipelined = 8;
constexpr std::size_t most_complaints = 20;
constexpr std::uint64_t answers_between_clears = 30;

constexpr std::uint64_t verifications_between_reissues = 8;

const std::string nobody{unknown_number};
const std::string nobodys_id{"999999999"};

/// Returns what is wrong with a refusal, "" if nothing is.
std::string fault_of_refusal(const raw_response& answer) {
  auto wait = header(answer, "Retry-After");
  return wait.empty() || wait == "0" ? "503 without a time to try again: " + answer.body : "";
}

/// A connection that is made anew after a complaint.
class client_connection {
public:
  explicit client_connection(std::uint16_t port) : port_(port) {
  }

  raw_connection& get() {
    if (!open_)
      open_.emplace(port_, raw_connection::options{.timeout = patience});
    return *open_;
  }
  void forget() {
    open_.reset();
  }

  /// Says good-bye, and returns what comes beyond all answers.
  std::string end() {
    if (!open_)
      return {};
    open_->shutdown_send();
    return open_->read_until_closed();
  }

private:
  std::uint16_t port_;
  std::optional<raw_connection> open_;
};

} // namespace

strict_clients::strict_clients(options how) : how_(std::move(how)) {
  auto seed = how_.seed;
  for (std::size_t i = 0; i < readers; ++i)
    start([this, seed, i] { read_one_by_one(seed + i); });
  start([this, seed] { read_pipelined(seed + readers); });
  start([this, seed] { rename_and_clear(seed + readers + 1); });
  start([this, seed] { make_cards_pipelined(seed + readers + 2); });
  start([this, seed] { verify_and_reissue(seed + readers + 3); });
}

strict_clients::~strict_clients() {
  finish();
}

void strict_clients::finish() {
  finish_ = true;
  for (auto& each : threads_)
    each.join();
  threads_.clear();
}

strict_clients::summary strict_clients::seen() const {
  std::lock_guard guard{mutex_};
  return seen_;
}

std::uint64_t strict_clients::answers() const {
  std::lock_guard guard{mutex_};
  return seen_.found + seen_.missing + seen_.cards + seen_.verdicts + seen_.refused;
}

void strict_clients::start(std::function<void()> client) {
  threads_.emplace_back(std::move(client));
}

void strict_clients::complain(std::string what) {
  std::lock_guard guard{mutex_};
  ++seen_.complaint_count;
  if (seen_.complaints.size() < most_complaints)
    seen_.complaints.push_back(std::move(what));
}

const std::string& strict_clients::choose(std::uint64_t random) const {
  constexpr std::size_t few = 10;
  auto which = random / 10;
  switch (random % 10) {
  case 0:
    return nobody;
  case 1:
  case 2:
  case 3:
    return how_.members[which % how_.members.size()].number;
  default:
    return how_.members[which % few].number;
  }
}

bool strict_clients::judge(const raw_response& answer, std::uint64_t summary::*count, const std::string& fault) {
  bool refused = answer.status == 503;
  auto what = refused ? fault_of_refusal(answer) : fault;
  if (!what.empty()) {
    complain(std::move(what));
    return false;
  }
  std::lock_guard guard{mutex_};
  ++(seen_.*(refused ? &summary::refused : count));
  return !refused;
}

void strict_clients::check(const std::string& number, const raw_response& answer) {
  if (answer.status == 404 && number == nobody)
    judge(answer, &summary::missing, "");
  else if (answer.status == 200 && number != nobody)
    judge(answer, &summary::found,
          json_document{answer}.text("/data/id_number") == number ? "" : "another member's answer");
  else
    judge(answer, &summary::refused, std::to_string(answer.status) + " " + answer.body);
}

bool strict_clients::check_card(const std::string& member_id, const raw_response& answer) {
  if (answer.status == 404 && member_id == nobodys_id) {
    judge(answer, &summary::missing, "");
    return false;
  }
  if (answer.status != 200 || member_id == nobodys_id)
    return judge(answer, &summary::refused, "card: " + std::to_string(answer.status) + " " + answer.body);
  auto whose = json_document{answer}.whole("/data/card_data/member_id");
  return judge(answer, &summary::cards, std::to_string(whose) == member_id ? "" : "another member's card");
}

void strict_clients::read_one_by_one(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  client_connection connection{how_.port};
  while (!finish_) {
    const auto& number = choose(random());
    try {
      connection.get().send(request("GET", member_path + number, how_.headers));
      check(number, connection.get().read_response());
    } catch (const std::exception& fault) {
      complain(fault.what());
      connection.forget();
    }
  }
  if (!connection.end().empty())
    complain("an answer that nobody has asked for");
}

void strict_clients::read_pipelined(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  client_connection connection{how_.port};
  while (!finish_) {
    std::vector<std::string> numbers;
    std::string requests;
    for (std::size_t i = 0; i < pipelined; ++i) {
      numbers.push_back(choose(random()));
      requests += request("GET", member_path + numbers.back(), how_.headers);
    }
    try {
      connection.get().send(requests);
      for (const auto& number : numbers)
        check(number, connection.get().read_response());
    } catch (const std::exception& fault) {
      complain(std::string{"pipelined: "} + fault.what());
      connection.forget();
    }
  }
  if (!connection.end().empty())
    complain("pipelined: an answer that nobody has asked for");
}

void strict_clients::rename_and_clear(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  client_connection connection{how_.port};
  auto ask = [&](const std::string& bytes) {
    connection.get().send(bytes);
    auto answer = connection.get().read_response();
    if (answer.status == 503)
      if (auto fault = fault_of_refusal(answer); !fault.empty())
        complain("clearing: " + fault);
    return answer;
  };
  for (std::uint64_t i = 0; !finish_; ++i) {
    const auto next = answers() + answers_between_clears;
    eventually(patience, [&] { return finish_ || answers() >= next; });
    const auto& member = how_.members[random() % how_.members.size()];
    const auto name = "Name" + std::to_string(i);
    const auto request_id = "clear-" + std::to_string(i);
    try {
      how_.rename(member, name);
      auto cleared =
          ask(request("DELETE", clear_path + member.id, how_.headers + "X-Request-Id: " + request_id + "\r\n"));
      if (cleared.status != 200) {
        if (cleared.status != 503)
          complain("clearing: " + std::to_string(cleared.status) + " " + cleared.body);
        continue;
      }
      {
        std::lock_guard guard{mutex_};
        seen_.cleared.push_back(request_id);
      }
      auto answer = ask(request("GET", member_path + member.number, how_.headers));
      check(member.number, answer);
      if (answer.status == 200 && json_document{answer}.text("/data/first_name") != name)
        complain("a member was cleared, and then seen as before: " + came_from(answer));
    } catch (const std::exception& fault) {
      complain(std::string{"clearing: "} + fault.what());
      connection.forget();
    }
  }
  if (!connection.end().empty())
    complain("clearing: an answer that nobody has asked for");
}

void strict_clients::make_cards_pipelined(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  client_connection connection{how_.port};
  for (std::uint64_t i = 0; !finish_;) {
    std::vector<std::string> ids;
    std::string requests;
    while (ids.size() < pipelined) {
      ids.push_back(random() % 10 == 0 ? nobodys_id : how_.members[random() % how_.members.size()].id);
      // Some are as others', so that they join them or were made before.
      auto issuer = "client " + std::to_string(random() % 2 == 0 ? 0 : ++i);
      requests +=
          json_request("POST", card_data_path + ids.back(), R"({"issued_by":")" + issuer + R"("})", how_.headers);
    }
    try {
      connection.get().send(requests);
      for (const auto& id : ids)
        check_card(id, connection.get().read_response());
    } catch (const std::exception& fault) {
      complain(std::string{"cards: "} + fault.what());
      connection.forget();
    }
  }
  if (!connection.end().empty())
    complain("cards: an answer that nobody has asked for");
}

void strict_clients::verify_and_reissue(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  client_connection connection{how_.port};
  std::set<std::string> unsure; // members of whom a reissue was refused, nobody knows how far it had come
  auto ask = [&](const std::string& bytes) {
    connection.get().send(bytes);
    return connection.get().read_response();
  };
  // Returns why the card is not valid, "" if it is; nothing if that was refused.
  auto verdict_on = [&](const std::string& token, const known_member& whose) -> std::optional<std::string> {
    auto answer = ask(json_request("POST", verify_path, R"({"card_data":")" + token + R"("})", how_.headers));
    if (answer.status != 200) {
      judge(answer, &summary::refused, "verifying: " + std::to_string(answer.status) + " " + answer.body);
      return std::nullopt;
    }
    json_document body{answer};
    bool valid = body.truth("/data/valid");
    bool right = !valid || body.text("/data/member_info/membership_number").ends_with(whose.id);
    judge(answer, &summary::verdicts, right ? "" : "another member's verification");
    return valid ? "" : body.text("/data/verification_details/reason");
  };
  for (std::uint64_t i = 0; !finish_; ++i) {
    const auto& member = how_.members[random() % how_.members.size()];
    try {
      auto card = ask(request("GET", card_path + member.id + ".json", how_.headers));
      if (!check_card(member.id, card))
        continue;
      const auto token = json_document{card}.text("/data/token");
      if (auto fault = verdict_on(token, member); fault && *fault != "")
        if (!unsure.contains(member.id) || *fault != "superseded")
          complain("a card was made, and then was " + *fault);
      if (i % verifications_between_reissues != 0)
        continue;
      auto reissued = ask(request("POST", card_path + member.id + "/reissue", how_.headers));
      unsure.insert(member.id);
      if (reissued.status != 200) {
        judge(reissued, &summary::refused, "reissuing: " + std::to_string(reissued.status) + " " + reissued.body);
        continue;
      }
      judge(reissued, &summary::reissued, "");
      unsure.erase(member.id);
      if (auto fault = verdict_on(token, member); fault && *fault != "superseded")
        complain("a card was reissued, and the one before was '" + *fault + "'");
    } catch (const std::exception& fault) {
      complain(std::string{"verifying: "} + fault.what());
      connection.forget();
    }
  }
  if (!connection.end().empty())
    complain("verifying: an answer that nobody has asked for");
}

} // namespace tessera::test
