#pragma once

#include "cards/drawing/card_design.hpp"
#include "cards/drawing/card_face.hpp"
#include "cards/drawing/card_view.hpp"
#include "cards/drawing/qr_code.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tessera {

/// Draws cards. Made once, which takes some 30 milliseconds: fonts and all that is the same on each card are prepared
/// then. Immutable: any thread. The same face gives the same bytes.
class card_artist {
public:
  explicit card_artist(card_branding branding);
  ~card_artist();
  card_artist(const card_artist&) = delete;
  card_artist& operator=(const card_artist&) = delete;

  /// Returns whether there is a design of that name.
  bool has_design(std::string_view name) const noexcept;

  /// Returns the QR code of a card with this token.
  qr_code code(std::string_view token) const;

  /// Returns a PDF of two pages, front and back, each as large as the card; below 20 KiB where no text has more than
  /// 100 characters. `code` is that of the face's token, for those who have it already. REQUIRES:
  /// has_design(face.design).
  std::string pdf(const card_face& face, const qr_code& code) const;
  std::string pdf(const card_face& face) const;

  /// Returns an SVG image of one side or both. REQUIRES: has_design(face.design).
  std::string svg(const card_face& face, card_view view) const;

  /// Returns a PNG image at 300 dots per inch. REQUIRES: has_design(face.design).
  std::string png(const card_face& face, card_view view) const;

  /// Returns a PDF of A4 pages with ten cards each and marks for cutting, first the fronts of ten, then their backs,
  /// so placed that they meet when the sheet is turned over its long edge. REQUIRES: there is a face, and each has a
  /// design.
  std::string sheet_pdf(std::span<const card_face> faces) const;

private:
  struct state;

  std::unique_ptr<const state> state_;
};

} // namespace tessera
