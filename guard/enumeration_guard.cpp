#include "guard/enumeration_guard.hpp"

#include <sodium.h>

namespace tessera {

namespace {

static_assert(crypto_shorthash_BYTES == sizeof(std::uint64_t));
static_assert(crypto_shorthash_KEYBYTES == std::tuple_size_v<enumeration_guard_settings::secret>);

/// Tells member ids from ID numbers, both of which are below 2^54.
constexpr std::uint64_t member_mark = std::uint64_t{1} << 63;

} // namespace

enumeration_guard::verdict enumeration_guard::look_up(client_key client, id_number number, unsigned multiplier,
                                                      time_point now) {
  return ask(client, {number, hash_of(client, number.packed())}, multiplier, now);
}

enumeration_guard::verdict enumeration_guard::touch(client_key client, member_id id, unsigned multiplier,
                                                    time_point now) {
  return ask(client, {id, hash_of(client, id.value | member_mark)}, multiplier, now);
}

void enumeration_guard::take_back(client_key client, id_number number) {
  auto hash = hash_of(client, number.packed());
  clients_.find(client, [&](enumeration_record& record) { record.take_back(hash); });
}

void enumeration_guard::take_back(client_key client, member_id id) {
  auto hash = hash_of(client, id.value | member_mark);
  clients_.find(client, [&](enumeration_record& record) { record.take_back(hash); });
}

void enumeration_guard::missed(client_key client, time_point now) {
  clients_.find(client, [&](enumeration_record& record) { record.missed(now); });
}

// The client is hashed with the value, so that what one client finds out about collisions helps no other.
std::uint64_t enumeration_guard::hash_of(client_key client, std::uint64_t value) const noexcept {
  std::array<std::uint64_t, 2> input = {client.value, value};
  std::uint64_t hash = 0;
  crypto_shorthash(reinterpret_cast<unsigned char*>(&hash), reinterpret_cast<const unsigned char*>(input.data()),
                   sizeof input, key_.data());
  return hash;
}

enumeration_guard::verdict enumeration_guard::ask(client_key client, const guess_subject& asked, unsigned multiplier,
                                                  time_point now) {
  auto most = budgets_.times(multiplier);
  return clients_.with(client, now, [&](enumeration_record& record) -> verdict {
    auto answer = record.ask(asked, most, now);
    auto left = std::chrono::ceil<std::chrono::milliseconds>(record.end() - now);
    return {answer.fault, left, answer.first, answer.again};
  });
}

} // namespace tessera
