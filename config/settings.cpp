#include "config/settings.hpp"

#include "cards/id_number.hpp"
#include "config/contradictions.hpp"
#include "config/quote.hpp"
#include "config/setting_table.hpp"
#include "config/url.hpp"

#include <algorithm>

namespace tessera {

namespace {

/// The store of a machine that has no database.
constexpr std::string_view embedded_store = "sqlite:var/members.sqlite";

std::string store_of_parts(const database_settings& parts) {
  if (parts.name.empty())
    return std::string{embedded_store};
  std::string url = "mysql://";
  if (!parts.user.empty() || !parts.password.empty())
    url += percent_encode(parts.user) + (parts.password.empty() ? "" : ":" + percent_encode(parts.password)) + "@";
  url += parts.host.find(':') == std::string::npos ? parts.host : "[" + parts.host + "]";
  return url + ":" + std::to_string(parts.port) + "/" + percent_encode(parts.name);
}

template <class Value>
void choose(Value& value, Value choice) {
  if (value == 0)
    value = choice;
}

} // namespace

status validate(const settings& all) {
  // What a setting prints, it must be able to read: so the ranges stand in one place only, its row of the table.
  auto scratch = all;
  for (const auto& row : setting_table()) {
    auto text = row.text(all);
    if (row.parse(scratch, text))
      continue;
    auto value = row.secret == secrecy::open ? "is " + quote(mask_id_numbers(text)) : std::string{"is not"};
    return failure{error_code::validation, row.path + " must be " + row.expects + ", but " + value + "."};
  }
  if (auto found = find_contradiction(all))
    return failure{error_code::validation, found->sentence + "."};
  return ok();
}

settings resolve(settings all, unsigned cores) {
  cores = std::max(cores, 1U);
  choose(all.gateway.io_loops, std::max(1U, cores / 2));
  auto left = cores > all.gateway.io_loops ? cores - all.gateway.io_loops : 0U;
  choose(all.workers, std::max(1U, left));
  choose(all.cache.shards, all.gateway.io_loops);
  choose(all.cards.renderers, std::max(1U, cores / 2));
  choose(all.redis.connections, all.workers);
  if (all.operators.token_file.empty())
    all.operators.token_file = std::filesystem::path{all.redis.secret_file}.replace_filename("operator.token");
  if (all.cards.keys_file.empty())
    all.cards.keys_file = std::filesystem::path{all.redis.secret_file}.replace_filename("card.keys");
  if (all.database.store.empty())
    all.database.store = store_of_parts(all.database);
  return all;
}

} // namespace tessera
