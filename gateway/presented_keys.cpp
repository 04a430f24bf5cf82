#include "gateway/presented_keys.hpp"

#include <sodium.h>

namespace tessera {

presented_keys::presented_keys(const client_naming& naming) : naming_(naming), entries_(remembered) {
  randombytes_buf(secret_.data(), secret_.size());
}

const presented_keys::holder& presented_keys::read(std::string_view line) {
  static_assert(sizeof(hash) == crypto_shorthash_siphashx24_BYTES);
  static_assert(sizeof secret_ == crypto_shorthash_siphashx24_KEYBYTES);
  hash of;
  crypto_shorthash_siphashx24(reinterpret_cast<unsigned char*>(of.data()),
                              reinterpret_cast<const unsigned char*>(line.data()), line.size(), secret_.data());
  auto& known = entries_[of[0] % remembered];
  if (known.of == of)
    return known.shown;
  auto what = read_authorization({&line, 1});
  if (what.what != credentials::kind::key)
    return other_ = {what, {}};
  known = {of, {what, naming_.of_api_key(what.id.text())}};
  return known.shown;
}

} // namespace tessera
