#pragma once

#include "cards/card.hpp"
#include "cards/card_keys.hpp"
#include "cards/card_product.hpp"
#include "cards/drawing/card_artist.hpp"
#include "cards/member_record.hpp"
#include "cards/presented_card.hpp"
#include "cards/result.hpp"
#include "cards/shared_body.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace tessera {

struct card_maker_settings {
  std::string organisation;
  std::string public_url; ///< "https://cards.example.org", without a slash at the end
  etag_key etags{};
  std::optional<card_logo> logo{};
};

/// What a card is made from.
struct card_order {
  const member& subject;
  const card_state& state;
  const card_request& request;
  utc_time now;
};

/// Makes finished products of cards: signs, draws, and writes what is sent. Any thread; `make` takes some hundred
/// microseconds.
class card_maker {
public:
  /// Returns the keys in force, never null. Any thread.
  using key_source = std::function<std::shared_ptr<const card_keys>()>;

  card_maker(card_maker_settings settings, key_source keys);

  /// Returns the product, its packed part being the card's number. The text is what is sent but for `bundle` and
  /// `details`: of those it is the beginning of the answer, of a bundle up to the value of `cache_hit`, which is the
  /// last member of `data`; of details up to and without the comma before `timestamp`. Fails with a sentence for the
  /// client if there can be no such card. REQUIRES: neither `verification`
  /// nor `holder`.
  result<body_ptr> make(card_product what, const card_order& order) const;

  /// Returns what is on the card, its token made now. Fails as `make` does.
  result<card_face> face(const card_order& order) const;

  /// Returns a PDF of one card, and one of sheets with many (see card_artist).
  std::string pdf(const card_face& face) const {
    return artist_.pdf(face);
  }
  std::string sheets(std::span<const card_face> faces) const {
    return artist_.sheet_pdf(faces);
  }

  /// Returns the id of the key that signs what is made now.
  card_key_id signing_key() const;

  /// Returns what the presented card claims, or why it is none, as far as its signature tells.
  checked_card check(std::string_view presented) const;

private:
  struct made_card;

  result<made_card> sign(const card_order& order) const;
  std::string text_of(card_product what, const made_card& made, const card_order& order) const;

  card_maker_settings settings_;
  std::string verify_address_; ///< as QR codes have it
  key_source keys_;
  card_artist artist_;
};

} // namespace tessera
