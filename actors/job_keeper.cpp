#include "actors/job_keeper.hpp"

#include "cards/member_record.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

namespace tessera {

namespace {

/// What is refused for want of room may be asked for again after so long.
constexpr std::uint32_t job_retry_after_s = 5;
constexpr std::uint32_t file_retry_after_s = 2;

std::string new_job_id() {
  job_id_seed random;
  randombytes_buf(random.data(), random.size());
  return make_job_id(random);
}

failure no_such_job() {
  return {error_code::not_found, {}};
}

} // namespace

job_keeper_state::~job_keeper_state() {
  if (around.slot)
    around.slot->close();
}

/// Asks the store. What comes soon after a call that hung is refused: all that waits behind it would take as long
/// again.
template <class Use>
auto job_keeper_state::call(Use&& use) -> decltype(use(*around.slot->get())) {
  const auto began = around.now();
  if (began < refuse_until_)
    return failure{error_code::database_unavailable, "the store did not answer in time just now"};
  auto outcome = on_connection(*around.store, *around.slot, use);
  bool failed = !outcome && outcome.error().code == error_code::database_unavailable;
  if (failed)
    refuse_until_ = around.now() + (around.now() - began);
  if (around.slot->interrupted()) // the end: whatever became of the call
    return outcome;
  if (failed) {
    add_shared(metrics->failures);
    if (!std::exchange(failing_, true))
      spdlog::error("job_keeper: the store cannot be asked for jobs ({}): {}; those at work go on",
                    to_string(outcome.error().code), mask_id_numbers(outcome.error().detail));
    return outcome;
  }
  if (std::exchange(failing_, false))
    spdlog::info("job_keeper: the store answers again");
  if (!outcome && outcome.error().code != error_code::queue_full) {
    add_shared(metrics->failures);
    if (auto more = fault_log_.pass(around.now()))
      spdlog::warn("job_keeper: a job could not be read or written ({}): {}; {} more like it since the last line",
                   to_string(outcome.error().code), mask_id_numbers(outcome.error().detail), *more);
  }
  return outcome;
}

std::uint32_t job_keeper_state::index_of(const job_client_actor& asker) {
  return clients.index_of(asker, followers.size() == 0 && files_.empty());
}

void job_keeper_state::open(const open_job& what) {
  auto job = what.job;
  job.id = new_job_id();
  job.state = job_state::waiting;
  job.created = job.updated = around.wall_clock();
  auto made = call([&](store_connection& connection) {
    return connection.create_job(job, job.created - job_lifetime, settings.most_unfinished);
  });
  job_answer answer;
  answer.to = what.asked_by;
  if (!made) {
    answer.error = made.error().code;
    if (answer.error == error_code::queue_full) {
      answer.why = made.error().detail;
      answer.retry_after_s = job_retry_after_s;
    }
  } else if (made->was_there && !ask_the_same(made->job, job)) {
    answer.error = error_code::conflict;
    answer.why = "This idempotency key was used for another batch";
  } else {
    const auto* running = table->find(made->job.id);
    answer.job = running != nullptr ? *running : made->job;
    answer.replayed = made->was_there;
    add(made->was_there ? metrics->replayed : metrics->accepted);
  }
  self->send(what.asker, answer);
  if (!made || made->was_there)
    return;
  around.audits->put({"batch.create", job.id, what.request_id, job.owner, job.created});
  if (here_.writer)
    self->send(here_.writer, audit_waits{});
  take_jobs();
}

/// Returns the job as it is here or in the store.
result<batch_job> job_keeper_state::look_up(const std::string& owner, const std::string& id) {
  if (const auto* running = table->find(id)) {
    if (running->owner != owner)
      return no_such_job();
    return *running;
  }
  auto kept = call([&](store_connection& connection) { return connection.read_job(owner, id); });
  if (!kept)
    return kept.error();
  if (!*kept || (*kept)->created + job_lifetime <= around.wall_clock())
    return no_such_job();
  return std::move(**kept);
}

void job_keeper_state::find(const find_job& what) {
  job_answer answer;
  answer.to = what.asked_by;
  auto job = look_up(what.owner, what.id);
  if (!job) {
    answer.error = job.error().code;
  } else {
    if (what.follow && job->state != job_state::done)
      followers.add({index_of(what.asker), what.asked_by}, *job, around.now());
    answer.job = std::move(*job);
  }
  self->send(what.asker, std::move(answer));
}

void job_keeper_state::fetch(const fetch_job& what) {
  job_file answer;
  answer.to = what.asked_by;
  auto refuse = [&](error_code error, std::string why, std::uint32_t retry_after_s = 0) {
    answer.error = error;
    answer.why = std::move(why);
    answer.retry_after_s = retry_after_s;
    self->send(what.asker, answer);
  };
  auto job = look_up(what.owner, what.id);
  if (!job)
    return refuse(job.error().code, {});
  if (job->state != job_state::done)
    return refuse(error_code::conflict, "This batch is not done yet", 1);
  if (made_cards(*job) == 0)
    return refuse(error_code::not_found, "No card of this batch was made");
  if (files_.size() >= settings.most_files)
    return refuse(error_code::queue_full, {}, file_retry_after_s);
  if (here_.renderers.empty())
    return refuse(error_code::interrupted, {}, file_retry_after_s);
  auto holders = holders_of(*job);
  if (!holders)
    return refuse(holders.error().code, {});
  compose(what, std::move(*job), std::move(*holders));
}

/// Reads those whose cards were made, as they are now.
result<std::vector<card_holder>> job_keeper_state::holders_of(const batch_job& job) {
  auto ledger = around.ledger->get();
  if (!ledger)
    return failure{error_code::database_unavailable, "the state of cards is not known yet"};
  std::vector<member_id> ids;
  std::unordered_set<member_id> named;
  for (const auto& card : job.cards)
    if (card.error == error_code::none && named.insert(card.member).second)
      ids.push_back(card.member);
  std::vector<card_holder> all;
  for (std::size_t begin = 0; begin < ids.size(); begin += max_keys_per_statement) {
    auto keys = std::span{ids}.subspan(begin, std::min(max_keys_per_statement, ids.size() - begin));
    auto found = call([&](store_connection& connection) { return connection.find(keys); });
    if (!found)
      return found.error();
    for (const auto& each : *found)
      all.push_back({shared_body::make({}, pack_member(each), 0), ledger->of(each.id)});
  }
  return all;
}

void job_keeper_state::compose(const fetch_job& what, batch_job job, std::vector<card_holder> holders) {
  compose_file order;
  order.asker = file_client_actor{job_keeper_actor{self}};
  order.work = work_id{++last_work_};
  order.format = what.format;
  order.job = std::move(job);
  order.holders = std::move(holders);
  auto renderer = last_work_ % here_.renderers.size();
  files_[last_work_] = {index_of(what.asker), what.asked_by, renderer,
                        around.now() + std::chrono::milliseconds{what.time_left_ms}};
  self->send(here_.renderers[renderer], std::move(order));
}

void job_keeper_state::composed(const file_composed& what) {
  auto which = files_.find(what.work.value);
  if (which == files_.end()) // nobody waits for it any more
    return;
  if (what.error == error_code::none)
    add(metrics->files);
  self->send(clients[which->second.asker], job_file{which->second.asked_by, what.error, what.why, 0, what.body});
  files_.erase(which);
}

void job_keeper_state::fail_files(const std::function<bool(const file&)>& lost) {
  std::erase_if(files_, [&](const auto& each) {
    if (!lost(each.second))
      return false;
    job_file failed;
    failed.to = each.second.asked_by;
    failed.error = error_code::interrupted;
    failed.retry_after_s = file_retry_after_s;
    self->send(clients[each.second.asker], std::move(failed));
    return true;
  });
}

void job_keeper_state::abandon(const abandon_jobs& gone) {
  auto asker = index_of(gone.asker);
  followers.drop(asker, gone.tickets);
  std::erase_if(files_, [&](const auto& each) {
    return each.second.asker == asker && std::ranges::find(gone.tickets, each.second.asked_by) != gone.tickets.end();
  });
  set(metrics->followers, followers.size());
}

void job_keeper_state::move_to(const directory& latest) {
  if (latest.epoch <= here_.epoch)
    return;
  auto before = std::exchange(here_, latest);
  fail_files([&](const file& each) {
    return each.renderer >= here_.renderers.size() || before.renderers[each.renderer] != here_.renderers[each.renderer];
  });
  issuers.move_to(latest, *table, around.now(), effects);
  if (before.epoch == 0)
    take_jobs();
}

/// Leases as many jobs as there is room for.
void job_keeper_state::take_jobs() {
  if (table->room() == 0 || here_.epoch == 0)
    return;
  auto leased = call([&](store_connection& connection) -> result<leased_jobs> {
    if (!handed_back_)
      if (auto done = connection.hand_back_jobs(around.holder); !done)
        return done.error();
    handed_back_ = true;
    return connection.lease_jobs(lease(), table->room(), around.wall_clock());
  });
  if (!leased)
    return;
  if (leased->broken > 0) {
    add(metrics->broken, leased->broken);
    spdlog::error("job_keeper: {} rows of batch_jobs hold no job and were set aside", leased->broken);
  }
  for (auto& job : leased->jobs)
    table->begin(std::move(job), around.now(), effects);
}

void job_keeper_state::look() {
  auto now = around.now();
  table->tick(now, effects);
  if (now >= look_at_)
    look_for_jobs();
  if (now >= clean_at_)
    clean();
  apply();
  show_jobs();
  tell_followers();
  fail_files([&](const file& each) { return now >= each.until; });
  self->delayed_send(job_keeper_actor{self}, settings.interval, tick{});
}

void job_keeper_state::show_jobs() {
  auto shown = metrics->list.get();
  auto now = table->list();
  if (shown ? *shown != now : !now.empty())
    metrics->list.put(std::make_shared<const running_jobs>(std::move(now)));
}

void job_keeper_state::look_for_jobs() {
  look_at_ = around.now() + settings.look_interval;
  take_jobs();
  auto waiting = call([](store_connection& connection) { return connection.count_free_jobs(); });
  if (waiting)
    set(metrics->waiting, *waiting);
}

void job_keeper_state::clean() {
  clean_at_ = around.now() + settings.clean_interval;
  // It is not urgent: a failure is told, and that is all.
  static_cast<void>(
      call([&](store_connection& connection) { return connection.delete_jobs(around.wall_clock() - job_lifetime); }));
}

void job_keeper_state::apply() {
  issuers.send(*self, card_client_actor{job_keeper_actor{self}}, *table, around.now(), effects);
  save_due();
}

void job_keeper_state::save_due() {
  while (const auto* due = table->to_save(around.now())) {
    auto job = *due;
    auto held = call([&](store_connection& connection) { return connection.save_job(job, lease()); });
    if (!held) {
      table->not_saved(job.id, around.now());
      continue;
    }
    add(metrics->saves);
    if (*held) {
      table->saved(job.id, around.now());
    } else {
      spdlog::warn("job_keeper: the job {} is no longer this node's", job.id);
      table->lost(job.id, effects);
      issuers.send(*self, card_client_actor{job_keeper_actor{self}}, *table, around.now(), effects);
    }
    if (*held && job.state == job_state::done) {
      job_answer last;
      last.job = job;
      tell(followers.seen(job, around.now()), last);
      take_jobs();
      issuers.send(*self, card_client_actor{job_keeper_actor{self}}, *table, around.now(), effects);
    }
  }
}

/// Of what runs here they are told at each look; of what runs elsewhere the store is asked now and then.
void job_keeper_state::tell_followers() {
  auto tell_of = [&](const batch_job& job) {
    job_answer news;
    news.job = job;
    tell(followers.seen(job, around.now()), news);
  };
  for (const auto& id : followers.ids())
    if (const auto* running = table->find(id); running != nullptr && running->state != job_state::done)
      tell_of(*running);
  for (const auto& each : followers.unseen_for(settings.read_interval, settings.reads, around.now())) {
    if (table->find(each.id) != nullptr)
      continue;
    if (auto job = look_up(each.owner, each.id)) {
      tell_of(*job);
    } else if (job.error().code == error_code::not_found) {
      job_answer gone;
      gone.error = error_code::not_found;
      tell(followers.gone(each.id), gone);
    } else {
      break; // the store is away: they wait
    }
  }
  set(metrics->followers, followers.size());
}

void job_keeper_state::tell(const std::vector<job_followers::follower>& whom, const job_answer& what) {
  for (const auto& each : whom) {
    auto copy = what;
    copy.to = each.asked_by;
    self->send(clients[each.asker], std::move(copy));
  }
}

void job_keeper_state::stop(caf::error reason) {
  refuse_until_ = {};
  auto done = on_connection(*around.store, *around.slot, [&](store_connection& connection) -> status {
    for (const auto* job : table->unsaved())
      if (auto saved = connection.save_job(*job, lease()); !saved)
        return saved.error();
    return connection.hand_back_jobs(around.holder);
  });
  if (!done && !table->empty())
    spdlog::warn("job_keeper: jobs were not handed back ({}); others go on with them when the leases have run out",
                 to_string(done.error().code));
  self->quit(std::move(reason));
}

job_keeper_actor::behavior_type job_keeper(job_keeper_state::pointer self, job_keeper_settings settings,
                                           job_keeper_state::surroundings around, job_metrics* metrics) {
  furnish(self, job_keeper_state::name, *metrics);
  self->set_exit_handler(
      [self](caf::scheduled_actor*, caf::exit_msg& why) { self->state.stop(std::move(why.reason)); });
  auto& state = self->state;
  state.self = self;
  state.settings = settings;
  state.around = std::move(around);
  state.metrics = metrics;
  state.table.emplace(settings.table, *metrics, state.around.wall_clock);
  self->send(self, tick{});
  // What each handler does, and then what the table wants.
  auto step = [self](auto&& decide) {
    auto& state = self->state;
    handling timed{*state.metrics};
    decide(state);
    state.apply();
  };
  return {
      [step](const card_answers& answered) {
        step([&](job_keeper_state& state) {
          for (const auto& each : answered.answers)
            state.table->answered(each, state.around.now(), state.effects);
        });
      },
      [step](const open_job& what) { step([&](job_keeper_state& state) { state.open(what); }); },
      [step](const find_job& what) { step([&](job_keeper_state& state) { state.find(what); }); },
      [step](const fetch_job& what) { step([&](job_keeper_state& state) { state.fetch(what); }); },
      [step](const file_composed& what) { step([&](job_keeper_state& state) { state.composed(what); }); },
      [step](const abandon_jobs& gone) { step([&](job_keeper_state& state) { state.abandon(gone); }); },
      [self](const tick&) {
        handling timed{*self->state.metrics};
        self->state.look();
      },
      [step](const directory& where) { step([&](job_keeper_state& state) { state.move_to(where); }); },
  };
}

} // namespace tessera
