#pragma once

#include "messages/admission.hpp"
#include "messages/cache.hpp"
#include "messages/card.hpp"
#include "messages/control.hpp"
#include "messages/directory.hpp"
#include "messages/job.hpp"
#include "messages/l2.hpp"
#include "messages/load.hpp"
#include "messages/lookup.hpp"
#include "messages/maintenance.hpp"

#include <caf/type_id.hpp>

/// Every message type and every handle type that travels in one. CAF checks at compile time that what is sent stands
/// here (CAF_ENABLE_TYPE_ID_CHECKS); names are wire format, their order is not.
CAF_BEGIN_TYPE_ID_BLOCK(tessera, caf::first_custom_type_id)

  CAF_ADD_TYPE_ID(tessera, (tessera::gateway_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::control_client_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::lookup_client_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::card_client_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::card_change_client_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::alias_client_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::render_client_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::renderer_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::card_issuer_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::card_keeper_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::batch_client_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::batch_coordinator_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::job_client_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::file_client_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::job_keeper_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::load_client_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::admission_client_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::admission_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::lookup_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::cache_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::redis_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::db_pool_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::db_worker_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::store_writer_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::key_keeper_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::limit_sharer_actor)) // stats_actor and alert_sender_actor are the same type
  CAF_ADD_TYPE_ID(tessera, (tessera::change_reader_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::maintenance_actor))
  CAF_ADD_TYPE_ID(tessera, (tessera::supervisor_actor))

  CAF_ADD_TYPE_ID(tessera, (tessera::lookup_batch))
  CAF_ADD_TYPE_ID(tessera, (tessera::lookup_answers))
  CAF_ADD_TYPE_ID(tessera, (tessera::abandon))

  CAF_ADD_TYPE_ID(tessera, (tessera::cache_probe))
  CAF_ADD_TYPE_ID(tessera, (tessera::cache_misses))
  CAF_ADD_TYPE_ID(tessera, (tessera::cache_fill))
  CAF_ADD_TYPE_ID(tessera, (tessera::invalidate))
  CAF_ADD_TYPE_ID(tessera, (tessera::invalidated))
  CAF_ADD_TYPE_ID(tessera, (tessera::invalidate_all))
  CAF_ADD_TYPE_ID(tessera, (tessera::resolve_alias))
  CAF_ADD_TYPE_ID(tessera, (tessera::alias_resolved))

  CAF_ADD_TYPE_ID(tessera, (tessera::l2_get))
  CAF_ADD_TYPE_ID(tessera, (tessera::l2_answers))
  CAF_ADD_TYPE_ID(tessera, (tessera::l2_fill))
  CAF_ADD_TYPE_ID(tessera, (tessera::l2_invalidate))
  CAF_ADD_TYPE_ID(tessera, (tessera::l2_invalidate_all))
  CAF_ADD_TYPE_ID(tessera, (tessera::l2_invalidated))

  CAF_ADD_TYPE_ID(tessera, (tessera::admission_batch))
  CAF_ADD_TYPE_ID(tessera, (tessera::admission_answers))
  CAF_ADD_TYPE_ID(tessera, (tessera::work_ended))
  CAF_ADD_TYPE_ID(tessera, (tessera::work_goes_on))

  CAF_ADD_TYPE_ID(tessera, (tessera::load_batch))
  CAF_ADD_TYPE_ID(tessera, (tessera::load_answers))
  CAF_ADD_TYPE_ID(tessera, (tessera::load_page))
  CAF_ADD_TYPE_ID(tessera, (tessera::page_loaded))
  CAF_ADD_TYPE_ID(tessera, (tessera::find_id_number))
  CAF_ADD_TYPE_ID(tessera, (tessera::id_number_found))
  CAF_ADD_TYPE_ID(tessera, (tessera::statement))
  CAF_ADD_TYPE_ID(tessera, (tessera::statement_done))

  CAF_ADD_TYPE_ID(tessera, (tessera::clear_member))
  CAF_ADD_TYPE_ID(tessera, (tessera::clear_all))
  CAF_ADD_TYPE_ID(tessera, (tessera::warm_cache))
  CAF_ADD_TYPE_ID(tessera, (tessera::maintenance_done))
  CAF_ADD_TYPE_ID(tessera, (tessera::clear_changes))
  CAF_ADD_TYPE_ID(tessera, (tessera::changes_cleared))
  CAF_ADD_TYPE_ID(tessera, (tessera::audit_waits))

  CAF_ADD_TYPE_ID(tessera, (tessera::card_batch))
  CAF_ADD_TYPE_ID(tessera, (tessera::card_answers))
  CAF_ADD_TYPE_ID(tessera, (tessera::abandon_cards))
  CAF_ADD_TYPE_ID(tessera, (tessera::render_batch))
  CAF_ADD_TYPE_ID(tessera, (tessera::render_answers))
  CAF_ADD_TYPE_ID(tessera, (tessera::generate_cards))
  CAF_ADD_TYPE_ID(tessera, (tessera::cards_generated))
  CAF_ADD_TYPE_ID(tessera, (tessera::change_cards))
  CAF_ADD_TYPE_ID(tessera, (tessera::card_changed))

  CAF_ADD_TYPE_ID(tessera, (tessera::open_job))
  CAF_ADD_TYPE_ID(tessera, (tessera::find_job))
  CAF_ADD_TYPE_ID(tessera, (tessera::fetch_job))
  CAF_ADD_TYPE_ID(tessera, (tessera::abandon_jobs))
  CAF_ADD_TYPE_ID(tessera, (tessera::job_answer))
  CAF_ADD_TYPE_ID(tessera, (tessera::job_file))
  CAF_ADD_TYPE_ID(tessera, (tessera::compose_file))
  CAF_ADD_TYPE_ID(tessera, (tessera::file_composed))

  CAF_ADD_TYPE_ID(tessera, (tessera::force_breaker))
  CAF_ADD_TYPE_ID(tessera, (tessera::breaker_forced))
  CAF_ADD_TYPE_ID(tessera, (tessera::reread_keys))
  CAF_ADD_TYPE_ID(tessera, (tessera::keys_reread))

  CAF_ADD_TYPE_ID(tessera, (tessera::directory))
  CAF_ADD_TYPE_ID(tessera, (tessera::subscribe_directory))
  CAF_ADD_TYPE_ID(tessera, (tessera::tick))

CAF_END_TYPE_ID_BLOCK(tessera)
