#include "actors/db_worker.hpp"

#include "actors/furniture.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <variant>

namespace tessera {

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;

template <class Unit>
std::uint32_t whole(std::chrono::steady_clock::duration time) {
  auto count = duration_cast<Unit>(time).count();
  return static_cast<std::uint32_t>(std::clamp<decltype(count)>(count, 0, UINT32_MAX));
}

/// What is to be sent once a statement has succeeded.
struct outbox {
  std::vector<std::pair<load_client_actor, load_answers>> members;
  std::vector<std::pair<maintenance_actor, page_loaded>> pages;
  std::vector<std::pair<maintenance_actor, id_number_found>> finds;

  load_answers& to(const load_client_actor& asker) {
    for (auto& [who, what] : members) // few: one per lookup shard
      if (who == asker)
        return what;
    return members.emplace_back(asker, load_answers{}).second;
  }
};

load_answer answer_of(const member& subject, const etag_key& etags) {
  load_answer result;
  result.key = {member_key::kind::number, subject.number.packed()};
  result.body = make_member_body(subject, etags);
  result.number = subject.number;
  result.id = subject.id;
  return result;
}

/// Executes statements on one connection.
class executor {
public:
  explicit executor(db_worker_context context) : context_(std::move(context)) {
  }

  const db_worker_context& context() const noexcept {
    return context_;
  }

  /// Executes `what` and fills `out` with the answers. Any exception is a failure.
  statement_done run(const statement& what, outbox& out) {
    auto began = std::chrono::steady_clock::now();
    statement_done done;
    done.worker = context_.number;
    done.sequence = what.sequence;
    try {
      if (auto fault = execute(what, out, began); !fault) {
        done.error = fault.error().code;
        done.detail = mask_id_numbers(fault.error().detail);
        if (done.error == error_code::database_unavailable)
          context_.slot->close();
      }
    } catch (const std::exception& fault) {
      fail(done, mask_id_numbers(fault.what()));
    } catch (...) {
      fail(done, "an unknown exception");
    }
    done.connected = context_.slot->get() != nullptr;
    done.duration_us = whole<microseconds>(std::chrono::steady_clock::now() - began);
    return done;
  }

private:
  void fail(statement_done& done, std::string detail) {
    done.error = error_code::internal;
    done.detail = std::move(detail);
    context_.slot->close(); // nobody knows how far it came
  }

  status execute(const statement& what, outbox& out, std::chrono::steady_clock::time_point began) {
    auto* connection = context_.slot->get();
    if (connection == nullptr) {
      auto fresh = context_.store->connect();
      if (!fresh)
        return fresh.error();
      context_.slot->put(std::move(*fresh));
      if (what.what == statement::kind::ping)
        return ok(); // connecting said more than a ping
      connection = context_.slot->get();
    }
    switch (what.what) {
    case statement::kind::members:
      if (what.keys.front().key.by == member_key::kind::number)
        return find<id_number>(*connection, what, out, began);
      return find<member_id>(*connection, what, out, began);
    case statement::kind::page:
      return page(*connection, what.page, out, began);
    case statement::kind::id_number:
      return id_number_of(*connection, what.find, out);
    case statement::kind::ping:
      return connection->ping();
    }
    return failure{error_code::internal, "a statement of no known kind"};
  }

  /// Returns the distinct keys of the statement.
  template <class Key>
  static std::vector<Key> distinct(const std::vector<statement_key>& keys) {
    std::vector<Key> result;
    for (auto& x : keys) {
      if constexpr (std::is_same_v<Key, id_number>) {
        if (auto number = id_number::from_packed(x.key.value))
          result.push_back(*number); // one that is none is not found
      } else {
        result.push_back(member_id{x.key.value});
      }
    }
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
  }

  template <class Key>
  status find(store_connection& connection, const statement& what, outbox& out,
              std::chrono::steady_clock::time_point began) {
    auto keys = distinct<Key>(what.keys);
    std::vector<member> rows;
    if (!keys.empty()) {
      auto found = connection.find(std::span<const Key>{keys});
      if (!found)
        return found.error();
      rows = std::move(*found);
    }
    auto took = whole<microseconds>(std::chrono::steady_clock::now() - began);
    std::unordered_map<std::uint64_t, load_answer> by_key;
    for (auto& row : rows) {
      if constexpr (std::is_same_v<Key, id_number>)
        by_key.emplace(row.number.packed(), answer_of(row, context_.etags));
      else
        by_key.emplace(row.id.value, answer_of(row, context_.etags));
    }
    auto age = whole<milliseconds>(std::chrono::steady_clock::now() - began);
    for (auto& x : what.keys) {
      auto i = by_key.find(x.key.value);
      load_answer answer;
      if (i != by_key.end())
        answer = i->second;
      else
        answer.error = error_code::not_found;
      answer.key = x.key;
      answer.age_ms = age;
      answer.queue_us = x.queue_us;
      answer.database_us = took;
      answer.pool = x.pool;
      out.to(x.asker).answers.push_back(std::move(answer));
    }
    count_rows(rows.size());
    return ok();
  }

  status page(store_connection& connection, const load_page& asked, outbox& out,
              std::chrono::steady_clock::time_point began) {
    std::optional<member_id> before;
    if (asked.before.value != 0)
      before = asked.before;
    auto rows = connection.newest(before, asked.count);
    if (!rows)
      return rows.error();
    auto took = whole<microseconds>(std::chrono::steady_clock::now() - began);
    page_loaded result;
    result.job = asked.job;
    result.members.reserve(rows->size());
    for (auto& row : *rows)
      result.members.push_back(answer_of(row, context_.etags));
    auto age = whole<milliseconds>(std::chrono::steady_clock::now() - began);
    for (auto& x : result.members) {
      x.age_ms = age;
      x.database_us = took;
    }
    out.pages.emplace_back(asked.asker, std::move(result));
    count_rows(rows->size());
    return ok();
  }

  static status id_number_of(store_connection& connection, const find_id_number& asked, outbox& out) {
    auto found = connection.id_number_of(asked.id);
    if (!found)
      return found.error();
    id_number_found result;
    result.job = asked.job;
    if (*found)
      result.number = **found;
    else
      result.error = error_code::not_found;
    out.finds.emplace_back(asked.asker, result);
    return ok();
  }

  void count_rows(std::size_t rows) const {
    add_shared(context_.metrics->rows, rows);
  }

  db_worker_context context_;
};

} // namespace

db_worker_actor::behavior_type db_worker(db_worker_actor::pointer self, db_worker_context context) {
  furnish(self, "db_worker", *context.metrics);
  auto work = std::make_shared<executor>(std::move(context));
  return {
      [self, work](const statement& what) {
        outbox out;
        auto done = work->run(what, out);
        if (!work->context().slot->conclude(what.sequence)) {
          self->quit(caf::exit_reason::user_shutdown);
          return;
        }
        if (done.error == error_code::none) {
          for (auto& [asker, answers] : out.members)
            self->send(asker, std::move(answers));
          for (auto& [asker, loaded] : out.pages)
            self->send(asker, std::move(loaded));
          for (auto& [asker, found] : out.finds)
            self->send(asker, found);
        }
        self->send(work->context().pool, std::move(done));
      },
  };
}

} // namespace tessera
