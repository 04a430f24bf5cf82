#pragma once

#include "messages/fwd.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

/// The actors of one node and what each understands: the architecture at a glance. All messages are one-way and carry
/// the handle to answer to, because CAF 0.17 keeps the timer of every request until it fires (docs/architecture.md).
/// Whoever takes a request answers it exactly once.
namespace tessera {

/// Whoever may ask for members by ID number.
using lookup_client_actor = caf::typed_actor<
  // Answers to some tickets of a lookup_batch; the others follow.
  caf::reacts_to<lookup_answers>>;

/// Whoever may ask for cards.
using card_client_actor = caf::typed_actor<
  // Answers to some tickets of a card_batch; the others follow.
  caf::reacts_to<card_answers>>;

/// Whoever may have cards reissued and revoked.
using card_change_client_actor = caf::typed_actor<
  // The answer to a change_cards.
  caf::reacts_to<card_changed>>;

/// Whoever may ask for batches of cards.
using batch_client_actor = caf::typed_actor<
  // The answer to a generate_cards.
  caf::reacts_to<cards_generated>>;

/// Whoever may have batches run as jobs.
using job_client_actor = caf::typed_actor<
  // The answer to an open_job or a find_job, and what a follower is told.
  caf::reacts_to<job_answer>,
  // The answer to a fetch_job.
  caf::reacts_to<job_file>>;

/// One per I/O loop: sockets, tickets, deadlines.
using gateway_actor = lookup_client_actor::extend<
  caf::reacts_to<card_answers>,
  caf::reacts_to<card_changed>,
  caf::reacts_to<cards_generated>,
  caf::reacts_to<job_answer>,
  caf::reacts_to<job_file>,
  // The answer to a clear_member, a clear_all or a warm_cache.
  caf::reacts_to<maintenance_done>,
  // Where the other actors are; sent again after a restart.
  caf::reacts_to<directory>>;

/// Whoever may pass operators' orders on.
using control_client_actor = caf::typed_actor<
  // The answer to a force_breaker.
  caf::reacts_to<breaker_forced>,
  // The answer to a reread_keys.
  caf::reacts_to<keys_reread>>;

/// Whoever may ask the database pool for members.
using load_client_actor = caf::typed_actor<
  // What became of some keys of a load_batch.
  caf::reacts_to<load_answers>>;

/// Whoever may ask for a slot before work begins.
using admission_client_actor = caf::typed_actor<
  // Which works of an admission_batch may begin, and which are refused.
  caf::reacts_to<admission_answers>>;

/// One per node: how much is at work and how much waits for that, whoever does it.
using admission_actor = caf::typed_actor<
  caf::reacts_to<admission_batch>,
  // Slots that are free again, and requests that nobody waits for any more.
  caf::reacts_to<work_ended>,
  // What is at work with a slot of a predecessor.
  caf::reacts_to<work_goes_on>,
  caf::reacts_to<tick>>;

/// Whoever may ask which ID number a member id leads to.
using alias_client_actor = caf::typed_actor<
  // The answer to a resolve_alias.
  caf::reacts_to<alias_resolved>>;

/// Whoever may have cards drawn.
using render_client_actor = caf::typed_actor<
  // What became of some jobs of a render_batch.
  caf::reacts_to<render_answers>>;

/// Whoever may have the cards of a job put into one file.
using file_client_actor = caf::typed_actor<
  // The answer to a compose_file.
  caf::reacts_to<file_composed>>;

/// Detached, at a lower priority than other threads: draws cards and checks signatures, and decides nothing.
using renderer_actor = caf::typed_actor<
  caf::reacts_to<render_batch>,
  caf::reacts_to<compose_file>>;

/// One per shard: which cards are being made now, who waits for them, and those that were made before.
using card_issuer_actor = lookup_client_actor::extend<
  // What one round of a gateway's loop parsed, or what a batch wants next.
  caf::reacts_to<card_batch>,
  caf::reacts_to<alias_resolved>,
  caf::reacts_to<load_answers>,
  caf::reacts_to<admission_answers>,
  caf::reacts_to<render_answers>,
  // Tickets whose client has gone or whose deadline has passed.
  caf::reacts_to<abandon_cards>,
  // Forget the cards that were made before.
  caf::reacts_to<invalidate_all>,
  caf::reacts_to<tick>,
  caf::reacts_to<directory>>;

/// One per node: makes many cards, never more at once than whoever asked for them allows.
using batch_coordinator_actor = card_client_actor::extend<
  caf::reacts_to<generate_cards>,
  // Batches whose client has gone or whose deadline has passed.
  caf::reacts_to<abandon_cards>,
  caf::reacts_to<directory>>;

/// One per node, detached: batches as jobs, which the store keeps; runs those that this node has leased.
using job_keeper_actor = card_client_actor::extend<
  caf::reacts_to<open_job>,
  caf::reacts_to<find_job>,
  caf::reacts_to<fetch_job>,
  caf::reacts_to<file_composed>,
  // Askers and followers that have gone.
  caf::reacts_to<abandon_jobs>,
  // Time to save what has gathered, to renew leases, to look for jobs that nobody runs.
  caf::reacts_to<tick>,
  caf::reacts_to<directory>>;

/// One per node, detached: what the store says of cards beyond the members' records; reissues and revokes them.
using card_keeper_actor = caf::typed_actor<
  caf::reacts_to<change_cards>,
  // Time to look whether another node has changed something.
  caf::reacts_to<tick>,
  caf::reacts_to<directory>>;

/// One per shard: which keys are being loaded now, who waits for them, the stale copy that may have to do.
using lookup_actor = load_client_actor::extend<
  // Which loads may go to the database.
  caf::reacts_to<admission_answers>,
  // What one round of a gateway's loop parsed for this shard, or what an issuer needs.
  caf::reacts_to<lookup_batch>,
  // Those requests of a batch that the cache could not answer.
  caf::reacts_to<cache_misses>,
  // What L2 knows of some keys.
  caf::reacts_to<l2_answers>,
  // Tickets whose client has gone or whose deadline has passed.
  caf::reacts_to<abandon>,
  // Close the loads of these members to newcomers, then pass it on to the cache.
  caf::reacts_to<invalidate>,
  // The same for all members.
  caf::reacts_to<invalidate_all>,
  // Time to look at what waits (see the generation in the message).
  caf::reacts_to<tick>,
  caf::reacts_to<directory>>;

/// One per shard: L1.
using cache_actor = caf::typed_actor<
  // Answer what is fresh to whoever asks, give the rest to the lookup actor.
  caf::reacts_to<cache_probe>,
  // Keep what was loaded.
  caf::reacts_to<cache_fill>,
  // Forget a member by both keys; tells the maintenance actor the ID number that the alias led to.
  caf::reacts_to<invalidate>,
  // Forget everything.
  caf::reacts_to<invalidate_all>,
  // Ask for the ID number behind a member id, and for the stamp that a load needs.
  caf::reacts_to<resolve_alias>>;

/// One per L2 connection, detached: pipelines whatever has gathered in its mailbox.
using redis_actor = caf::typed_actor<
  caf::reacts_to<l2_get>,
  caf::reacts_to<l2_fill>,
  caf::reacts_to<l2_invalidate>,
  caf::reacts_to<l2_invalidate_all>,
  // Send the pipeline that has gathered; or try to connect again.
  caf::reacts_to<tick>>;

/// One per process, detached: carries the rate limiter's counts to other processes and theirs to it.
using limit_sharer_actor = caf::typed_actor<
  // Time for the next exchange, or to try to connect again.
  caf::reacts_to<tick>>;

/// One per database endpoint: connection limit, wait queue, workers.
using db_pool_actor = caf::typed_actor<
  caf::reacts_to<load_batch>,
  // Members in pages, for warming.
  caf::reacts_to<load_page>,
  // The ID number of a member, active or not.
  caf::reacts_to<find_id_number>,
  // From a worker: its statement ended, its keys were answered unless it says otherwise.
  caf::reacts_to<statement_done>,
  // An operator's order.
  caf::reacts_to<force_breaker>,
  caf::reacts_to<tick>>;

/// 0 to the connection limit, detached: one connection each, its prepared statements.
using db_worker_actor = caf::typed_actor<
  caf::reacts_to<statement>>;

/// Detached: all writes to the member store, one after another.
using store_writer_actor = caf::typed_actor<
  // Lines wait in the audit queue.
  caf::reacts_to<audit_waits>,
  caf::reacts_to<tick>>;

/// Detached: takes a sample of what all actors count, again and again.
using stats_actor = caf::typed_actor<
  caf::reacts_to<tick>>;

/// Detached: tells a webhook of alerts.
using alert_sender_actor = caf::typed_actor<
  caf::reacts_to<tick>>;

/// Detached: reads the API keys again and again.
using key_keeper_actor = caf::typed_actor<
  // An operator's order.
  caf::reacts_to<reread_keys>,
  caf::reacts_to<tick>>;

/// One per process, detached: follows what others change in the store.
using change_reader_actor = caf::typed_actor<
  // The answer to a clear_changes.
  caf::reacts_to<changes_cleared>,
  // Time to look for changes.
  caf::reacts_to<tick>,
  caf::reacts_to<directory>>;

/// One per node: clears members, or all there is, from all caches and warms them.
using maintenance_actor = alias_client_actor::extend<
  caf::reacts_to<clear_member>,
  caf::reacts_to<clear_all>,
  caf::reacts_to<clear_changes>,
  caf::reacts_to<warm_cache>,
  caf::reacts_to<id_number_found>,
  caf::reacts_to<invalidated>,
  caf::reacts_to<l2_invalidated>,
  caf::reacts_to<page_loaded>,
  caf::reacts_to<tick>,
  caf::reacts_to<directory>>;

/// One per node: spawns the others, replaces those that die, within a budget.
using supervisor_actor = caf::typed_actor<
  // Whoever wants to be told where the others are, now and after each restart; a gateway as a rule.
  caf::reacts_to<subscribe_directory>,
  caf::reacts_to<tick>>;

} // namespace tessera
