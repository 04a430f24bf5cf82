#pragma once

#include "cards/drawing/card_logo.hpp"
#include "cards/drawing/card_shape.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// The size of a card, ISO/IEC 7810 ID-1 (CR80), in millimetres.
inline constexpr double card_width = 85.6;
inline constexpr double card_height = 53.98;

enum class card_side : std::uint8_t { front, back };
enum class font_weight : std::uint8_t { regular, bold };
enum class text_align : std::uint8_t { left, right };

/// What of a card stands in a text's place.
enum class card_field : std::uint8_t {
  none, ///< the text of the design itself
  name,
  membership_number,
  province,
  municipality,
  ward,
  voting_station,
  issue_date,
  expiry_date,
  card_number,
};

/// How a text of one kind looks. Sizes in points; fit_rule tells what they mean.
struct text_style {
  double size = 0;
  double wrap_below = 0;
  double smallest = 0;
  int lines = 1;
  font_weight weight = font_weight::regular;
  rgb colour{};
  double tracking = 0; ///< em
  text_align align = text_align::left;
  bool centred = true; ///< more lines grow up and down from the place of one; else down only
};

/// A text and its place: `x` is its left edge, or its right one if it is aligned there; `y` its baseline, both in
/// millimetres from the top left, as is `width`.
struct card_text {
  card_field field = card_field::none;
  std::string text{}; ///< where `field` is none
  double x = 0;
  double y = 0;
  double width = 0;
  text_style style{};
};

/// Where the QR code stands, its quiet zone included, on a back that is white there.
struct qr_place {
  double x = 0;
  double y = 0;
  double side = 0;
};

/// All that makes one kind of card look as it does.
struct card_design {
  std::string name;                  ///< of the template, as requests have it
  std::vector<card_shape> shapes[2]; ///< by card_side, from below to above
  std::vector<card_text> texts[2];   ///< by card_side, in reading order
  qr_place qr;
};

/// Whose cards they are.
struct card_branding {
  std::string organisation;
  std::string verify_address; ///< of the page that checks a card, as the QR code has it: "HTTPS://EXAMPLE.ORG/V"
  std::optional<card_logo> logo{};
};

/// Returns the designs that there are: "standard" and "premium".
std::vector<card_design> card_designs(const card_branding& branding);

} // namespace tessera
