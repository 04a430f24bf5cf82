#include "guard/rate_limiter.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>

using namespace std::chrono_literals;
using tessera::client_key;
using tessera::limit_kind;
using tessera::rate_limiter;
using tessera::rate_rules;

// Random requests against the obvious limiter: for each client and limit, when the window began and how many passed.
namespace {

using time_point = rate_limiter::time_point;

struct model {
  struct window {
    time_point begin{};
    unsigned count = 0;
  };

  explicit model(std::uint64_t seed) : random(seed) {
    for (auto* rule : {&rules.general, &rules.lookup, &rules.card, &rules.bulk})
      *rule = {static_cast<unsigned>(random() % 8 == 0 ? 0 : 1 + random() % 20),
               std::chrono::milliseconds{1 + random() % 500}};
    rules.general.requests *= 2;
  }

  rate_limiter::verdict count(client_key client, limit_kind which, unsigned multiplier) {
    auto& rule = rules[which];
    if (rule.requests == 0)
      return {};
    auto& x = windows[{client.value, which}];
    if (x.count == 0 || now >= x.begin + rule.window)
      x = {now, 0};
    auto limit = rule.requests * multiplier;
    auto admitted = x.count < limit;
    if (admitted)
      ++x.count;
    return {admitted, which, limit, limit > x.count ? limit - x.count : 0,
            std::chrono::duration_cast<std::chrono::milliseconds>(x.begin + rule.window - now)};
  }

  rate_limiter::verdict ask(client_key client, std::optional<limit_kind> strict, unsigned multiplier) {
    auto out = count(client, limit_kind::general, multiplier);
    if (out.admitted && strict && rules[*strict].requests != 0)
      out = count(client, *strict, multiplier);
    return out;
  }

  std::mt19937_64 random;
  rate_rules rules;
  time_point now = time_point{} + 1h;
  std::map<std::pair<std::uint64_t, limit_kind>, window> windows;
};

} // namespace

BOOST_AUTO_TEST_SUITE(rate_limiter_model_test)

BOOST_AUTO_TEST_CASE(random_requests_are_decided_as_the_obvious_limiter_decides_them) {
  std::uint64_t refused = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      model expected{seed};
      auto& random = expected.random;
      // Far more places than clients: nobody is forgotten.
      rate_limiter sut{expected.rules, 10'000, seed};
      std::vector<client_key> clients(1 + random() % 30);
      std::ranges::generate(clients, [&] { return client_key{random()}; });
      for (int i = 0; i < 4'000; ++i) {
        expected.now += std::chrono::milliseconds{random() % 50 == 0 ? random() % 1'000 : random() % 3};
        auto client = clients[random() % clients.size()];
        auto strict = random() % 3 == 0 ? std::nullopt : std::optional{static_cast<limit_kind>(1 + random() % 3)};
        auto multiplier = static_cast<unsigned>(1 + random() % 2);
        auto want = expected.ask(client, strict, multiplier);
        auto got = sut.ask(client, strict, multiplier, expected.now);
        BOOST_REQUIRE(got.admitted == want.admitted);
        BOOST_REQUIRE((got.which == want.which));
        BOOST_REQUIRE(got.limit == want.limit);
        BOOST_REQUIRE(got.remaining == want.remaining);
        BOOST_REQUIRE((got.reset == want.reset));
        refused += got.admitted ? 0 : 1;
      }
    }
  }
  BOOST_TEST(refused > 10'000u); // the lives were eventful
}

BOOST_AUTO_TEST_SUITE_END()
