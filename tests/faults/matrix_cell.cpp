#include "tests/faults/matrix_cell.hpp"

#include "tests/support/eventually.hpp"

#include <sstream>
#include <stdexcept>

namespace tessera::test {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// So many of the first members are cached when the fault begins.
constexpr std::size_t cached_members = 40;

void must(bool condition, const char* what) {
  if (!condition)
    throw std::runtime_error(what);
}

tessera_process::options options_for(const faulty_servers& servers) {
  auto database = "mysql://tessera:secret@127.0.0.1:" + std::to_string(servers.database_proxy.port()) + "/tessera_test";
  auto redis = "redis://127.0.0.1:" + std::to_string(servers.redis_proxy.port());
  return {.arguments = {"--store", database, "--redis", redis, "--no-limits"},
          .environment = {"CACHE_TTL_MEMBER=2", "BREAKER_RECOVERY=1s"}};
}

} // namespace

faulty_servers::faulty_servers() {
  run_tessera({"migrate", "--store", database.url()});
  run_tessera({"sample-data", "--members", "20000", "--store", database.url()});
  std::istringstream all{database.query_value(
      "SET SESSION group_concat_max_len = 16000000; SELECT GROUP_CONCAT(id_number ORDER BY member_id SEPARATOR ' ') "
      "FROM members WHERE membership_status = 'Active'")};
  for (std::string number; all >> number;)
    numbers.push_back(number);
}

matrix_cell::matrix_cell(faulty_servers& servers, const matrix_load& load)
    : servers_(servers), load_(load), service_(options_for(servers)) {
  servers_.redis.command({"FLUSHALL"});
  fill_cache();
  clients_.emplace(service_.port(), std::vector<crowd::group>{
                                        {load.cached_clients, load.cached_pause, [this] { return next_cached(); }},
                                        {load.others_clients, load.others_pause, [this] { return next_other(); }},
                                    });
  auto asks = [this](std::size_t group) { return seen_by(group).count() >= 3; };
  must(eventually(10s, [&] { return asks(cached) && asks(others); }), "the clients get no answers");
}

/// What is loaded is cached a moment after it was answered.
void matrix_cell::fill_cache() {
  for (std::size_t i = 0; i < cached_members; ++i)
    must(get(service_.port(), member_path + servers_.numbers[i]).status == 200, "a member cannot be loaded");
  for (std::size_t i = 0; i < cached_members; ++i) {
    auto is_hit = [&] { return header(get(service_.port(), member_path + servers_.numbers[i]), "X-Cache") == "HIT"; };
    must(eventually(10s, is_hit), "a member is not cached");
  }
}

matrix_row matrix_cell::run(fault_proxy& proxy, const fault& what, const std::function<sign()>& noticed,
                            const std::function<std::optional<time_point>()>& recovered) {
  matrix_row row;
  row.clients = load_.name;
  seen_before_ = clients_->seen().size();
  const auto injected = steady_clock::now();
  proxy.inject(what);
  const auto until = injected + fault_lasts;
  eventually(fault_lasts + answer_patience, [&] {
    if (auto seen = row.noticed ? std::nullopt : noticed()) {
      row.noticed = std::chrono::ceil<milliseconds>(seen->first - injected);
      row.noticed_by = seen->second;
    }
    return row.noticed && steady_clock::now() >= until && clients_->oldest_unanswered() >= until;
  });
  seen_before_ = clients_->seen().size();
  healed_ = steady_clock::now();
  proxy.heal();
  eventually(recovery_patience, [&] {
    if (auto seen = recovered())
      row.recovered = std::chrono::ceil<milliseconds>(*seen - healed_);
    return row.recovered.has_value();
  });
  clients_->finish(answer_patience);
  const auto all = clients_->seen();
  row.cached = tally_of(all, cached, injected, healed_);
  row.others = tally_of(all, others, injected, healed_);
  return row;
}

std::string matrix_cell::next_cached() {
  return servers_.numbers[next_cached_++ % cached_members];
}

/// There are enough of them for all but a very slow recovery.
std::string matrix_cell::next_other() {
  return servers_.numbers[cached_members + next_other_++ % (servers_.numbers.size() - cached_members)];
}

} // namespace tessera::test
