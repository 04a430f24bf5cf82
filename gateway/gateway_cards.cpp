#include "cards/presented_card.hpp"
#include "cards/revocation_list.hpp"
#include "cards/verification.hpp"
#include "gateway/gateway.hpp"
#include "messages/types.hpp"
#include "storage/cache_key.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

/// A gateway's routes of cards: made, verified, reissued, revoked; and what offline verifiers need.
namespace tessera {

namespace {

constexpr std::string_view verify_path = "/api/v1/optimized-cards/verify";

/// Who is named as the issuer of a card that a GET asks for.
constexpr std::string_view online_issuer = "online";

/// The list is signed anew when it has changed, and this often: it says of when it is.
constexpr std::chrono::seconds revocations_age{60};

struct format {
  std::string_view ending;
  card_product what;
  std::string_view content_type;
};

constexpr std::array formats{
    format{".json", card_product::details, "application/json"},
    format{".pdf", card_product::pdf, "application/pdf"},
    format{".svg", card_product::svg, "image/svg+xml"},
    format{".png", card_product::png, "image/png"},
};

/// Returns a weak entity tag, with its quotes, that is the same on every node.
std::string etag_of(std::string_view body) {
  std::array<std::uint64_t, 2> hash{};
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), sizeof hash,
                     reinterpret_cast<const unsigned char*>(body.data()), body.size(), nullptr, 0);
  char letters[16];
  write_letters(hash[0], letters);
  return "W/\"" + std::string{letters, sizeof letters} + "\"";
}

std::string_view content_type_of(card_product what) noexcept {
  switch (what) {
  case card_product::pdf:
    return "application/pdf";
  case card_product::svg:
  case card_product::qr_svg:
    return "image/svg+xml";
  case card_product::png:
  case card_product::qr_png:
    return "image/png";
  case card_product::bundle:
  case card_product::details:
  case card_product::verification:
  case card_product::holder:
    break;
  }
  return "application/json; charset=utf-8";
}

/// Takes the ending of the format off `parameter`; without one, what Accept names first counts, else JSON.
card_product take_format(std::string_view& parameter, std::string_view accept) {
  for (const auto& each : formats) {
    if (!parameter.ends_with(each.ending))
      continue;
    parameter.remove_suffix(each.ending.size());
    return each.what;
  }
  auto first = accept.npos;
  auto chosen = card_product::details;
  for (const auto& each : formats) {
    if (auto at = accept.find(each.content_type); at < first) {
      first = at;
      chosen = each.what;
    }
  }
  return chosen;
}

/// Returns the value of `name` in a query, as sent; nothing if it is not there.
std::optional<std::string_view> value_in(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    auto part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (part.starts_with(name) && part.size() > name.size() && part[name.size()] == '=')
      return part.substr(name.size() + 1);
  }
  return std::nullopt;
}

} // namespace

/// Returns whose card a path means, if they may ask for it; answers if not.
std::optional<member_id> gateway::card_holder(incoming& in, route to, std::string_view parameter) {
  auto id = parse_member_id(parameter);
  if (!id) {
    auto context = context_of(in, to);
    context.rare_or_new().path = masked_path(in.request.path);
    refuse(in, std::move(context), invalid_input("/memberId", "memberId must be a whole number from 1"));
    return std::nullopt;
  }
  door_.ask_for(in.at_door, *id);
  if (in.at_door.why != turned_away::no) {
    turn_away(in, to);
    return std::nullopt;
  }
  return id;
}

void gateway::on_generate(incoming& in, route to, std::string_view parameter) {
  auto fault = check_content_type(in.request.content_type);
  auto today = std::chrono::floor<std::chrono::days>(responder_.clock().now());
  input<card_request> parsed = fault ? input<card_request>{*fault} : parse_card_body(in.request.body, today);
  if (auto* what = std::get_if<problem>(&parsed)) {
    auto context = context_of(in, to);
    context.rare_or_new().path = masked_path(in.request.path);
    refuse(in, std::move(context), *what);
    return;
  }
  auto id = card_holder(in, to, parameter);
  if (!id)
    return;
  card_task task;
  task.what = to == route::generate ? card_product::pdf : card_product::bundle;
  task.member = *id;
  task.card = std::move(std::get<card_request>(parsed));
  auto context = context_of(in, to);
  context.rare_or_new().path = masked_path(in.request.path);
  issue_task(in, std::move(context), std::move(task));
}

