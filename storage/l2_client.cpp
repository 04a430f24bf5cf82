#include "storage/l2_client.hpp"

#include "cards/wall_clock.hpp"
#include "storage/l2_sealer.hpp"
#include "storage/l2_value.hpp"
#include "storage/redis_connection.hpp"
#include "storage/redis_errors.hpp"

#include <hiredis/hiredis.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <utility>

/// Two keys per member: `tessera:1:HEX:v` holds the sealed value, `tessera:1:HEX:g` the generation, 16 hex digits; and
/// one for all, `tessera:1:epoch`, likewise. A value counts only if generation and epoch are there and the value was
/// sealed under both. An invalidation replaces the generation, that of everything the epoch; whatever was, or will yet
/// be, put under an older one can never be opened again. So writers need no transaction: the worst that a race leaves
/// behind is a value that does not count, and the next load replaces it.
namespace tessera {

using std::chrono::milliseconds;

namespace {

// The generation must outlive the values under it, or they are lost early; and the loads that began without one, or an
// invalidation could be forgotten before a load that it overtook is put. Loads take minutes at most.
constexpr milliseconds min_generation_life = std::chrono::hours{24};
constexpr milliseconds generation_margin = std::chrono::hours{1};

// Nodes' clocks may differ a little; a value that was loaded further in the future than this does not count, as it
// would be fresh for too long.
constexpr milliseconds max_clock_difference = std::chrono::minutes{1};

constexpr std::size_t generation_digits = 16;

// It lives until it is replaced, or evicted: then nothing counts until the next put makes another.
constexpr std::string_view epoch_key = "tessera:1:epoch";

struct key_names {
  std::string hex;
  std::string value;
  std::string generation;
};

key_names names_of(const l2_sealer& sealer, id_number number) {
  auto hex = sealer.name_of(number);
  auto base = "tessera:1:" + hex;
  return {std::move(hex), base + ":v", base + ":g"};
}

std::string to_text(std::uint64_t number) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out(generation_digits, '0');
  auto rest = number;
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, rest >>= 4)
    *digit = hex[rest & 0xf];
  return out;
}

/// Returns the generation or epoch in a reply, or 0 if there is none (or none that is ours).
std::uint64_t parse_number(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_STRING || reply.len != generation_digits)
    return 0;
  std::uint64_t out = 0;
  auto [end, fault] = std::from_chars(reply.str, reply.str + reply.len, out, 16);
  return fault == std::errc{} && end == reply.str + reply.len ? out : 0;
}

std::uint64_t random_number() {
  std::uint64_t out = 0;
  while (out == 0)
    randombytes_buf(&out, sizeof out);
  return out;
}

std::string_view text_of(const redisReply& reply) {
  return {reply.str, reply.len};
}

} // namespace

struct l2_client::implementation {
  redis_settings settings;
  std::shared_ptr<const l2_sealer> sealer;
  result<redis_address> address;
  redis_connection connection;

  implementation(const redis_settings& how, std::shared_ptr<const l2_sealer> with)
      : settings(how), sealer(std::move(with)), address(parse_redis_url(how.url)) {
  }

  result<std::vector<redis_reply_ptr>> exchange() {
    return connection.exchange(redis_connection::clock::now() + settings.timeout);
  }
  status close_after(failure why) {
    connection.close();
    return why;
  }
  /// Sends what was appended. What was refused is not known to hold, so the connection ends.
  status confirm() {
    auto replies = exchange();
    if (!replies)
      return replies.error();
    if (auto checked = check_replies(*replies); !checked)
      return close_after(checked.error());
    return ok();
  }
  l2_entry read(id_number number, const std::string& hex, const redisReply& value, const l2_generation& generation,
                utc_time now) const;
  void append_put(const l2_put& entry, std::uint64_t new_epoch, utc_time now);
};

l2_client::l2_client(const redis_settings& settings, std::shared_ptr<const l2_sealer> sealer)
    : self_(std::make_unique<implementation>(settings, std::move(sealer))) {
}

l2_client::~l2_client() = default;

bool l2_client::connected() const noexcept {
  return self_->connection.is_open();
}

status l2_client::connect() {
  if (!self_->address)
    return self_->address.error();
  return self_->connection.log_in(*self_->address, self_->settings.connect_timeout, {"MGET", "tessera:1:ready"});
}

l2_entry l2_client::implementation::read(id_number number, const std::string& hex, const redisReply& value,
                                         const l2_generation& generation, utc_time now) const {
  l2_entry out;
  out.generation = generation;
  if (generation.value == 0 || generation.epoch == 0 || value.type != REDIS_REPLY_STRING)
    return out;
  auto plain = sealer->open(text_of(value), hex, generation.value, generation.epoch);
  auto found = plain ? decode_l2_value(*plain) : std::nullopt;
  if (!found || found->subject.number != number)
    return out;
  auto age = now - found->loaded_at;
  if (age < -max_clock_difference || age >= found->fresh_for + found->stale_for)
    return out;
  out.age = std::max(age, milliseconds{0});
  out.fresh_left = found->fresh_for - out.age;
  out.what = out.fresh_left.count() > 0 ? l2_entry::outcome::fresh : l2_entry::outcome::stale;
  out.subject = std::move(found->subject);
  return out;
}

