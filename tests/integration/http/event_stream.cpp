#include "tests/integration/http/event_stream.hpp"

#include <algorithm>
#include <stdexcept>

namespace tessera::test {

namespace {

constexpr std::string_view line_end = "\r\n";

server_event parse_event(std::string_view text) {
  server_event event;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    auto colon = line.find(':');
    if (colon == line.npos)
      throw std::runtime_error("a line of an event without a colon: " + std::string{line});
    auto field = line.substr(0, colon);
    auto value = line.substr(colon + 1);
    if (value.starts_with(' '))
      value.remove_prefix(1);
    auto& part = field == "event"  ? event.name
                 : field == "id"   ? event.id
                 : field == "data" ? event.data
                 : field.empty()   ? event.comment
                                   : event.retry;
    part = value;
  }
  return event;
}

} // namespace

event_stream::event_stream(raw_connection& from) : from_(from) {
  constexpr std::string_view head_end = "\r\n\r\n";
  auto end = received_.npos;
  while ((end = received_.find(head_end)) == received_.npos)
    if (!read_more())
      throw std::runtime_error("the connection ended in the head: " + received_);
  head_ = parse_response_head(received_.substr(0, end + line_end.size()));
  received_.erase(0, end + head_end.size());
  chunked_ = head_.header("Transfer-Encoding") == "chunked";
  left_ = head_.content_length();
  decode();
}

bool event_stream::read_more() {
  auto more = from_.read_some();
  received_ += more;
  return !more.empty();
}

/// Decodes what has been received as far as it goes.
void event_stream::decode() {
  if (!chunked_) {
    auto part = received_.substr(0, left_.value_or(received_.size()));
    received_.erase(0, part.size());
    text_ += part;
    if (left_)
      *left_ -= part.size();
    ended_ = ended_ || left_ == 0u;
    return;
  }
  while (!ended_) {
    auto digits = received_.substr(0, received_.find(line_end));
    if (digits.size() == received_.size())
      return;
    auto size = std::stoul(digits, nullptr, 16);
    auto whole = digits.size() + size + 2 * line_end.size();
    if (received_.size() < whole)
      return;
    if (!std::string_view{received_}.substr(0, whole).ends_with(line_end))
      throw std::runtime_error("a chunk without its end");
    text_ += received_.substr(digits.size() + line_end.size(), size);
    received_.erase(0, whole);
    ended_ = size == 0;
  }
}

std::optional<server_event> event_stream::next() {
  for (;;) {
    if (auto end = text_.find("\n\n"); end != text_.npos) {
      auto event = parse_event(std::string_view{text_}.substr(0, end));
      text_.erase(0, end + 2);
      return event;
    }
    if (ended_)
      return std::nullopt;
    if (!read_more()) {
      if (chunked_)
        throw std::runtime_error("the connection ended before the last chunk");
      ended_ = true;
    }
    decode();
  }
}

std::optional<server_event> event_stream::next_named() {
  for (;;) {
    auto event = next();
    if (!event || !event->name.empty())
      return event;
  }
}

} // namespace tessera::test
