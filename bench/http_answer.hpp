#pragma once

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <system_error>

/// What the load generators understand of HTTP: one answer with a Content-Length. Nothing else is expected of the
/// server.
namespace tessera::bench {

/// Views into the text it was read from.
struct http_answer {
  int status = 0;
  std::string_view head; ///< up to and with the last header's end of line
  std::string_view body;
};

enum class answer_progress { incomplete, complete, malformed };

/// Returns the value of the header `name`, the case of which does not matter; empty if it is not there.
inline std::string_view header_of(std::string_view head, std::string_view name) noexcept {
  auto same = [](char left, char right) {
    return std::tolower(static_cast<unsigned char>(left)) == std::tolower(static_cast<unsigned char>(right));
  };
  constexpr std::string_view end_of_line = "\r\n";
  for (auto at = head.find(end_of_line); at != head.npos; at = head.find(end_of_line)) {
    head.remove_prefix(at + end_of_line.size());
    if (head.size() <= name.size() || head[name.size()] != ':'
        || !std::equal(name.begin(), name.end(), head.begin(), same))
      continue;
    auto value = head.substr(name.size() + 1, head.find(end_of_line) - name.size() - 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return value;
  }
  return {};
}

/// Reads the answer that `text` begins with; text behind it makes it malformed, because nobody asked for more.
inline answer_progress parse(std::string_view text, http_answer& result) noexcept {
  auto head_end = text.find("\r\n\r\n");
  if (head_end == std::string_view::npos)
    return answer_progress::incomplete;
  constexpr std::string_view version = "HTTP/1.1 ";
  auto number_in = [](std::string_view digits, auto& value) {
    return std::from_chars(digits.data(), digits.data() + digits.size(), value).ec == std::errc{};
  };
  result.head = text.substr(0, head_end + 2);
  std::size_t length = 0;
  if (!text.starts_with(version) || !number_in(result.head.substr(version.size()), result.status)
      || !number_in(header_of(result.head, "Content-Length"), length))
    return answer_progress::malformed;
  result.body = text.substr(head_end + 4);
  if (result.body.size() < length)
    return answer_progress::incomplete;
  return result.body.size() == length ? answer_progress::complete : answer_progress::malformed;
}

} // namespace tessera::bench
