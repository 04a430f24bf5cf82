#include "cards/card_keys.hpp"

#include "cards/base64url.hpp"
#include "cards/iso_time.hpp"

#include <sodium.h>

#include <algorithm>

namespace tessera {

namespace {

constexpr std::size_t id_digits = 8;
constexpr std::size_t encoded_seed_size = 43;

static_assert(crypto_sign_SEEDBYTES == std::tuple_size_v<card_key_seed>);
static_assert(crypto_sign_PUBLICKEYBYTES == std::tuple_size_v<card_public_key>);
static_assert(crypto_sign_SECRETKEYBYTES == 64);
static_assert(crypto_sign_BYTES == std::tuple_size_v<card_signature>);

/// Bytes that are wiped when they are no longer needed.
template <std::size_t Size>
struct secret_bytes : std::array<std::uint8_t, Size> {
  ~secret_bytes() {
    sodium_memzero(this->data(), Size);
  }
};

struct key_pair {
  card_keys::verifying_key verifying{};
  secret_bytes<64> secret{};
};

key_pair pair_of(const card_key_seed& seed) {
  key_pair pair;
  auto& key = pair.verifying.key;
  crypto_sign_seed_keypair(key.data(), pair.secret.data(), seed.data());
  std::array<std::uint8_t, 32> hash;
  crypto_generichash(hash.data(), hash.size(), key.data(), key.size(), nullptr, 0);
  for (std::size_t i = 0; i < sizeof(card_key_id::value); ++i)
    pair.verifying.id.value = pair.verifying.id.value << 8 | hash[i];
  return pair;
}

/// Takes the next word off the front of `line`.
std::string_view take_word(std::string_view& line) noexcept {
  constexpr std::string_view blanks = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  auto word = line.substr(0, line.find_first_of(blanks));
  line.remove_prefix(word.size());
  return word;
}

/// Puts the seed that `text` spells into `out`; returns whether it spells one.
bool read_seed(std::string_view text, secret_bytes<32>& out) {
  if (text.size() != encoded_seed_size)
    return false;
  auto bytes = decode_base64url(text);
  if (!bytes)
    return false;
  std::ranges::copy(*bytes, out.begin());
  sodium_memzero(bytes->data(), bytes->size());
  return true;
}

/// Returns the key of a line that is not empty, or what is wrong with it, as the end of a sentence.
result<key_pair> parse_line(std::string_view line) {
  auto wrong = [](std::string what) { return failure{error_code::validation, std::move(what)}; };
  auto id_text = take_word(line);
  auto created = take_word(line);
  auto seed_text = take_word(line);
  if (seed_text.empty() || !take_word(line).empty())
    return wrong("must have three words, KID CREATED SEED");
  auto id = card_key_id::parse(id_text);
  if (!id)
    return wrong("must begin with a key id, eight hexadecimal digits");
  if (parse_iso_time(created).fault != iso_time_fault::none)
    return wrong("must have a time such as 2026-01-31T08:05:09.000Z as its second word");
  secret_bytes<32> seed{};
  if (!read_seed(seed_text, seed))
    return wrong("must end with a seed, 43 characters of base64url");
  auto pair = pair_of(seed);
  if (pair.verifying.id != *id)
    return wrong("has a key id that is not that of its seed: one of them is damaged");
  return pair;
}

} // namespace

std::string card_key_id::text() const {
  std::string digits(id_digits, '0');
  for (std::size_t i = 0; i < id_digits; ++i)
    digits[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 0xf];
  return digits;
}

std::optional<card_key_id> card_key_id::parse(std::string_view text) noexcept {
  if (text.size() != id_digits)
    return std::nullopt;
  card_key_id id;
  for (auto c : text) {
    auto is_digit = c >= '0' && c <= '9';
    if (!is_digit && (c < 'a' || c > 'f'))
      return std::nullopt;
    id.value = id.value << 4 | static_cast<std::uint32_t>(is_digit ? c - '0' : c - 'a' + 10);
  }
  return id;
}

new_card_key make_card_key(const card_key_seed& random, utc_time created) {
  new_card_key made{pair_of(random).verifying.id, {}};
  auto seed = encode_base64url(random);
  made.line = made.id.text();
  made.line.reserve(80); // so that no half of the secret stays behind in a smaller block
  made.line.append(" ").append(iso8601(created)).append(" ").append(seed).append("\n");
  sodium_memzero(seed.data(), seed.size());
  return made;
}

result<card_keys> card_keys::parse(std::string_view text) {
  auto wrong = [](std::size_t number, const std::string& what) {
    return failure{error_code::validation, "line " + std::to_string(number) + " " + what};
  };
  card_keys out;
  for (std::size_t number = 1; !text.empty(); ++number) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line = line.substr(0, line.find('#'));
    if (auto rest = line; take_word(rest).empty())
      continue;
    auto pair = parse_line(line);
    if (!pair)
      return wrong(number, pair.error().detail);
    if (out.find(pair->verifying.id) != nullptr)
      return wrong(number, "has a key id that stands in an earlier line");
    out.keys_.push_back(pair->verifying);
    std::ranges::copy(pair->secret, out.secret_key_.begin());
  }
  if (out.keys_.empty())
    return failure{error_code::validation, "there is no key in it"};
  return out;
}

card_keys::card_keys(card_keys&& other) noexcept : keys_(std::move(other.keys_)), secret_key_(other.secret_key_) {
  sodium_memzero(other.secret_key_.data(), other.secret_key_.size());
}

card_keys& card_keys::operator=(card_keys&& other) noexcept {
  if (this != &other) {
    keys_ = std::move(other.keys_);
    secret_key_ = other.secret_key_;
    sodium_memzero(other.secret_key_.data(), other.secret_key_.size());
  }
  return *this;
}

card_keys::~card_keys() {
  sodium_memzero(secret_key_.data(), secret_key_.size());
}

card_key_id card_keys::signing_id() const noexcept {
  return keys_.back().id;
}

card_signature card_keys::sign(std::span<const std::uint8_t> message) const noexcept {
  card_signature signature;
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_key_.data());
  return signature;
}

const card_keys::verifying_key* card_keys::find(card_key_id id) const noexcept {
  auto found = std::ranges::find(keys_, id, &verifying_key::id);
  return found == keys_.end() ? nullptr : &*found;
}

std::span<const card_keys::verifying_key> card_keys::all() const noexcept {
  return keys_;
}

std::string card_keys::jwks_json() const {
  std::string json = R"({"keys":[)";
  for (const auto& each : keys_) {
    if (&each != &keys_.front())
      json += ',';
    json += R"({"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":")" + each.id.text() + R"(","x":")"
            + encode_base64url(each.key) + R"("})";
  }
  return json += "]}";
}

bool is_signed_by(const card_keys::verifying_key& key, std::span<const std::uint8_t> message,
                  std::span<const std::uint8_t, 64> signature) noexcept {
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.key.data()) == 0;
}

} // namespace tessera
