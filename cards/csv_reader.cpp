#include "cards/csv_reader.hpp"

#include <algorithm>

namespace tessera {

bool csv_reader::next(std::string_view& bytes) {
  if (complete_)
    begin_record();
  std::size_t at = 0;
  auto done = false;
  while (at < bytes.size() && !done) {
    if (auto run = take_run(bytes.substr(at)); run > 0)
      at += run;
    else
      done = take(bytes[at++]);
    if (!done && record_.text_.size() > longest_csv_record) {
      record_.fault = csv_fault::too_long;
      done = complete_ = true;
    }
  }
  position_ += at;
  bytes.remove_prefix(at);
  return done;
}

bool csv_reader::finish() {
  if (complete_)
    return false;
  if (state_ == state::quoted)
    record_.fault = csv_fault::unclosed_quote;
  return end_record();
}

/// Takes what is plain text in the state, as most of it is, at once. Returns how many bytes.
std::size_t csv_reader::take_run(std::string_view bytes) {
  if (after_cr_)
    return 0;
  std::size_t size = 0;
  if (state_ == state::plain)
    size = static_cast<std::size_t>(
        std::ranges::find_if(bytes, [this](char c) { return c == delimiter_ || c == '\n' || c == '\r'; })
        - bytes.begin());
  else if (state_ == state::quoted)
    size = static_cast<std::size_t>(
        std::ranges::find_if(bytes, [](char c) { return c == '"' || c == '\n' || c == '\r'; }) - bytes.begin());
  // One byte over the limit is enough to see that it is over.
  size = std::min(size, longest_csv_record + 1 - std::min(record_.text_.size(), longest_csv_record));
  record_.text_.append(bytes.substr(0, size));
  return size;
}

/// Takes one byte. Returns whether it ends the record.
bool csv_reader::take(char c) {
  auto second_half = after_cr_ && c == '\n';
  after_cr_ = c == '\r';
  if (!second_half && (c == '\n' || c == '\r'))
    ++line_;
  if (state_ == state::quoted) {
    if (c == '"')
      state_ = state::quote_in_quoted;
    else
      record_.text_.push_back(c);
    return false;
  }
  if (second_half) // of the line end of the record before
    return false;
  if (c == '\n' || c == '\r')
    return end_record();
  if (c == delimiter_) {
    end_field();
    return false;
  }
  if (c == '"' && state_ != state::plain) {
    if (state_ == state::quote_in_quoted)
      record_.text_.push_back(c);
    quotes_ = true;
    state_ = state::quoted;
    return false;
  }
  if (state_ == state::quote_in_quoted)
    record_.fault = csv_fault::text_after_quote;
  record_.text_.push_back(c);
  state_ = state::plain;
  return false;
}

void csv_reader::begin_record() {
  record_.text_.clear();
  record_.ends_.clear();
  record_.fault = csv_fault::none;
  record_.line = line_;
  state_ = state::field_start;
  complete_ = quotes_ = false;
}

void csv_reader::end_field() {
  record_.ends_.push_back(static_cast<std::uint32_t>(record_.text_.size()));
  state_ = state::field_start;
}

bool csv_reader::end_record() {
  end_field();
  if (record_.ends_.size() == 1 && record_.text_.empty() && !quotes_) {
    begin_record(); // an empty line
    return false;
  }
  complete_ = true;
  return true;
}

} // namespace tessera
