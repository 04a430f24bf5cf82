#pragma once

namespace tessera {

// messages/lookup.hpp
struct ticket;
struct lookup_request;
struct lookup_batch;
struct lookup_answer;
struct lookup_answers;
struct abandon;

// messages/cache.hpp
struct cache_probe;
struct cache_miss;
struct cache_misses;
struct cache_fill;
struct invalidate;
struct invalidated;
struct invalidate_all;
struct resolve_alias;
struct alias_resolved;

// messages/l2.hpp
struct l2_get;
struct l2_answer;
struct l2_answers;
struct l2_fill;
struct l2_invalidate;
struct l2_invalidate_all;
struct l2_invalidated;

// messages/admission.hpp
struct work_id;
struct admission_request;
struct admission_batch;
struct admission_answer;
struct admission_answers;
struct work_ended;
struct work_goes_on;

// messages/load.hpp
struct member_key;
struct load_batch;
struct load_answer;
struct load_answers;
struct load_page;
struct page_loaded;
struct find_id_number;
struct id_number_found;
struct statement;
struct statement_done;

// messages/maintenance.hpp
struct clear_member;
struct clear_all;
struct warm_cache;
struct maintenance_done;
struct changed_member;
struct clear_changes;
struct changes_cleared;
struct audit_waits;

// messages/card.hpp
struct card_task;
struct card_batch;
struct card_answer;
struct card_answers;
struct abandon_cards;
struct render_job;
struct render_batch;
struct render_answer;
struct render_answers;
struct generate_cards;
struct cards_generated;
struct change_cards;
struct card_changed;

// messages/job.hpp
struct open_job;
struct find_job;
struct fetch_job;
struct abandon_jobs;
struct job_answer;
struct job_file;
struct compose_file;
struct file_composed;

// messages/control.hpp
struct force_breaker;
struct breaker_forced;
struct reread_keys;
struct keys_reread;

// messages/directory.hpp
struct directory;
struct subscribe_directory;
struct tick;

} // namespace tessera
