#pragma once

#include "messages/types.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>

namespace tessera::testing {

/// Makes one message of each type with no field at its default value.
struct samples {
  /// A living actor; every handle in the samples leads to it, whatever its type.
  caf::actor someone;

  template <class Handle>
  Handle handle() const {
    return caf::actor_cast<Handle>(someone);
  }

  id_number number() const {
    return *id_number::from_packed(8001015009087);
  }
  body_ptr body() const {
    return shared_body::make(R"({"data":{"id_number":"8001015009087"})", std::string_view{"packed\0bytes", 12}, 77);
  }
  ticket a_ticket() const {
    return {3, 4};
  }
  lookup_request request() const {
    return {a_ticket(), number(), 30'000};
  }
  lookup_answer answer() const {
    return {a_ticket(), error_code::timed_out, body(), origin::database, 5, -6, 7, 8, {9, 10, 11}};
  }
  member_key key() const {
    return {member_key::kind::id, 8001015009087};
  }
  load_answer loaded() const {
    return {key(), error_code::queue_full, body(), number(), member_id{12}, 13, 14, 15, 16, 17};
  }
  load_page page() const {
    return {handle<maintenance_actor>(), 17, member_id{18}, 500};
  }
  find_id_number find() const {
    return {handle<maintenance_actor>(), 19, member_id{20}};
  }
  l2_answer l2() const {
    return {number(), l2_outcome::stale, body(), 21, -22, l2_generation{23}, true, member_id{24}};
  }

  card_request wish() const {
    return {card_template::premium, "branch 7", std::chrono::sys_days{std::chrono::days{20'000}}};
  }
  card_state state() const {
    return {25, utc_time{std::chrono::milliseconds{26}}, 27};
  }
  checked_card checked() const {
    return {card_fault::expired,
            {member_id{28}, 29, card_template::premium, std::chrono::sys_days{std::chrono::days{30}},
             std::chrono::sys_days{std::chrono::days{31}}}};
  }
  card_task task() const {
    return {a_ticket(),
            card_product::verification,
            member_id{32},
            wish(),
            "8001015009087",
            true,
            admission_priority::verify,
            33};
  }
  card_answer made() const {
    return {a_ticket(), error_code::validation, "no such card", body(), true, origin::l2, 34, -35, 36, 37, {38, 39, 40},
            41};
  }
  render_job job() const {
    return {work_id{42}, card_product::png, body(), state(), wish(), "8001015009087"};
  }
  render_answer rendered() const {
    return {work_id{43}, error_code::internal, "no such card", body(), checked(), 44};
  }

  batch_job kept_job() const {
    return {"abcdefghijklmnopqrstuvwxyz",
            "key:c",
            "8001015009087",
            wish(),
            45,
            {{"8001015009087", member_id{46}, true, error_code::conflict, "of 8001015009087", "packed"}},
            job_state::done,
            utc_time{std::chrono::milliseconds{47}},
            utc_time{std::chrono::milliseconds{48}}};
  }

  /// Calls `check` with each sample.
  template <class Check>
  void each(Check&& check) const {
    auto gateway = handle<gateway_actor>();
    auto keeper = handle<maintenance_actor>();
    check(a_ticket());
    check(request());
    check(lookup_batch{gateway, {request(), request()}, 7});
    check(stage_times{1, 2, 3});
    check(answer());
    check(lookup_answers{{answer(), answer()}, 7});
    check(abandon{gateway, {a_ticket()}});

    check(cache_probe{gateway, handle<lookup_actor>(), {request()}, 7});
    check(cache_miss{request(), load_stamp{1}, body(), 2, 3});
    check(cache_misses{gateway, {cache_miss{request(), load_stamp{1}, body(), 2, 3}}});
    check(filled_member{number(), member_id{1}, body(), load_stamp{2}, 3, 4});
    check(cache_fill{{filled_member{number(), member_id{1}, body(), load_stamp{2}, 3, 4}}, true, true});
    check(invalidate{keeper, 1, number(), member_id{2}});
    check(invalidate_all{keeper, 1});
    check(invalidated{1, 2});
    check(resolve_alias{keeper, 1, member_id{2}});
    check(alias_resolved{1, true, number(), 2, load_stamp{3}});

    check(l2_get{handle<lookup_actor>(), {number()}});
    check(l2());
    check(l2_answers{{l2(), l2()}});
    check(l2_filled_member{body(), number(), l2_generation{1, 2}, 2});
    check(l2_fill{{l2_filled_member{body(), number(), l2_generation{1, 2}, 2}}});
    check(l2_invalidate{keeper, 1, number()});
    check(l2_invalidate_all{keeper, 1});
    check(l2_invalidated{1, true});

    check(work_id{1});
    check(admission_request{work_id{1}, 2});
    check(admission_batch{
        handle<admission_client_actor>(), admission_priority::verify, {admission_request{work_id{1}, 2}}});
    check(admission_answer{work_id{1}, error_code::queue_full, 2});
    check(admission_answers{{admission_answer{work_id{1}, error_code::queue_full, 2}}});
    check(work_ended{handle<admission_client_actor>(), {work_id{1}}});
    check(work_goes_on{handle<admission_client_actor>(), {work_id{1}}});

    check(key());
    check(load_batch{handle<load_client_actor>(), {key()}, 1, 2});
    check(loaded());
    check(load_answers{{loaded(), loaded()}});
    check(page());
    check(page_loaded{1, error_code::database_unavailable, {loaded()}});
    check(find());
    check(id_number_found{1, error_code::not_found, number()});
    check(statement_key{key(), handle<load_client_actor>(), 1, 2});
    check(statement{statement::kind::page, 1, {{key(), handle<load_client_actor>(), 2, 3}}, page(), find()});
    check(statement_done{1, 2, error_code::database_unavailable, "the server has gone away", true, 3});

    check(clear_member{gateway, a_ticket(), member_id{1}, true, number(), "r-1", "key:a", "moved"});
    check(clear_all{gateway, a_ticket(), "r-3", "token", "new import"});
    check(warm_cache{gateway, a_ticket(), 1000, "r-2", "local", "quiet hour"});
    check(maintenance_done{a_ticket(), error_code::conflict, 999, true});
    check(changed_member{member_id{1}, number()});
    check(clear_changes{handle<change_reader_actor>(), 1, true, true, {{member_id{1}, number()}, {member_id{2}, number()}}});
    check(changes_cleared{1, error_code::database_unavailable});
    check(audit_waits{});

    check(force_breaker{handle<control_client_actor>(), breaker_order::open, 1});
    check(breaker_forced{breaker_order::closed});
    check(reread_keys{handle<control_client_actor>()});
    check(keys_reread{error_code::database_unavailable});

    check(task());
    check(card_batch{handle<card_client_actor>(), {task(), task()}});
    check(made());
    check(card_answers{{made(), made()}});
    check(abandon_cards{handle<card_client_actor>(), {a_ticket()}});
    check(job());
    check(render_batch{handle<render_client_actor>(), {job(), job()}});
    check(rendered());
    check(render_answers{{rendered(), rendered()}});
    check(change_cards{handle<card_change_client_actor>(), a_ticket(), member_id{1}, true, "lost by 8001015009087",
                       "r-3", "key:b"});
    check(generate_cards{handle<batch_client_actor>(), a_ticket(), {member_id{1}, {}}, wish(), 3, 4});
    check(cards_generated{a_ticket(), {batch_result{error_code::conflict, "why"}, batch_result{}}});
    check(card_changed{a_ticket(), error_code::conflict, true, member_id{1}, state()});

    auto jobs_client = handle<job_client_actor>();
    check(kept_job().cards.front());
    check(open_job{jobs_client, a_ticket(), kept_job(), "r-4"});
    check(find_job{jobs_client, a_ticket(), "key:d", "abc", true});
    check(fetch_job{jobs_client, a_ticket(), "key:e", "abc", job_format::sheets, 5});
    check(abandon_jobs{jobs_client, {a_ticket()}});
    check(job_answer{a_ticket(), error_code::conflict, "why", true, 6, kept_job()});
    check(job_file{a_ticket(), error_code::conflict, "why", 7, body()});
    check(card_holder{body(), state()});
    check(compose_file{handle<file_client_actor>(), work_id{8}, job_format::sheets, kept_job(), {{body(), state()}}});
    check(file_composed{work_id{9}, error_code::internal, "why", body()});

    check(directory{1,
                    {handle<lookup_actor>()},
                    {handle<cache_actor>()},
                    {handle<redis_actor>()},
                    {handle<card_issuer_actor>()},
                    {handle<renderer_actor>()},
                    handle<admission_actor>(),
                    handle<db_pool_actor>(),
                    keeper,
                    handle<batch_coordinator_actor>(),
                    handle<job_keeper_actor>(),
                    handle<store_writer_actor>(),
                    handle<key_keeper_actor>(),
                    handle<card_keeper_actor>(),
                    handle<limit_sharer_actor>(),
                    handle<change_reader_actor>()});
    check(subscribe_directory{gateway});
    check(tick{1});
  }
};

} // namespace tessera::testing