void gateway::on_card(incoming& in, route to, std::string_view parameter) {
  card_task task;
  task.what = to == route::card_qr_svg   ? card_product::qr_svg
              : to == route::card_qr_png ? card_product::qr_png
                                         : take_format(parameter, in.request.accept);
  task.card.issued_by = online_issuer;
  if (auto text = value_in(in.request.query, "template")) {
    auto design = parse_card_template(*text);
    if (!design) {
      auto context = context_of(in, to);
      context.rare_or_new().path = masked_path(in.request.path);
      refuse(in, std::move(context), invalid_input("/template", "template must be standard or premium"));
      return;
    }
    task.card.design = *design;
  }
  auto id = card_holder(in, to, parameter);
  if (!id)
    return;
  task.member = *id;
  auto context = context_of(in, to);
  context.rare_or_new().path = masked_path(in.request.path);
  issue_task(in, std::move(context), std::move(task));
}

void gateway::on_verify(incoming& in) {
  auto context = context_of(in, route::verify);
  context.rare_or_new().path = verify_path;
  auto fault = check_content_type(in.request.content_type);
  input<std::string> parsed = fault ? input<std::string>{*fault} : parse_verify_body(in.request.body);
  if (auto* what = std::get_if<problem>(&parsed)) {
    refuse(in, std::move(context), *what);
    return;
  }
  const auto& text = std::get<std::string>(parsed);
  auto shown = read_presented(text);
  if (shown.what == presented_card::kind::malformed || shown.what == presented_card::kind::unsigned_data) {
    checked_card none;
    none.fault = shown.what == presented_card::kind::malformed ? card_fault::malformed : card_fault::unsigned_data;
    response_.clear();
    responder_.computed(response_, context, invalid_card_answer(none, responder_.clock().now()), 0);
    send(in.from, in.sequence, context);
    return;
  }
  card_task task;
  task.what = card_product::verification;
  task.presented = shown.text;
  task.full_name = verification_shows_names_ || in.at_door.who.access.scopes.has(scope::verify);
  task.priority = admission_priority::verify;
  issue_task(in, std::move(context), std::move(task));
}

void gateway::issue_task(incoming& in, response_context context, card_task task) {
  // Whose card is verified is not known yet: any issuer may do it.
  auto count = card_tasks_.size();
  auto shard = task.what == card_product::verification ? tickets_.size() % count : shard_of(task.member, count);
  auto which = issue(in, std::move(context), desk::issuer, static_cast<std::uint32_t>(shard));
  if (!which)
    return;
  task.asked_by = *which;
  task.time_left_ms = static_cast<std::uint32_t>(settings_.request_timeout.count());
  tickets_.find(*which)->card = std::make_unique<card_task>(task);
  card_tasks_[shard].push_back(std::move(task));
}

void gateway::on_card_answers(const card_answers& answers) {
  for (const auto& answer : answers.answers)
    on_card_answer(answer);
}

void gateway::on_card_answer(const card_answer& answer) {
  conclude(answer.to, [&](session& asker, in_flight& request) {
    if (answer.error == error_code::none && answer.body) {
      respond_card(request, answer);
      send(asker, request.sequence, request.context);
      return;
    }
    auto what =
        problem_of(answer.error == error_code::none ? error_code::internal : answer.error, answer.retry_after_s);
    what.message = answer.why;
    if (what.code == error_code::not_found) {
      what.message = "Member not found";
      if (!request.asked_before)
        door_.missed(request.asked_by);
    } else if (what.code != error_code::conflict) {
      door_.take_back(request.asked_by, request.card->member);
    }
    refuse(asker, request.sequence, std::move(request.context), what);
  });
}

void gateway::respond_card(const in_flight& request, const card_answer& answer) {
  body_origin came;
  came.layer = answer.made_before ? "L1" : layer_of(answer.from);
  came.hit = answer.made_before;
  came.cache = answer.stale_for_ms > 0 ? "STALE" : answer.made_before ? "HIT" : "MISS";
  came.age_s = answer.age_s;
  came.ttl_s = answer.fresh_left_s;
  came.stale_for_ms = answer.stale_for_ms;
  const auto& context = request.context;
  std::string timing;
  if (context.wants_timing) {
    auto total = std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - request.since);
    timing = timing_text(answer.times, total, answer.render_us);
    came.timing = timing;
  }
  auto text = answer.body->text();
  auto what = request.card->what;
  response_.clear();
  if (what == card_product::verification) {
    responder_.computed(response_, context, text, answer.stale_for_ms);
    return;
  }
  if (what == card_product::bundle) {
    responder_.cached(response_, context, text, answer.body->etag(), came, answer.made_before ? "true}" : "false}");
    return;
  }
  if (what == card_product::details) {
    responder_.cached(response_, context, text, answer.body->etag(), came);
    return;
  }
  std::string headers;
  if (context.to == route::generate) {
    headers = "Content-Disposition: attachment; filename=\"membership-card-" + std::string{answer.body->packed()}
              + ".pdf\"\r\nX-Cache-Hit: " + (answer.made_before ? "true" : "false")
              + "\r\nX-PDF-Size: " + std::to_string(text.size()) + "\r\n";
  }
  responder_.file(response_, context, content_type_of(what), text, answer.body->etag(), came, headers);
}

