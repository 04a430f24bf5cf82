#include "app/opened_store.hpp"

#include "cards/wall_clock.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace tessera {

status opened_store::write_audit(std::string action, std::string subject, std::string reason) {
  const std::array line{audit_entry{std::move(action), std::move(subject), "", "cli", wall_clock(), std::move(reason)}};
  return connection->append(line);
}

result<opened_store> open_store(const store_options& options) {
  auto store = options.open();
  if (!store)
    return store.error();
  if (auto checked = (*store)->check_schema(); !checked)
    return checked.error();
  auto connection = (*store)->connect();
  if (!connection)
    return connection.error();
  return opened_store{*store, std::move(*connection)};
}

} // namespace tessera
