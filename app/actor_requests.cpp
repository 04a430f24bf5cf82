#include "app/actor_requests.hpp"

#include <caf/logger.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace tessera {

namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

/// Longer than any step of a clearing may take, and than any statement.
constexpr milliseconds answer_limit{10'000};

/// A person waits for it; a warming takes longer as a rule.
constexpr milliseconds warm_limit{5'000};

/// How soon those who wait notice that the node stops.
constexpr milliseconds look_interval{50};

/// Returns what sends the message to the maintenance actor and has it answer whoever asks.
template <class Message>
auto to_maintenance(const Message& what) {
  return [&what](caf::scoped_actor& self, const directory& where) {
    auto message = what;
    message.asker = caf::actor_cast<gateway_actor>(self);
    self->send(where.maintenance, std::move(message));
  };
}

} // namespace

/// Whoever is in here uses the actor system.
class actor_requests::visit {
public:
  explicit visit(actor_requests& of) : of_(of) {
    std::lock_guard guard{of_.mutex_};
    allowed_ = !of_.closing_;
    of_.inside_ += allowed_;
  }
  ~visit() {
    if (!allowed_)
      return;
    // CAF leaves its logger with each thread that ever used the system, and the system's end waits until none has it.
    caf::logger::set_current_actor_system(nullptr);
    std::lock_guard guard{of_.mutex_};
    --of_.inside_;
    of_.left_.notify_all();
  }
  visit(const visit&) = delete;
  visit& operator=(const visit&) = delete;

  bool allowed() const noexcept {
    return allowed_;
  }

private:
  actor_requests& of_;
  bool allowed_ = false;
};

actor_requests::actor_requests(caf::actor_system& system, supervisor_actor root, std::shared_ptr<audit_queue> audits)
    : system_(system), root_(std::move(root)), audits_(std::move(audits)) {
}

bool actor_requests::closing() const {
  std::lock_guard guard{mutex_};
  return closing_;
}

void actor_requests::close() {
  std::unique_lock guard{mutex_};
  closing_ = true;
  left_.wait(guard, [&] { return inside_ == 0; });
  root_ = nullptr;
}

std::optional<directory> actor_requests::find_others(caf::scoped_actor& self, clock::time_point deadline) {
  self->send(root_, subscribe_directory{caf::actor_cast<gateway_actor>(self)});
  std::optional<directory> where;
  while (!where && !closing() && clock::now() < deadline)
    self->receive([&](const directory& sent) { where = sent; }, caf::after(look_interval) >> [] {});
  return where;
}

template <class Answer, class Send>
result<std::optional<Answer>> actor_requests::ask(milliseconds limit, Send send) {
  visit here{*this};
  if (!here.allowed())
    return failure{error_code::shutting_down, "The node is stopping"};
  auto deadline = clock::now() + limit;
  std::optional<Answer> answer;
  {
    caf::scoped_actor self{system_};
    if (auto where = find_others(self, deadline))
      send(self, *where);
    while (!answer && !closing() && clock::now() < deadline)
      self->receive([&](const Answer& sent) { answer = sent; }, [](const directory&) {},
                    caf::after(look_interval) >> [] {});
  }
  if (!answer && closing())
    return failure{error_code::shutting_down, "The node is stopping; what was asked may be done or not"};
  return answer;
}

template <class Answer, class Send>
result<Answer> actor_requests::ask_for_answer(Send send) {
  auto answer = ask<Answer>(answer_limit, std::move(send));
  if (!answer)
    return answer.error();
  if (!*answer)
    return failure{error_code::database_unavailable, "No answer came within 10 s; what was asked may still be done"};
  return **answer;
}

result<maintenance_done> actor_requests::clear(const clear_all& what) {
  return ask_for_answer<maintenance_done>(to_maintenance(what));
}

result<maintenance_done> actor_requests::clear(const clear_member& what) {
  return ask_for_answer<maintenance_done>(to_maintenance(what));
}

result<std::optional<maintenance_done>> actor_requests::warm(const warm_cache& what) {
  return ask<maintenance_done>(warm_limit, to_maintenance(what));
}

result<breaker_forced> actor_requests::force(const force_breaker& what) {
  return ask_for_answer<breaker_forced>([&](caf::scoped_actor& self, const directory& where) {
    auto message = what;
    message.asker = caf::actor_cast<control_client_actor>(self);
    self->send(where.pool, std::move(message));
  });
}

result<keys_reread> actor_requests::reread_keys() {
  return ask_for_answer<keys_reread>([&](caf::scoped_actor& self, const directory& where) {
    self->send(where.key_keeper, tessera::reread_keys{caf::actor_cast<control_client_actor>(self)});
  });
}

void actor_requests::write_audit(audit_entry line) {
  audits_->put(std::move(line));
  visit here{*this};
  if (!here.allowed())
    return; // the writer appends what there is before it ends
  caf::scoped_actor self{system_};
  if (auto where = find_others(self, clock::now() + answer_limit))
    self->send(where->writer, audit_waits{});
}

} // namespace tessera