void gateway::on_change_cards(incoming& in, route to, std::string_view parameter) {
  change_cards change;
  if (to == route::card_revoke) {
    auto fault = check_content_type(in.request.content_type);
    input<std::string> parsed = fault ? input<std::string>{*fault} : parse_revoke_body(in.request.body);
    if (auto* what = std::get_if<problem>(&parsed)) {
      auto context = context_of(in, to);
      context.rare_or_new().path = masked_path(in.request.path);
      refuse(in, std::move(context), *what);
      return;
    }
    change.revoke = true;
    change.reason = std::move(std::get<std::string>(parsed));
  }
  auto id = card_holder(in, to, parameter);
  if (!id)
    return;
  auto context = context_of(in, to);
  context.rare_or_new().path = masked_path(in.request.path);
  change.request_id = responder_.name(context);
  auto which = issue(in, std::move(context), desk::card_keeper);
  if (!which)
    return;
  change.asker = card_change_client_actor{self_};
  change.asked_by = *which;
  change.member = *id;
  change.actor = audit_name(in.at_door.who.access);
  actor_->send(directory_.card_keeper, std::move(change));
}

void gateway::on_card_changed(const card_changed& done) {
  conclude(done.to, [&](session& asker, in_flight& request) {
    if (done.error == error_code::none) {
      auto data = R"({"member_id":)" + std::to_string(done.member.value) + R"(,"epoch":)"
                  + std::to_string(done.state.epoch) + R"(,"revoked_up_to":)" + std::to_string(done.state.revoked_up_to)
                  + "}";
      response_.clear();
      responder_.success(response_, request.context, 200,
                         done.revoked ? "Cards revoked successfully" : "Card reissued successfully", data);
      send(asker, request.sequence, request.context);
      return;
    }
    auto what = problem_of(done.error);
    if (what.code == error_code::not_found) {
      what.message = "Member not found";
      if (!request.asked_before)
        door_.missed(request.asked_by);
    } else if (what.code == error_code::conflict) {
      what.message = "There can be no further card of this member";
    }
    refuse(asker, request.sequence, std::move(request.context), what);
  });
}

void gateway::on_jwks(const incoming& in) {
  auto context = context_of(in, route::jwks);
  auto body = signing_->get()->jwks_json();
  send_public(in, context, "application/jwk-set+json", body, etag_of(body), "Cache-Control: public, max-age=300\r\n");
}

void gateway::on_revocations(const incoming& in) {
  auto context = context_of(in, route::revocations);
  auto ledger = ledger_->get();
  if (!ledger) {
    name_request(context, in.request);
    refuse(in, std::move(context), {error_code::database_unavailable, {}, {}, 1});
    return;
  }
  auto keys = signing_->get();
  // It is of when the store was last read, however long ago: others go by that.
  auto entries_of = [](const card_ledger& all) { return all.entries().data(); };
  bool same = listed_ledger_ && entries_of(*ledger) == entries_of(*listed_ledger_) && keys == listed_keys_
              && ledger->as_of() - listed_ledger_->as_of() < revocations_age;
  if (!same) {
    std::vector<revocation> entries;
    for (const auto& each : ledger->entries())
      if (each.member.value <= max_card_member)
        entries.push_back({each.member, each.cards.revoked_up_to, each.cards.epoch});
    auto at = std::chrono::floor<std::chrono::seconds>(ledger->as_of());
    listed_ = encode_revocations(entries, at, *keys);
    listed_etag_ = etag_of(listed_);
    listed_ledger_ = ledger;
    listed_keys_ = keys;
  }
  send_public(in, context, "application/json; charset=utf-8", listed_, listed_etag_,
              "Cache-Control: public, max-age=60\r\n");
}

} // namespace tessera
