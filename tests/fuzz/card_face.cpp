#include "cards/drawing/card_artist.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>

/// Members' names and places as a card is drawn from them, whatever a database holds.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tessera;
  using fuzz::require;
  static const card_artist artist{{"Ubuntu Civic Movement", "HTTPS://CARDS.EXAMPLE.ORG/V"}};
  fuzz::reader in{fuzz::text_of(data, size)};
  card_face face;
  face.design = in.byte() % 2 == 0 ? "standard" : "premium";
  for (auto* text : {&face.name, &face.membership_number, &face.province, &face.municipality, &face.ward,
                     &face.voting_station, &face.issue_date, &face.expiry_date, &face.card_number})
    *text = in.up_to('\n');
  static const auto code = artist.code(std::string(132, 'A'));
  auto pdf = artist.pdf(face, code);
  require(pdf.size() < 32'768, "a PDF stays small");
  require(pdf == artist.pdf(face, code), "the same face gives the same bytes");
  require(!artist.svg(face, card_view::front).empty(), "there is an SVG");
  return 0;
}
