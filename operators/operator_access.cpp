#include "operators/operator_access.hpp"

#include "cards/id_number.hpp"
#include "cards/wall_clock.hpp"
#include "guard/access_policy.hpp"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace tessera {

namespace {

client_naming random_naming() {
  client_naming::secret secret{};
  randombytes_buf(secret.data(), secret.size());
  return client_naming{secret};
}

/// Returns what the one `Authorization` line presents by the scheme Bearer, or nothing.
std::optional<std::string_view> bearer_of(std::span<const std::string_view> lines) {
  constexpr std::string_view scheme = "bearer ";
  if (lines.size() != 1 || lines.front().size() < scheme.size())
    return std::nullopt;
  auto line = lines.front();
  bool same = std::equal(scheme.begin(), scheme.end(), line.begin(), [](char left, char right) {
    return left == (right >= 'A' && right <= 'Z' ? right | 0x20 : right);
  });
  if (!same)
    return std::nullopt;
  line.remove_prefix(std::min(line.find_first_not_of(' ', scheme.size()), line.size()));
  return line;
}

} // namespace

operator_access::operator_access(std::shared_ptr<const key_ring_slot> keys, std::shared_ptr<const operator_token> token)
    : keys_(std::move(keys)), token_(std::move(token)), naming_(random_naming()) {
}

operator_caller operator_access::judge(std::span<const std::string_view> authorization, const std::string& address) {
  if (authorization.empty())
    return look(authorization);
  auto client = naming_.of_address(parse_ip_address(address).value_or(ip_address{}));
  auto now = std::chrono::steady_clock::now();
  {
    std::lock_guard guard{mutex_};
    if (auto wait = failures_.wait(client, now); wait.count() > 0) {
      operator_caller result;
      result.refused = error_code::rate_limited;
      result.why = "Too many wrong credentials came from this address: wait " + std::to_string(wait.count()) + " s";
      result.retry_after = wait;
      result.presented = true;
      return result;
    }
  }
  auto result = look(authorization);
  result.presented = true;
  if (result.refused == error_code::authentication) {
    spdlog::warn("operator plane: wrong credentials from {}: {}", mask_id_numbers(address), result.why);
    std::lock_guard guard{mutex_};
    failures_.failed(client, now);
  }
  return result;
}

operator_caller operator_access::look(std::span<const std::string_view> authorization) const {
  operator_caller result;
  if (auto bearer = bearer_of(authorization); bearer && token_ && token_->is(*bearer)) {
    result.name = "token";
    return result;
  }
  access_request asked;
  asked.needed = scope::operate;
  asked.key = keys_->get()->judge(read_authorization(authorization), wall_clock());
  auto decision = decide_access(asked, {{}, true});
  result.refused = decision.refused;
  if (asked.key.state == key_state::valid)
    result.name = "key:" + std::string{asked.key.id.text()};
  if (asked.key.state == key_state::absent)
    result.why = "This needs an API key with the scope operate, or the token that the node wrote at its start, as "
                 "Authorization: Bearer …";
  else if (decision.refused != error_code::none)
    result.why = explain_refusal(asked, decision);
  return result;
}

} // namespace tessera