result<std::vector<l2_entry>> l2_client::get(std::span<const id_number> keys) {
  std::vector<l2_entry> out;
  if (keys.empty())
    return out;
  std::vector<key_names> names;
  names.reserve(keys.size());
  std::vector<std::string_view> words{"MGET", epoch_key};
  words.reserve(2 + 2 * keys.size());
  for (auto key : keys) {
    const auto& added = names.emplace_back(names_of(*self_->sealer, key));
    words.insert(words.end(), {added.value, added.generation});
  }
  self_->connection.append(words);
  auto replies = self_->exchange();
  if (!replies)
    return replies.error();
  const auto& reply = *replies->front();
  if (reply.type == REDIS_REPLY_ERROR)
    return self_->close_after(redis_failure(text_of(reply))).error();
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 1 + 2 * keys.size())
    return self_->close_after(redis_unexpected_reply()).error();
  auto now = wall_clock();
  auto epoch = parse_number(*reply.element[0]);
  out.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    l2_generation generation{parse_number(*reply.element[2 * i + 2]), epoch};
    out.push_back(self_->read(keys[i], names[i].hex, *reply.element[2 * i + 1], generation, now));
  }
  return out;
}

void l2_client::implementation::append_put(const l2_put& entry, std::uint64_t new_epoch, utc_time now) {
  auto life = entry.fresh_for + entry.stale_for - entry.age;
  if (life.count() <= 0 || entry.fresh_for > max_l2_lifetime || entry.stale_for > max_l2_lifetime)
    return;
  auto generation_life = std::to_string(std::max(min_generation_life, life + generation_margin).count());
  auto names = names_of(*sealer, entry.subject.number);
  auto generation = entry.generation;
  if (generation.epoch == 0)
    generation.epoch = new_epoch;
  if (generation.value != 0) {
    // Prolongs whatever generation is there: if an invalidation has replaced ours, that one may as well live longer.
    connection.append({"PEXPIRE", names.generation, generation_life});
  } else {
    // There was no generation when the load began. If there is one by now, by another load or by an invalidation, NX
    // fails and the value below is sealed under a generation that nobody will ever find: it does not count, whatever
    // the member was before the invalidation stays unknown, and the next load, which sees the generation, heals it.
    // That costs one load in a rare race, where asking first would cost a round trip each time.
    generation.value = random_number();
    connection.append({"SET", names.generation, to_text(generation.value), "NX", "PX", generation_life});
  }
  l2_value value{now - entry.age, entry.fresh_for, entry.stale_for, entry.subject};
  auto sealed = sealer->seal(encode(value), names.hex, generation.value, generation.epoch);
  connection.append({"SET", names.value, sealed, "PX", std::to_string(life.count())});
}

status l2_client::put(std::span<const l2_put> entries) {
  auto now = wall_clock();
  // As with a generation: if there is an epoch by now, NX fails, and what is sealed under this one does not count.
  auto epoch = random_number();
  if (std::ranges::any_of(entries, [](const l2_put& entry) { return entry.generation.epoch == 0; }))
    self_->connection.append({"SET", epoch_key, to_text(epoch), "NX"});
  for (const auto& entry : entries)
    self_->append_put(entry, epoch, now);
  auto replies = self_->exchange();
  if (!replies)
    return replies.error();
  return check_replies(*replies);
}

status l2_client::invalidate(std::span<const id_number> keys) {
  auto life = std::to_string(min_generation_life.count());
  for (auto key : keys) {
    auto names = names_of(*self_->sealer, key);
    self_->connection.append({"SET", names.generation, to_text(random_number()), "PX", life});
    self_->connection.append({"DEL", names.value});
  }
  return self_->confirm();
}

status l2_client::invalidate_all() {
  self_->connection.append({"SET", epoch_key, to_text(random_number())});
  return self_->confirm();
}

result<l2_client::server_info> l2_client::info() {
  self_->connection.append({"DBSIZE"});
  self_->connection.append({"INFO", "memory"});
  auto replies = self_->exchange();
  if (!replies)
    return replies.error();
  const auto& size = *replies->front();
  const auto& memory = *replies->back();
  for (const auto& reply : *replies) {
    if (reply->type == REDIS_REPLY_ERROR)
      return redis_failure(text_of(*reply));
  }
  if (size.type != REDIS_REPLY_INTEGER || memory.type != REDIS_REPLY_STRING)
    return self_->close_after(redis_unexpected_reply()).error();
  server_info out;
  out.keys = static_cast<std::uint64_t>(std::max(size.integer, 0LL));
  constexpr std::string_view label = "\nused_memory:";
  auto text = text_of(memory);
  if (auto at = text.find(label); at != std::string_view::npos)
    std::from_chars(text.data() + at + label.size(), text.data() + text.size(), out.used_bytes);
  return out;
}

void l2_client::interrupt() noexcept {
  self_->connection.interrupt();
}

std::string l2_name(const redis_settings& settings, const l2_sealer& sealer) {
  auto address = parse_redis_url(settings.url);
  assert(address);
  // The name of a number that no member has stands for the secret.
  auto text = address->host + ' ' + std::to_string(address->port) + ' ' + std::to_string(address->database) + ' '
              + sealer.name_of({});
  std::array<unsigned char, 16> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                     nullptr, 0);
  std::array<char, 2 * hash.size() + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return hex.data();
}

} // namespace tessera
