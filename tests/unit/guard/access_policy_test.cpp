#include "guard/access_policy.hpp"

#include "guard/forwarded.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <ostream>
#include <set>
#include <vector>

using namespace tessera;

namespace {

constexpr std::array all_states{key_state::absent,  key_state::malformed, key_state::unknown,
                                key_state::revoked, key_state::expired,   key_state::valid};

key_id some_id() {
  return *key_id::parse("abcdefghij");
}

scope_set subset(unsigned bits) {
  scope_set result;
  for (auto each : all_scopes)
    if (bits >> static_cast<unsigned>(each) & 1)
      result |= {each};
  return result;
}

key_verdict verdict_of(key_state state, scope_set scopes) {
  if (state == key_state::valid)
    return {state, some_id(), scopes, 7};
  return {.state = state, .id = state == key_state::revoked ? some_id() : key_id{}};
}

/// Where a request comes from.
struct journey {
  bool over_loopback = false;
  bool forwarded = false;
  bool proxy_is_trusted = false;
};

bool is_local(const journey& from) {
  auto other_end = *parse_ip_address(from.over_loopback ? "127.0.0.1" : "192.0.2.7");
  std::vector<ip_network> trusted;
  if (from.proxy_is_trusted)
    trusted.emplace_back(other_end);
  return counts_as_loopback(other_end, from.forwarded, trusted);
}

/// The same rules, told from the side of the caller: collect every permission there is, then look.
access_decision obvious(const access_request& request, const journey& from, const access_rules& rules) {
  std::set<scope> may;
  access_decision expected;
  for (auto each : all_scopes)
    if (rules.open.has(each))
      may.insert(each);

  bool from_here = from.over_loopback;
  if (from.forwarded && !from.proxy_is_trusted)
    from_here = false;
  if (from_here && rules.keys_configured == false) {
    may.insert(all_scopes.begin(), all_scopes.end());
    expected.caller = access_decision::caller_kind::local;
  }

  std::set<key_state> bad{key_state::malformed, key_state::unknown, key_state::revoked, key_state::expired};
  if (request.key.state == key_state::valid) {
    for (auto each : all_scopes)
      if (request.key.scopes.has(each))
        may.insert(each);
    expected.caller = access_decision::caller_kind::key;
    expected.key = request.key.id;
    expected.limit_multiplier = request.key.limit_multiplier;
  }
  for (auto each : may)
    expected.scopes |= {each};

  if (request.needed && bad.contains(request.key.state))
    expected = {.refused = error_code::authentication};
  else if (request.needed && !may.contains(*request.needed)) {
    if (request.key.state == key_state::valid)
      expected.refused = error_code::authorization;
    else
      expected = {.refused = error_code::authentication};
  }
  return expected;
}

std::string sentence_of(const access_request& request, const access_rules& rules) {
  return explain_refusal(request, decide_access(request, rules));
}

} // namespace

BOOST_AUTO_TEST_SUITE(access_policy_test)

