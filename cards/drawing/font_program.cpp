// The file, as it is before compression:
//
//   directory of tables, head      change per file: a block that is stored as it is
//   hhea, hmtx, maxp, glyf's core  the same in all files: compressed once, ending on a byte (RFC 1951, and zlib's
//                                  manual on Z_FULL_FLUSH)
//   glyf's rest, loca              compressed per file
//
// A font's glyphs lie in the order of their numbers, so the core has to have the lowest ones: glyphs are renumbered.

#include "cards/drawing/font_program.hpp"

#include "cards/drawing/deflate.hpp"
#include "cards/drawing/sfnt.hpp"

#include <algorithm>

namespace tessera {

namespace {

constexpr std::size_t table_count = 6;
constexpr std::size_t directory_size = 12 + 16 * table_count;

// Places in "head".
constexpr std::size_t checksum_at = 8;
constexpr std::size_t offset_format_at = 50;

// A place in "hhea".
constexpr std::size_t metrics_count_at = 34;

// What the sum over the whole file is to be, by the specification of "head".
constexpr std::uint32_t whole_checksum = 0xb1b0afba;

struct table {
  std::string_view tag;
  std::uint32_t checksum;
  std::size_t offset;
  std::size_t size;
};

std::string directory(std::vector<table> tables) {
  std::ranges::sort(tables, {}, &table::tag);
  std::string out;
  append_u32(out, 0x00010000); // TrueType outlines
  append_u16(out, table_count);
  append_u16(out, 64); // for a binary search: 16 times the largest power of two, its logarithm, and the rest
  append_u16(out, 2);
  append_u16(out, 16 * table_count - 64);
  for (const auto& [tag, checksum, offset, size] : tables) {
    out.append(tag);
    append_u32(out, checksum);
    append_u32(out, static_cast<std::uint32_t>(offset));
    append_u32(out, static_cast<std::uint32_t>(size));
  }
  return out;
}

void write_u16(std::string& out, std::size_t at, std::uint32_t value) {
  out[at] = static_cast<char>(value >> 8 & 0xff);
  out[at + 1] = static_cast<char>(value & 0xff);
}

} // namespace

font_program::font_program(const card_font& font, const glyph_set& core) {
  number_glyphs(font, core);
  head_ = find_table(font.files().embedded, "head");
  std::fill_n(head_.begin() + checksum_at, 4, '\0');
  write_u16(head_, offset_format_at, 0); // short
  make_core(font);
}

void font_program::number_glyphs(const card_font& font, const glyph_set& core) {
  auto count = static_cast<std::uint16_t>(font.glyph_count());
  for (std::uint16_t glyph = 0; glyph < count; ++glyph) {
    auto& one = entries_.emplace_back();
    one.glyph = glyph;
    one.description = glyph_description(font.files().embedded, glyph);
    for_each_component(one.description, [&](std::size_t at) {
      one.components.push_back(static_cast<std::uint16_t>(read_u16(one.description, at)));
    });
  }
  auto closed = core;
  closed.add(0); // what a reader shows for a glyph that is missing
  add_components(closed);
  auto in_core = [&](const entry& one) { return closed.has(one.glyph); };
  auto rest = std::stable_partition(entries_.begin(), entries_.end(), in_core);
  core_count_ = static_cast<std::size_t>(rest - entries_.begin());

  std::vector<std::uint16_t> numbers(count);
  for (std::size_t at = 0; at < count; ++at)
    numbers[entries_[at].glyph] = static_cast<std::uint16_t>(at);
  for (auto& one : entries_) {
    for_each_component(one.description,
                       [&](std::size_t at) { write_u16(one.description, at, numbers[read_u16(one.description, at)]); });
    pad_table(one.description);
  }
}

void font_program::make_core(const card_font& font) {
  auto file = font.files().embedded;
  std::string line{find_table(file, "hhea")};
  auto original = find_table(file, "hmtx");
  // The first glyphs have a width and a bearing, those behind them share the last width; in ours all have both.
  auto wide = read_u16(line, metrics_count_at);
  write_u16(line, metrics_count_at, static_cast<std::uint32_t>(entries_.size()));
  std::string metrics;
  for (const auto& one : entries_) {
    auto bearing = one.glyph < wide ? 4U * one.glyph + 2 : 4U * wide + 2U * (one.glyph - wide);
    append_u16(metrics, static_cast<std::uint32_t>(font.width(one.glyph)));
    append_u16(metrics, read_u16(original, bearing));
  }
  auto add_table = [&](const char* tag, std::string content) {
    auto size = content.size();
    pad_table(content);
    tables_.push_back({tag, table_checksum(content), core_.size(), size});
    core_.append(content);
  };
  add_table("hhea", std::move(line));
  add_table("hmtx", std::move(metrics));
  add_table("maxp", std::string{find_table(file, "maxp")});
  core_glyphs_at_ = core_.size();
  for (std::size_t at = 0; at < core_count_; ++at)
    core_.append(entries_[at].description);
  core_glyphs_checksum_ = table_checksum(std::string_view{core_}.substr(core_glyphs_at_));
  packed_core_ = deflate_blocks(core_);
}

void font_program::add_components(glyph_set& glyphs) const {
  // Until none is new: a component may have components itself.
  for (bool more = true; more;) {
    more = false;
    for (const auto& one : entries_)
      if (glyphs.has(one.glyph))
        for (auto component : one.components)
          if (!glyphs.has(component)) {
            glyphs.add(component);
            more = true;
          }
  }
}

font_program::stream font_program::write(const glyph_set& wanted) const {
  auto glyphs = wanted;
  add_components(glyphs);
  std::string rest; // of the glyphs
  std::string offsets;
  std::size_t end = 0;
  append_u16(offsets, 0);
  for (std::size_t at = 0; at < entries_.size(); ++at) {
    const auto& one = entries_[at];
    if (at < core_count_) {
      end += one.description.size();
    } else if (glyphs.has(one.glyph)) {
      rest.append(one.description);
      end += one.description.size();
    }
    append_u16(offsets, static_cast<std::uint32_t>(end / 2));
  }
  auto offsets_size = offsets.size();
  pad_table(offsets);

  auto head = head_;
  pad_table(head);
  auto core_at = directory_size + head.size();
  std::vector<table> tables{
      {"glyf", core_glyphs_checksum_ + table_checksum(rest), core_at + core_glyphs_at_, end},
      {"head", table_checksum(head), directory_size, head_.size()},
      {"loca", table_checksum(offsets), core_at + core_.size() + rest.size(), offsets_size},
  };
  for (const auto& one : tables_)
    tables.push_back({one.tag, one.checksum, core_at + one.offset, one.size});
  auto front = directory(tables);
  auto sum = table_checksum(front);
  for (const auto& one : tables)
    sum += one.checksum;
  write_u16(head, checksum_at, (whole_checksum - sum) >> 16);
  write_u16(head, checksum_at + 2, (whole_checksum - sum) & 0xffff);
  front += head;
  rest += offsets;
  return {zlib_join(front, core_, packed_core_, rest), front.size() + core_.size() + rest.size()};
}

std::string font_program::glyph_map() const {
  std::string out(2 * entries_.size(), '\0');
  for (std::size_t at = 0; at < entries_.size(); ++at)
    write_u16(out, 2 * std::size_t{entries_[at].glyph}, static_cast<std::uint32_t>(at));
  return out;
}

} // namespace tessera
