#pragma once

#include "messages/types.hpp"

#include <caf/all.hpp>

#include <cstddef>
#include <vector>

/// Actors that only write down what they are sent, for a test to read and to answer in their place. The records must
/// outlive them.
namespace tessera::testing {

struct gateway_record {
  std::vector<lookup_answer> answers;
  std::size_t answer_messages = 0;
  std::uint32_t last_hop = 0; ///< that one of them has told
  std::vector<maintenance_done> done;
  std::vector<card_answer> cards;
  std::size_t card_messages = 0;
};

inline gateway_actor::behavior_type recording_gateway(gateway_actor::pointer, gateway_record* to) {
  return {
      [to](const lookup_answers& x) {
        ++to->answer_messages;
        if (x.hop != 0)
          to->last_hop = x.hop;
        to->answers.insert(to->answers.end(), x.answers.begin(), x.answers.end());
      },
      [to](const card_answers& x) {
        ++to->card_messages;
        to->cards.insert(to->cards.end(), x.answers.begin(), x.answers.end());
      },
      [](const card_changed&) {},
      [](const cards_generated&) {},
      [](const job_answer&) {},
      [](const job_file&) {},
      [to](const maintenance_done& x) { to->done.push_back(x); },
      [](const directory&) {},
  };
}

struct cache_record {
  std::vector<cache_probe> probes;
  std::vector<cache_fill> fills;
  std::vector<invalidate> invalidations;
  std::vector<invalidate_all> all_invalidations;
  std::vector<resolve_alias> questions;
};

inline cache_actor::behavior_type recording_cache(cache_actor::pointer, cache_record* to) {
  return {
      [to](const cache_probe& x) { to->probes.push_back(x); },
      [to](const cache_fill& x) { to->fills.push_back(x); },
      [to](const invalidate& x) { to->invalidations.push_back(x); },
      [to](const invalidate_all& x) { to->all_invalidations.push_back(x); },
      [to](const resolve_alias& x) { to->questions.push_back(x); },
  };
}

struct redis_record {
  std::vector<l2_get> gets;
  std::vector<l2_fill> fills;
  std::vector<l2_invalidate> invalidations;
  std::vector<l2_invalidate_all> all_invalidations;
};

inline redis_actor::behavior_type recording_redis(redis_actor::pointer, redis_record* to) {
  return {
      [to](const l2_get& x) { to->gets.push_back(x); },
      [to](const l2_fill& x) { to->fills.push_back(x); },
      [to](const l2_invalidate& x) { to->invalidations.push_back(x); },
      [to](const l2_invalidate_all& x) { to->all_invalidations.push_back(x); },
      [](const tick&) {},
  };
}

struct pool_record {
  std::vector<load_batch> batches;
  std::vector<load_page> pages;
  std::vector<find_id_number> questions;
};

inline db_pool_actor::behavior_type recording_pool(db_pool_actor::pointer, pool_record* to) {
  return {
      [to](const load_batch& x) { to->batches.push_back(x); },
      [to](const load_page& x) { to->pages.push_back(x); },
      [to](const find_id_number& x) { to->questions.push_back(x); },
      [](const statement_done&) {},
      [](const force_breaker&) {},
      [](const tick&) {},
  };
}

struct admission_record {
  std::vector<admission_batch> batches;
  std::vector<work_ended> ended;
  std::vector<work_goes_on> going_on;
};

inline admission_actor::behavior_type recording_admission(admission_actor::pointer, admission_record* to) {
  return {
      [to](const admission_batch& x) { to->batches.push_back(x); },
      [to](const work_ended& x) { to->ended.push_back(x); },
      [to](const work_goes_on& x) { to->going_on.push_back(x); },
      [](const tick&) {},
  };
}

inline admission_client_actor::behavior_type recording_client(admission_client_actor::pointer,
                                                              std::vector<admission_answers>* to) {
  return {
      [to](const admission_answers& x) { to->push_back(x); },
  };
}

struct lookup_record {
  std::vector<lookup_batch> batches;
  std::vector<cache_misses> misses;
  std::vector<invalidate> invalidations;
  std::vector<invalidate_all> all_invalidations;
};

inline lookup_actor::behavior_type recording_lookup(lookup_actor::pointer, lookup_record* to) {
  return {
      [](const load_answers&) {},
      [](const admission_answers&) {},
      [to](const lookup_batch& x) { to->batches.push_back(x); },
      [to](const cache_misses& x) { to->misses.push_back(x); },
      [](const l2_answers&) {},
      [](const abandon&) {},
      [to](const invalidate& x) { to->invalidations.push_back(x); },
      [to](const invalidate_all& x) { to->all_invalidations.push_back(x); },
      [](const tick&) {},
      [](const directory&) {},
  };
}

struct renderer_record {
  std::vector<render_batch> batches;
  std::vector<compose_file> files;
};

inline renderer_actor::behavior_type recording_renderer(renderer_actor::pointer, renderer_record* to) {
  return {
      [to](const render_batch& x) { to->batches.push_back(x); },
      [to](const compose_file& x) { to->files.push_back(x); },
  };
}

struct maintenance_record {
  std::vector<clear_changes> changes;
  std::vector<invalidated> cleared;
  std::vector<alias_resolved> aliases;
};

inline maintenance_actor::behavior_type recording_maintenance(maintenance_actor::pointer, maintenance_record* to) {
  return {
      [](const clear_member&) {},
      [](const clear_all&) {},
      [to](const clear_changes& x) { to->changes.push_back(x); },
      [](const warm_cache&) {},
      [to](const alias_resolved& x) { to->aliases.push_back(x); },
      [](const id_number_found&) {},
      [to](const invalidated& x) { to->cleared.push_back(x); },
      [](const l2_invalidated&) {},
      [](const page_loaded&) {},
      [](const tick&) {},
      [](const directory&) {},
  };
}

inline store_writer_actor::behavior_type counting_writer(store_writer_actor::pointer, std::size_t* told) {
  return {
      [told](const audit_waits&) { ++*told; },
      [](const tick&) {},
  };
}

} // namespace tessera::testing
