#include "cards/drawing/pdf_file.hpp"

#include "cards/drawing/utf8.hpp"

#include <cassert>
#include <charconv>

namespace tessera {

namespace {

// Bytes above 127 say that the file is binary.
constexpr std::string_view header = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";

constexpr std::uint8_t at_offset = 1;
constexpr std::uint8_t in_stream = 2;

void append_integer(std::string& out, std::size_t value) {
  char digits[20];
  auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void append_big_endian(std::string& out, std::uint32_t value, int bytes) {
  for (auto shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> shift & 0xff));
}

} // namespace

pdf_file::pdf_file() : bytes_(header), locations_(1) {
}

int pdf_file::reserve() {
  locations_.emplace_back();
  return static_cast<int>(locations_.size()) - 1;
}

void pdf_file::begin(int number) {
  auto& place = locations_[static_cast<std::size_t>(number)];
  assert(place.kind == 0);
  place = {at_offset, static_cast<std::uint32_t>(bytes_.size()), 0};
  append_integer(bytes_, static_cast<std::size_t>(number));
  bytes_.append(" 0 obj\n");
}

void pdf_file::add(int number, std::string_view object) {
  begin(number);
  bytes_.append(object).append("\nendobj\n");
}

void pdf_file::add_stream(int number, std::string_view dictionary, std::string_view data,
                          std::optional<deflate_effort> effort) {
  std::string packed;
  if (effort) {
    packed = zlib_compress(data, *effort);
    data = packed;
  }
  begin(number);
  bytes_.append("<<").append(dictionary).append(effort ? "/Filter/FlateDecode/Length " : "/Length ");
  append_integer(bytes_, data.size());
  bytes_.append(">>stream\n").append(data).append("\nendstream\nendobj\n");
}

void pdf_file::add_packed(const std::vector<object>& objects, deflate_effort effort) {
  std::string index;
  std::string contents;
  auto stream = reserve();
  for (std::size_t at = 0; at < objects.size(); ++at) {
    const auto& [number, content] = objects[at];
    locations_[static_cast<std::size_t>(number)] = {in_stream, static_cast<std::uint32_t>(stream),
                                                    static_cast<std::uint16_t>(at)};
    append_integer(index, static_cast<std::size_t>(number));
    index.push_back(' ');
    append_integer(index, contents.size());
    index.push_back(' ');
    contents.append(content).push_back('\n');
  }
  std::string dictionary = "/Type/ObjStm/N ";
  append_integer(dictionary, objects.size());
  dictionary.append("/First ");
  append_integer(dictionary, index.size());
  add_stream(stream, dictionary, index + contents, effort);
}

std::string pdf_file::finish(int catalog, int information) && {
  auto number = reserve();
  auto start = bytes_.size();
  locations_[static_cast<std::size_t>(number)] = {at_offset, static_cast<std::uint32_t>(start), 0};
  std::string table;
  table.reserve(7 * locations_.size());
  append_big_endian(table, 0, 1); // object 0: the head of the list of free ones
  append_big_endian(table, 0, 4);
  append_big_endian(table, 0xffff, 2);
  for (std::size_t at = 1; at < locations_.size(); ++at) {
    assert(locations_[at].kind != 0);
    append_big_endian(table, locations_[at].kind, 1);
    append_big_endian(table, locations_[at].position, 4);
    append_big_endian(table, locations_[at].index, 2);
  }
  append_integer(bytes_, static_cast<std::size_t>(number));
  bytes_.append(" 0 obj\n<</Type/XRef/W[1 4 2]/Size ");
  append_integer(bytes_, locations_.size());
  bytes_.append("/Root ").append(pdf_reference(catalog)).append("/Info ").append(pdf_reference(information));
  bytes_.append("/Length ");
  append_integer(bytes_, table.size());
  bytes_.append(">>stream\n").append(table).append("\nendstream\nendobj\nstartxref\n");
  append_integer(bytes_, start);
  bytes_.append("\n%%EOF\n");
  return std::move(bytes_);
}

std::string pdf_reference(int number) {
  return std::to_string(number) + " 0 R";
}

std::string pdf_text_string(std::string_view text) {
  std::string out = "<FEFF"; // the byte order mark says that it is UTF-16
  append_utf16_hex(out, text);
  return out += '>';
}

} // namespace tessera
