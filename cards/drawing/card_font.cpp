#include "cards/drawing/card_font.hpp"

#include "cards/drawing/utf8.hpp"

#include <hb-ot.h>
#include <hb.h>

#include <algorithm>
#include <cmath>

namespace tessera {

namespace {

template <auto Destroy>
struct destroyer {
  template <class T>
  void operator()(T* object) const noexcept {
    Destroy(object);
  }
};
using blob_ptr = std::unique_ptr<hb_blob_t, destroyer<hb_blob_destroy>>;
using face_ptr = std::unique_ptr<hb_face_t, destroyer<hb_face_destroy>>;
using buffer_ptr = std::unique_ptr<hb_buffer_t, destroyer<hb_buffer_destroy>>;
using set_ptr = std::unique_ptr<hb_set_t, destroyer<hb_set_destroy>>;
using draw_ptr = std::unique_ptr<hb_draw_funcs_t, destroyer<hb_draw_funcs_destroy>>;

hb_font_t* open(std::span<const unsigned char> file) {
  blob_ptr blob{hb_blob_create(reinterpret_cast<const char*>(file.data()), static_cast<unsigned>(file.size()),
                               HB_MEMORY_MODE_READONLY, nullptr, nullptr)};
  face_ptr face{hb_face_create(blob.get(), 0)};
  hb_face_make_immutable(face.get());
  auto* font = hb_font_create(face.get());
  hb_font_make_immutable(font); // so that any number of threads may shape with it
  return font;
}

vector_path& path_of(void* data) {
  return *static_cast<vector_path*>(data);
}

// Callbacks that collect an outline.
draw_ptr outline_collector() {
  draw_ptr collect{hb_draw_funcs_create()};
  hb_draw_funcs_set_move_to_func(
      collect.get(),
      [](auto*, void* data, auto*, float x, float y, void*) {
        path_of(data).add(path_verb::move, {{x, y}});
      },
      nullptr, nullptr);
  hb_draw_funcs_set_line_to_func(
      collect.get(),
      [](auto*, void* data, auto*, float x, float y, void*) {
        path_of(data).add(path_verb::line, {{x, y}});
      },
      nullptr, nullptr);
  hb_draw_funcs_set_quadratic_to_func(
      collect.get(),
      [](auto*, void* data, auto*, float x1, float y1, float x, float y, void*) {
        path_of(data).add(path_verb::quadratic, {{x1, y1}, {x, y}});
      },
      nullptr, nullptr);
  hb_draw_funcs_set_cubic_to_func(
      collect.get(),
      [](auto*, void* data, auto*, float x1, float y1, float x2, float y2, float x, float y, void*) {
        path_of(data).add(path_verb::cubic, {{x1, y1}, {x2, y2}, {x, y}});
      },
      nullptr, nullptr);
  hb_draw_funcs_set_close_path_func(
      collect.get(), [](auto*, void* data, auto*, void*) { path_of(data).add(path_verb::close, {}); }, nullptr,
      nullptr);
  hb_draw_funcs_make_immutable(collect.get());
  return collect;
}

int metric(hb_font_t* font, hb_ot_metrics_tag_t tag) {
  hb_position_t value = 0;
  hb_ot_metrics_get_position_with_fallback(font, tag, &value);
  return value;
}

} // namespace

void card_font::destroy::operator()(hb_font_t* font) const noexcept {
  hb_font_destroy(font);
}

card_font::card_font(font_files files, std::string name)
    : files_(files), name_(std::move(name)), font_(open(files.shaping)) {
  auto* face = hb_font_get_face(font_.get());
  units_per_em_ = static_cast<int>(hb_face_get_upem(face));
  heights_ = {metric(font_.get(), HB_OT_METRICS_TAG_HORIZONTAL_ASCENDER),
              metric(font_.get(), HB_OT_METRICS_TAG_HORIZONTAL_DESCENDER),
              metric(font_.get(), HB_OT_METRICS_TAG_CAP_HEIGHT)};
  auto count = hb_face_get_glyph_count(face);
  widths_.reserve(count);
  outlines_.resize(count);
  characters_.resize(count);
  auto collect = outline_collector();
  for (hb_codepoint_t glyph = 0; glyph < count; ++glyph) {
    widths_.push_back(hb_font_get_glyph_h_advance(font_.get(), glyph));
    hb_font_get_glyph_shape(font_.get(), glyph, collect.get(), &outlines_[glyph]);
    for (auto [x, y] : outlines_[glyph].points) {
      bounds_[0] = std::min(bounds_[0], static_cast<int>(std::floor(x)));
      bounds_[1] = std::min(bounds_[1], static_cast<int>(std::floor(y)));
      bounds_[2] = std::max(bounds_[2], static_cast<int>(std::ceil(x)));
      bounds_[3] = std::max(bounds_[3], static_cast<int>(std::ceil(y)));
    }
  }
  set_ptr all{hb_set_create()};
  hb_face_collect_unicodes(face, all.get());
  for (hb_codepoint_t character = HB_SET_VALUE_INVALID; hb_set_next(all.get(), &character);) {
    hb_codepoint_t glyph = 0;
    // The first of those that share a glyph says what it means: the space, not the one that does not break.
    if (hb_font_get_nominal_glyph(font_.get(), character, &glyph) && characters_[glyph].empty())
      append_utf8(characters_[glyph], character);
    if (character == replacement_character)
      missing_ = static_cast<std::uint16_t>(glyph);
  }
  characters_[missing_].clear();
  append_utf8(characters_[missing_], replacement_character);
}

card_font::~card_font() = default;

shaped_text card_font::shape(std::string_view text) const {
  shaped_text out{printable_line(text), {}};
  buffer_ptr buffer{hb_buffer_create()};
  hb_buffer_set_direction(buffer.get(), HB_DIRECTION_LTR);
  hb_buffer_set_script(buffer.get(), HB_SCRIPT_LATIN);
  hb_buffer_set_not_found_glyph(buffer.get(), missing_);
  hb_buffer_add_utf8(buffer.get(), out.text.data(), static_cast<int>(out.text.size()), 0, -1);
  hb_shape(font_.get(), buffer.get(), nullptr, 0);
  unsigned count = 0;
  const auto* infos = hb_buffer_get_glyph_infos(buffer.get(), &count);
  const auto* positions = hb_buffer_get_glyph_positions(buffer.get(), nullptr);
  out.glyphs.reserve(count);
  for (unsigned at = 0; at < count; ++at)
    out.glyphs.push_back({static_cast<std::uint16_t>(infos[at].codepoint), positions[at].x_advance,
                          positions[at].x_offset, positions[at].y_offset, infos[at].cluster});
  return out;
}

} // namespace tessera
