#include "app/store_options.hpp"

#include <CLI/App.hpp>

namespace tessera {

void store_options::add_to(CLI::App& app) {
  app.add_option("--config", file_, "file with settings (TOML); also TESSERA_CONFIG")->type_name("FILE");
  add_setting_flags(app, flags_, "database");
}

result<std::shared_ptr<member_store>> store_options::open() const {
  setting_sources sources;
  sources.file = file_;
  sources.flags = flags_;
  auto loaded = load_settings(sources);
  if (!loaded)
    return loaded.error();
  auto all = resolve(loaded->all, 1);
  auto address = store_address_of(*loaded, all);
  if (!address)
    return address.error();
  return make_member_store(*address, all.database);
}

result<store_address> store_address_of(const loaded_settings& loaded, const settings& resolved) {
  auto address = parse_store_url(resolved.database.store);
  if (address)
    return address;
  auto made = loaded.all.database.store.empty();
  auto origin = made ? "made from DB_NAME and its kin" : loaded.origins.at("database.store");
  auto why = address.error();
  why.detail = "database.store (" + origin + ") is wrong: " + why.detail + (why.detail.ends_with('.') ? "" : ".");
  return why;
}

} // namespace tessera