BOOST_AUTO_TEST_CASE(every_combination_is_decided_as_the_rules_say) {
  std::size_t allowed = 0;
  std::size_t unauthenticated = 0;
  std::size_t unauthorised = 0;
  std::size_t wrong = 0;
  auto check = [&](access_request request, const journey& from, const access_rules& rules) {
    request.is_local = is_local(from);
    auto decision = decide_access(request, rules);
    wrong += decision == obvious(request, from, rules) ? 0 : 1;
    allowed += decision.refused == error_code::none ? 1 : 0;
    unauthenticated += decision.refused == error_code::authentication ? 1 : 0;
    unauthorised += decision.refused == error_code::authorization ? 1 : 0;
  };
  for (unsigned needed = 0; needed <= all_scopes.size(); ++needed)
    for (auto state : all_states)
      for (unsigned of_key = 0; of_key < (state == key_state::valid ? 32u : 1u); ++of_key)
        for (unsigned open = 0; open < 32; ++open)
          for (unsigned flags = 0; flags < 16; ++flags) {
            access_request request;
            if (needed < all_scopes.size())
              request.needed = all_scopes[needed];
            request.key = verdict_of(state, subset(of_key));
            journey from{(flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0};
            check(request, from, {subset(open), (flags & 8) != 0});
          }
  BOOST_TEST(wrong == 0u);
  BOOST_TEST(allowed + unauthenticated + unauthorised == 6u * 37 * 32 * 16);
  // Of each kind there are many: the table is no empty promise.
  BOOST_TEST(allowed > 50'000u);
  BOOST_TEST(unauthenticated > 5'000u);
  BOOST_TEST(unauthorised > 10'000u);
}

// The rules by example, for people.

BOOST_AUTO_TEST_CASE(without_keys_all_is_allowed_on_this_machine_and_nothing_elsewhere) {
  access_request request{.needed = scope::operate, .key = {}, .is_local = true};
  auto here = decide_access(request, {});
  BOOST_TEST((here.refused == error_code::none));
  BOOST_TEST((here.scopes == scope_set::all()));
  BOOST_TEST(audit_name(here) == "local");
  request.is_local = false;
  BOOST_TEST((decide_access(request, {}).refused == error_code::authentication));
}

BOOST_AUTO_TEST_CASE(a_forwarded_request_is_from_elsewhere_unless_the_proxy_is_trusted) {
  auto refused = [](const journey& from) {
    return decide_access({.needed = scope::lookup, .key = {}, .is_local = is_local(from)}, {}).refused;
  };
  BOOST_TEST((refused({.over_loopback = true, .forwarded = true}) == error_code::authentication));
  BOOST_TEST((refused({.over_loopback = true, .forwarded = true, .proxy_is_trusted = true}) == error_code::none));
  // Trusted is not the same as here.
  BOOST_TEST((refused({.forwarded = true, .proxy_is_trusted = true}) == error_code::authentication));
}

BOOST_AUTO_TEST_CASE(once_there_is_a_key_this_machine_needs_one_too) {
  access_request request{.needed = scope::lookup, .key = {}, .is_local = true};
  BOOST_TEST((decide_access(request, {.open = {}, .keys_configured = true}).refused == error_code::authentication));
}

BOOST_AUTO_TEST_CASE(open_scopes_need_no_key_and_others_do) {
  access_rules rules{{scope::lookup}, true};
  access_request request{.needed = scope::lookup, .key = {}};
  BOOST_TEST((decide_access(request, rules).refused == error_code::none));
  BOOST_TEST(audit_name(decide_access(request, rules)) == "open");
  request.needed = scope::issue;
  BOOST_TEST((decide_access(request, rules).refused == error_code::authentication));
}

BOOST_AUTO_TEST_CASE(a_bad_key_is_refused_where_something_is_needed_and_ignored_elsewhere) {
  access_rules rules{scope_set::all(), true};
  for (auto state : {key_state::malformed, key_state::unknown, key_state::revoked, key_state::expired}) {
    access_request request{.needed = scope::lookup, .key = verdict_of(state, {})};
    BOOST_TEST((decide_access(request, rules).refused == error_code::authentication));
    request.needed.reset();
    auto decision = decide_access(request, rules);
    BOOST_TEST((decision.refused == error_code::none));
    BOOST_TEST((decision.key == key_id{}));
    BOOST_TEST(audit_name(decision) == "open");
  }
}

BOOST_AUTO_TEST_CASE(a_key_opens_what_its_scopes_say_and_gives_its_limits) {
  access_request request{.needed = scope::issue, .key = verdict_of(key_state::valid, {scope::issue})};
  auto decision = decide_access(request, {{scope::lookup}, true});
  BOOST_TEST((decision.refused == error_code::none));
  BOOST_TEST((decision.scopes == scope_set{scope::lookup, scope::issue}));
  BOOST_TEST(decision.limit_multiplier == 7u);
  BOOST_TEST(audit_name(decision) == "key:abcdefghij");
  request.needed = scope::lookup; // a key never takes away what is open
  BOOST_TEST((decide_access(request, {{scope::lookup}, true}).refused == error_code::none));
  request.needed = scope::operate;
  BOOST_TEST((decide_access(request, {{scope::lookup}, true}).refused == error_code::authorization));
}

BOOST_AUTO_TEST_CASE(a_refusal_says_why) {
  access_rules rules{{}, true};
  auto says = [&](key_state state) {
    return sentence_of({.needed = scope::batch, .key = verdict_of(state, {scope::lookup})}, rules);
  };
  BOOST_TEST(says(key_state::absent) == "An API key is required, as Authorization: Bearer KEY");
  BOOST_TEST(says(key_state::malformed).find("not an API key") != std::string::npos);
  BOOST_TEST(says(key_state::unknown).find("not known") != std::string::npos);
  BOOST_TEST(says(key_state::revoked).find("revoked") != std::string::npos);
  BOOST_TEST(says(key_state::expired).find("expired") != std::string::npos);
  BOOST_TEST(says(key_state::valid) == "The API key lacks the scope batch");
}

BOOST_AUTO_TEST_CASE(the_service_is_not_exposed_unless_there_is_a_key_or_somebody_said_so) {
  for (bool is_loopback : {false, true})
    for (bool keys : {false, true})
      for (unsigned open = 0; open < 32; ++open) {
        auto exposed = check_exposure("0.0.0.0:8080", is_loopback, {subset(open), keys});
        BOOST_TEST(exposed.has_value() == (is_loopback || keys || open != 0));
      }
  auto refused = check_exposure("0.0.0.0:8080", false, {}).error().detail;
  for (auto* part : {"0.0.0.0:8080", "no API key", "`tessera keys create`", "--open", "--listen 127.0.0.1:PORT"})
    BOOST_TEST(refused.find(part) != std::string::npos, refused << " lacks " << part);
}

BOOST_AUTO_TEST_SUITE_END()
