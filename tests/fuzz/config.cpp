#include "config/setting_table.hpp"
#include "config/url.hpp"
#include "storage/redis_url.hpp"
#include "storage/store_url.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>

/// What operators write: URLs and the values of all settings. A URL's password never comes back.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tessera;
  using fuzz::require;
  auto text = fuzz::text_of(data, size);
  if (auto store = parse_store_url(text))
    describe(*store);
  else
    require(!store.error().detail.empty(), "a wrong store is explained");
  if (auto redis = parse_redis_url(text); !redis)
    require(!redis.error().detail.empty(), "a wrong Redis is explained");
  mask_url_password(text);
  for (const auto& row : setting_table()) {
    settings all;
    if (!row.parse(all, text))
      continue;
    auto printed = row.text(all);
    settings again;
    require(row.parse(again, printed) && row.text(again) == printed, "a value survives printing");
  }
  return 0;
}
