#include "loadtest/http_answer.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace tessera::loadtest {

namespace {

constexpr std::string_view end_of_line = "\r\n";
constexpr std::string_view end_of_head = "\r\n\r\n";

bool same_nocase(std::string_view left, std::string_view right) noexcept {
  return std::ranges::equal(left, right, [](char one, char other) {
    return std::tolower(static_cast<unsigned char>(one)) == std::tolower(static_cast<unsigned char>(other));
  });
}

/// Reads a number that `text` consists of, which is no larger than anything that is sent for a test.
bool read_number(std::string_view text, std::size_t& value, int base = 10) noexcept {
  constexpr std::size_t most = std::size_t{1} << 32;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return fault == std::errc{} && end == text.data() + text.size() && value <= most;
}

/// Reads a chunked body (RFC 9112, section 7.1); what its extensions and trailers say does not matter.
answer_progress unchunk(std::string_view text, std::string& body) {
  body.clear();
  for (;;) {
    auto line_end = text.find(end_of_line);
    if (line_end == text.npos)
      return answer_progress::incomplete;
    std::size_t size = 0;
    if (!read_number(text.substr(0, std::min(text.find(';'), line_end)), size, 16))
      return answer_progress::malformed;
    if (size == 0) {
      auto end = text.find(end_of_head, line_end);
      if (end == text.npos)
        return answer_progress::incomplete;
      return end + end_of_head.size() == text.size() ? answer_progress::complete : answer_progress::malformed;
    }
    text.remove_prefix(line_end + end_of_line.size());
    if (text.size() < size + end_of_line.size())
      return answer_progress::incomplete;
    if (text.substr(size, end_of_line.size()) != end_of_line)
      return answer_progress::malformed;
    body.append(text.substr(0, size));
    text.remove_prefix(size + end_of_line.size());
  }
}

/// These have no body, whatever their headers say (RFC 9112, section 6.3).
bool has_no_body(int status) noexcept {
  return status == 204 || status == 304;
}

} // namespace

std::string_view header_of(std::string_view head, std::string_view name) noexcept {
  for (auto at = head.find(end_of_line); at != head.npos; at = head.find(end_of_line)) {
    head.remove_prefix(at + end_of_line.size());
    if (head.size() <= name.size() || head[name.size()] != ':' || !same_nocase(head.substr(0, name.size()), name))
      continue;
    auto value = head.substr(name.size() + 1, head.find(end_of_line) - name.size() - 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return value;
  }
  return {};
}

answer_progress parse(std::string_view text, http_answer& result) {
  auto head_end = text.find(end_of_head);
  if (head_end == text.npos)
    return answer_progress::incomplete;
  constexpr std::string_view version = "HTTP/1.1 ";
  constexpr std::size_t status_digits = 3;
  result.head = text.substr(0, head_end + end_of_line.size());
  std::size_t status = 0;
  if (!text.starts_with(version) || !read_number(result.head.substr(version.size(), status_digits), status))
    return answer_progress::malformed;
  result.status = static_cast<int>(status);
  result.last = same_nocase(header_of(result.head, "Connection"), "close");
  result.body = text.substr(head_end + end_of_head.size());
  if (has_no_body(result.status))
    return result.body.empty() ? answer_progress::complete : answer_progress::malformed;
  auto given = header_of(result.head, "Content-Length");
  if (given.empty() && same_nocase(header_of(result.head, "Transfer-Encoding"), "chunked")) {
    auto progress = unchunk(result.body, result.unchunked);
    result.body = result.unchunked;
    return progress;
  }
  std::size_t length = 0;
  if (!read_number(given, length))
    return answer_progress::malformed;
  if (result.body.size() < length)
    return answer_progress::incomplete;
  return result.body.size() == length ? answer_progress::complete : answer_progress::malformed;
}

} // namespace tessera::loadtest
