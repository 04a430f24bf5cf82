#pragma once

#include "tests/faults/crowd.hpp"
#include "tests/faults/fault_proxy.hpp"
#include "tests/faults/matrix_report.hpp"
#include "tests/integration/http/http_client.hpp"
#include "tests/support/mariadb_server.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/tessera_process.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tessera::test {

/// MariaDB and Redis, each behind a proxy, and 20,000 members.
struct faulty_servers {
  faulty_servers();

  mariadb_server database;
  redis_server redis;
  fault_proxy database_proxy{database.port()};
  fault_proxy redis_proxy{redis.port()};
  std::vector<std::string> numbers; ///< of all active members
};

/// What clients do: some ask for members who are cached when the fault begins, some for others, whom nobody has asked
/// for before; each pauses between its questions.
struct matrix_load {
  const char* name;
  std::size_t cached_clients;
  std::chrono::milliseconds cached_pause;
  std::size_t others_clients;
  std::chrono::milliseconds others_pause;
};

/// One cell of the matrix: a service of its own, with what is cached and with clients, while a fault lasts and after
/// it. Runs once.
class matrix_cell {
public:
  using time_point = sighting::time_point;

  /// The crowd's groups.
  static constexpr std::size_t cached = 0;
  static constexpr std::size_t others = 1;

  /// A fault lasts so long, which is longer than cached members are fresh, and then until it has been noticed and what
  /// was asked in this time is answered: healing shall not be what answers.
  static constexpr std::chrono::seconds fault_lasts{3};

  /// No answer may take longer, whatever happens; it would be a request that hangs.
  static constexpr std::chrono::seconds answer_patience{12};

  static constexpr std::chrono::seconds recovery_patience{30};

  matrix_cell(faulty_servers& servers, const matrix_load& load);

  /// When and how a fault was noticed, or nothing.
  using sign = std::optional<std::pair<time_point, std::string>>;

  /// Injects the fault, heals it, waits until the service has recovered and the clients' questions are answered, and
  /// returns what was seen. `noticed` and `recovered` (when it had) are asked again and again.
  matrix_row run(fault_proxy& proxy, const fault& what, const std::function<sign()>& noticed,
                 const std::function<std::optional<time_point>()>& recovered);

  /// Returns what was seen since the fault began, or since it was healed.
  std::vector<sighting> recent() const {
    return clients_->seen(seen_before_);
  }

  /// Returns all that a group has seen, before and after the fault, too.
  tally seen_by(std::size_t group) const {
    return tally_of(clients_->seen(), group, {});
  }

  time_point healed() const {
    return healed_;
  }

  /// Returns whether the service says that something behind it is down.
  bool degraded() const {
    return json_document{get(service_.port(), ready_path)}.has("/data/degraded");
  }

  /// Returns the service's cache-stats.
  json_document figures() const {
    return stats(service_.port());
  }

private:
  void fill_cache();
  std::string next_cached();
  std::string next_other();

  faulty_servers& servers_;
  matrix_load load_;
  tessera_process service_;
  std::size_t next_cached_ = 0;
  std::size_t next_other_ = 0;
  std::size_t seen_before_ = 0;
  time_point healed_;
  std::optional<crowd> clients_;
};

} // namespace tessera::test
