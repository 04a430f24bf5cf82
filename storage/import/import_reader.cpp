#include "storage/import/import_reader.hpp"

#include "storage/import/cell_text.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace tessera {

namespace {

/// Large enough for few system calls, small enough for the cache.
constexpr std::size_t piece_size = 1 << 18;

/// The first bytes that tell one file from another, and that must hold the header.
constexpr std::size_t start_size = 1 << 16;

/// How soon a stop is noticed.
constexpr int longest_wait_ms = 100;

constexpr std::size_t digest_bytes = 32;

std::string hex_of(const crypto_generichash_state& state) {
  auto copy = state;
  std::array<unsigned char, digest_bytes> bytes{};
  crypto_generichash_final(&copy, bytes.data(), bytes.size());
  std::array<char, 2 * digest_bytes + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  return hex.data();
}

void add(crypto_generichash_state& state, std::string_view bytes) {
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

failure wrong(std::string sentence) {
  return {error_code::validation, std::move(sentence)};
}

} // namespace

result<std::unique_ptr<import_reader>> import_reader::open(const import_file_options& options,
                                                           const std::atomic<bool>& stop) {
  std::unique_ptr<import_reader> reader{new import_reader{options, stop}};
  if (auto opened = reader->open_file(); !opened)
    return opened.error();
  if (auto read = reader->read_start(); !read)
    return read.error();
  return reader;
}

import_reader::~import_reader() {
  if (descriptor_ > STDIN_FILENO)
    ::close(descriptor_);
}

status import_reader::open_file() {
  crypto_generichash_init(&hash_, nullptr, 0, digest_bytes);
  descriptor_ = options_.path == "-" ? STDIN_FILENO : ::open(options_.path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat found {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &found) != 0)
    return wrong("The file " + options_.path + " cannot be read: " + std::system_category().message(errno) + ".");
  if (S_ISDIR(found.st_mode))
    return wrong(options_.path + " is a directory.");
  size_ = S_ISREG(found.st_mode) ? static_cast<std::uint64_t>(found.st_size) : 0;
  return ok();
}

status import_reader::read_start() {
  std::string start;
  while (start.size() < start_size) {
    auto more = fill();
    if (!more)
      return more.error();
    if (!*more)
      break;
    start.append(rest_);
    rest_ = {};
  }
  piece_ = std::move(start);
  rest_ = piece_;
  piece_begin_ = 0;
  at_end_ = false;
  if (rest_.empty())
    return wrong(stopped() ? "Stopped before the file had begun." : "The file is empty.");
  auto dialect = detect_csv_dialect(rest_);
  if (!dialect)
    return wrong("It cannot be imported: " + dialect.error().detail + ".");
  dialect_ = *dialect;
  if (options_.delimiter)
    dialect_.delimiter = *options_.delimiter;
  identify(rest_.substr(0, start_size));
  rest_.remove_prefix(dialect_.skip);
  csv_.emplace(dialect_.delimiter);
  return read_header();
}

status import_reader::read_header() {
  auto read = next_record();
  if (!read)
    return read.error();
  if (!*read)
    return wrong("The file has no header: its first line must name the columns.");
  if (auto checked = check(csv_->record()); !checked)
    return checked;
  auto header = import_header::read(csv_->record(), options_.mappings, options_.update_only);
  if (!header)
    return header.error();
  header_ = std::move(*header);
  return ok();
}

void import_reader::identify(std::string_view start) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, digest_bytes);
  add(state, start);
  std::string rules = "\n" + std::to_string(size_) + dialect_.delimiter + (options_.windows_1252 ? "1252" : "utf8")
                      + (options_.update_only ? "update" : "upsert");
  for (const auto& mapping : options_.mappings)
    rules.append("\n").append(name_of(mapping.column)).append("=").append(mapping.name);
  add(state, rules);
  identity_ = hex_of(state);
}

void import_reader::begin(const import_limits& limits, bool keep_source) {
  parser_.emplace(header_, row_parser::options{limits, options_.windows_1252, keep_source});
}

result<bool> import_reader::fill() {
  if (!rest_.empty())
    return true;
  if (at_end_)
    return false;
  hash_up_to(piece_begin_ + piece_.size());
  piece_begin_ += piece_.size();
  piece_.resize(piece_size);
  for (;;) {
    pollfd waited{descriptor_, POLLIN, 0};
    auto ready = ::poll(&waited, 1, longest_wait_ms);
    if (stopped()) {
      piece_.clear();
      at_end_ = true;
      return false;
    }
    auto count = ready > 0 ? ::read(descriptor_, piece_.data(), piece_.size()) : -1;
    if (count >= 0) {
      piece_.resize(static_cast<std::size_t>(count));
      rest_ = piece_;
      at_end_ = count == 0;
      return count > 0;
    }
    if (ready != 0 && errno != EINTR && errno != EAGAIN)
      return wrong("The file " + options_.path + " cannot be read: " + std::system_category().message(errno) + ".");
  }
}

result<bool> import_reader::next_record() {
  for (;;) {
    auto more = fill();
    if (!more)
      return more.error();
    if (!*more)
      return !stopped() && csv_->finish();
    if (csv_->next(rest_))
      return true;
  }
}

/// Checks what concerns the file as a whole: such a fault in one row means that the others cannot be trusted, either.
status import_reader::check(const csv_record& record) const {
  auto line = std::to_string(record.line);
  if (record.fault == csv_fault::unclosed_quote || record.fault == csv_fault::too_long)
    return wrong("A quote in the row that begins in line " + line
                 + " is never closed, so what follows cannot be told apart. Close it and import the file again.");
  for (std::size_t i = 0; i < record.size() && !options_.windows_1252; ++i)
    if (!is_utf8(record[i]))
      return wrong("The row in line " + line + " is not UTF-8. Save the file as \"CSV UTF-8\", or, if it is from a "
                   + "Western European spreadsheet, try --encoding latin1.");
  return ok();
}

result<bool> import_reader::next(import_batch& batch) {
  batch = {};
  auto restored_before = parser_->restored();
  std::size_t records = 0;
  for (; records < records_per_batch; ++records) {
    auto read = next_record();
    if (!read)
      return read.error();
    if (!*read)
      break;
    if (auto checked = check(csv_->record()); !checked)
      return checked.error();
    parse(csv_->record(), batch);
  }
  if (stopped() || records == 0)
    return false;
  batch.places = parser_->take_places();
  batch.restored = parser_->restored() - restored_before;
  batch.position = dialect_.skip + csv_->position();
  batch.line = csv_->record().line;
  hash_up_to(batch.position);
  batch.digest = hex_of(hash_);
  return true;
}

void import_reader::parse(const csv_record& record, import_batch& batch) {
  auto parsed = parser_->parse(record);
  if (auto* row = std::get_if<import_row>(&parsed))
    batch.rows.push_back(std::move(*row));
  else if (auto* rejected = std::get_if<rejected_row>(&parsed))
    batch.rejected.push_back(std::move(*rejected));
}

void import_reader::hash_up_to(std::uint64_t position) {
  if (position <= hashed_)
    return;
  add(hash_, std::string_view{piece_}.substr(hashed_ - piece_begin_, position - hashed_));
  hashed_ = position;
}

} // namespace tessera
