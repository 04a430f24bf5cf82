#include "tests/support/raw_response.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <strings.h>

namespace tessera::test {
namespace {

bool same_name(std::string_view left, std::string_view right) {
  return left.size() == right.size() && ::strncasecmp(left.data(), right.data(), left.size()) == 0;
}

std::string_view trim(std::string_view text) {
  auto begin = text.find_first_not_of(" \t");
  return begin == text.npos ? std::string_view{} : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::size_t parse_number(std::string_view text) {
  std::size_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    throw std::runtime_error("not a number in a response: " + std::string{text});
  return value;
}

} // namespace

std::optional<std::string> raw_response::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_name(key, name))
      return value;
  return std::nullopt;
}

std::optional<std::size_t> raw_response::content_length() const {
  auto text = header("Content-Length");
  return text ? std::optional{parse_number(*text)} : std::nullopt;
}

raw_response parse_response_head(std::string_view head) {
  auto next_line = [&head] {
    auto end = std::min(head.find("\r\n"), head.size());
    auto line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    return line;
  };
  auto first = next_line();
  if (first.size() < 12 || !first.starts_with("HTTP/1.") || first[8] != ' ')
    throw std::runtime_error("not a status line: " + std::string{first});
  raw_response result;
  result.status = static_cast<int>(parse_number(first.substr(9, 3)));
  result.reason = trim(first.substr(12));
  while (!head.empty()) {
    auto line = next_line();
    auto colon = line.find(':');
    if (colon == line.npos)
      throw std::runtime_error("not a header: " + std::string{line});
    result.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
  }
  return result;
}

std::optional<raw_response> take_response(std::string& received) {
  auto head_size = received.find("\r\n\r\n");
  if (head_size == received.npos)
    return std::nullopt;
  auto result = parse_response_head(std::string_view{received}.substr(0, head_size));
  auto body_size = result.content_length();
  if (!body_size)
    throw std::runtime_error("a response without a length");
  const auto body = head_size + 4;
  if (received.size() - body < *body_size)
    return std::nullopt;
  result.body = received.substr(body, *body_size);
  received.erase(0, body + *body_size);
  return result;
}

} // namespace tessera::test
