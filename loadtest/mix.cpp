#include "loadtest/mix.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <system_error>

namespace tessera::loadtest {

namespace {

/// Larger weights say nothing that smaller ones could not.
constexpr unsigned largest_weight = 1'000;

failure wrong_mix(const std::string& why) {
  return {error_code::validation, "--mix must be such as lookup=40,generate=30,verify=20,stats=10: " + why};
}

} // namespace

std::string_view to_string(scenario which) noexcept {
  switch (which) {
  case scenario::lookup:
    return "lookup";
  case scenario::generate:
    return "generate";
  case scenario::verify:
    return "verify";
  case scenario::stats:
    return "stats";
  }
  return "";
}

result<scenario_mix> parse_mix(std::string_view text) {
  scenario_mix mix;
  mix.weights.fill(0);
  while (!text.empty()) {
    auto part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    auto name = part.substr(0, part.find('='));
    auto digits = part.substr(std::min(name.size() + 1, part.size()));
    auto named = std::ranges::find_if(scenarios, [&](scenario each) { return to_string(each) == name; });
    if (named == scenarios.end())
      return wrong_mix("there is no scenario " + std::string{name} + ".");
    unsigned weight = 0;
    auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), weight);
    if (fault != std::errc{} || end != digits.data() + digits.size() || weight > largest_weight)
      return wrong_mix(std::string{name} + " needs a whole number from 0 to " + std::to_string(largest_weight) + ".");
    if (mix.has(*named))
      return wrong_mix(std::string{name} + " is there twice.");
    mix.weights[index_of(*named)] = weight;
  }
  if (std::ranges::none_of(scenarios, [&](scenario each) { return mix.has(each); }))
    return wrong_mix("nothing is asked for.");
  return mix;
}

std::string to_string(const scenario_mix& mix) {
  std::string text;
  for (auto each : scenarios)
    if (mix.has(each))
      text.append(text.empty() ? "" : ",")
          .append(to_string(each))
          .append("=")
          .append(std::to_string(mix.weights[index_of(each)]));
  return text;
}

mix_sequence::mix_sequence(const scenario_mix& mix, std::uint64_t seed) : random_(seed) {
  unsigned divisor = 0;
  for (auto weight : mix.weights)
    divisor = std::gcd(divisor, weight);
  for (auto each : scenarios)
    block_.insert(block_.end(), mix.weights[index_of(each)] / divisor, each);
}

scenario mix_sequence::next() noexcept {
  // A step of the Fisher-Yates shuffle.
  auto chosen = taken_ + random_.below(block_.size() - taken_);
  std::swap(block_[taken_], block_[chosen]);
  auto result = block_[taken_];
  taken_ = (taken_ + 1) % block_.size();
  return result;
}

} // namespace tessera::loadtest
