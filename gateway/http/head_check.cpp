#include "gateway/http/head_check.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace tessera {

namespace {

constexpr std::array<bool, 256> token_characters = [] {
  std::array<bool, 256> table{};
  for (unsigned char c :
       std::string_view{"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"})
    table[c] = true;
  return table;
}();

bool is_token(std::string_view text) noexcept {
  for (unsigned char c : text)
    if (!token_characters[c])
      return false;
  return !text.empty();
}

bool equal_nocase(std::string_view text, std::string_view lower) noexcept {
  if (text.size() != lower.size())
    return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c + ('a' - 'A'));
    if (c != lower[i])
      return false;
  }
  return true;
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

bool is_control(unsigned char c) noexcept {
  return (c < 0x20 && c != '\t') || c == 0x7f;
}

/// Returns whether any of eight bytes is below 0x20, a tab included, or 0x7f (Mycroft's test: Warren, Hacker's Delight,
/// section 6-1).
bool may_hold_control(const char* eight) noexcept {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  constexpr std::uint64_t tops = 0x80 * ones;
  std::uint64_t word;
  std::memcpy(&word, eight, sizeof word);
  auto difference = word ^ (0x7f * ones);
  return (((word - 0x20 * ones) & ~word & tops) | ((difference - ones) & ~difference & tops)) != 0;
}

bool holds_control(std::string_view line) noexcept {
  constexpr std::size_t step = 8;
  std::size_t at = 0;
  for (; at + step <= line.size(); at += step)
    if (may_hold_control(line.data() + at) && std::ranges::any_of(line.substr(at, step), is_control))
      return true;
  return std::ranges::any_of(line.substr(at), is_control);
}

/// Returns the fault of one line without its ending: no control character but, where allowed, tabs.
head_fault check_characters(std::string_view line) noexcept {
  if (!holds_control(line))
    return head_fault::none;
  return line.find('\r') != line.npos ? head_fault::line_ending : head_fault::control_character;
}

head_fault check_request_line(std::string_view line, const head_limits& limits) noexcept {
  auto first = line.find(' ');
  if (first == line.npos || !is_token(line.substr(0, first)))
    return head_fault::request_line;
  auto rest = line.substr(first + 1);
  auto second = rest.find(' ');
  if (second == 0 || second == rest.npos)
    return rest.size() > limits.target_bytes ? head_fault::target_too_long : head_fault::request_line;
  if (second > limits.target_bytes)
    return head_fault::target_too_long;
  auto target = rest.substr(0, second);
  if (target.front() != '/' && target != "*")
    return head_fault::request_line;
  for (unsigned char c : target)
    if (c <= 0x20 || c >= 0x7f)
      return head_fault::request_line;
  auto version = rest.substr(second + 1);
  if (version == "HTTP/1.1" || version == "HTTP/1.0")
    return head_fault::none;
  return version.starts_with("HTTP/") ? head_fault::version : head_fault::request_line;
}

/// What must hold over all header lines together.
struct framing {
  unsigned hosts = 0;
  unsigned lengths = 0;
  unsigned encodings = 0;

  head_fault add(std::string_view line) noexcept {
    if (line.front() == ' ' || line.front() == '\t')
      return head_fault::folded_header;
    auto colon = line.find(':');
    if (colon == line.npos || !is_token(line.substr(0, colon)))
      return head_fault::header_name;
    auto name = line.substr(0, colon);
    switch (name.size()) {
    case 4:
      if (equal_nocase(name, "host") && ++hosts > 1)
        return head_fault::host;
      break;
    case 14:
      if (equal_nocase(name, "content-length"))
        return add_length(trim(line.substr(colon + 1)));
      break;
    case 17:
      if (equal_nocase(name, "transfer-encoding")
          && (++encodings > 1 || !equal_nocase(trim(line.substr(colon + 1)), "chunked")))
        return head_fault::transfer_encoding;
      break;
    default:
      break;
    }
    return head_fault::none;
  }

  head_fault add_length(std::string_view value) noexcept {
    constexpr std::size_t most_digits = 18; // fits 64 bits
    if (++lengths > 1 || value.empty() || value.size() > most_digits)
      return head_fault::content_length;
    return value.find_first_not_of("0123456789") == value.npos ? head_fault::none : head_fault::content_length;
  }

  head_fault finish(bool http_1_1) const noexcept {
    if (lengths > 0 && encodings > 0)
      return head_fault::both_lengths;
    if (encodings > 0 && !http_1_1)
      return head_fault::transfer_encoding;
    return hosts == 0 && http_1_1 ? head_fault::host : head_fault::none;
  }
};

head_verdict refuse(head_fault fault) noexcept {
  return {head_verdict::state::refused, fault, 0};
}

} // namespace

head_verdict check_head(std::string_view received, const head_limits& limits) noexcept {
  framing fields;
  bool http_1_1 = true;
  bool first = true;
  std::size_t at = 0;
  for (;;) {
    const auto* found = at < received.size() ? std::memchr(received.data() + at, '\n', received.size() - at) : nullptr;
    if (!found) {
      if (received.size() <= limits.head_bytes) {
        // A target over its limit is told apart from a head over its limit as soon as it is sure.
        auto space = first ? received.find(' ') : received.npos;
        if (space != received.npos && received.find(' ', space + 1) == received.npos
            && received.size() - space > limits.target_bytes)
          return refuse(head_fault::target_too_long);
        return {};
      }
      return refuse(first ? head_fault::target_too_long : head_fault::head_too_large);
    }
    auto end = static_cast<std::size_t>(static_cast<const char*>(found) - received.data());
    if (end == at || received[end - 1] != '\r')
      return refuse(head_fault::line_ending);
    if (end + 1 > limits.head_bytes)
      return refuse(head_fault::head_too_large);
    auto line = received.substr(at, end - 1 - at);
    at = end + 1;
    if (auto fault = check_characters(line); fault != head_fault::none)
      return refuse(fault);
    if (first) {
      if (auto fault = check_request_line(line, limits); fault != head_fault::none)
        return refuse(fault);
      http_1_1 = line.back() == '1';
      first = false;
      continue;
    }
    if (line.empty()) {
      if (auto fault = fields.finish(http_1_1); fault != head_fault::none)
        return refuse(fault);
      return {head_verdict::state::complete, head_fault::none, at};
    }
    if (auto fault = fields.add(line); fault != head_fault::none)
      return refuse(fault);
  }
}

std::string_view explain(head_fault fault) noexcept {
  switch (fault) {
  case head_fault::none:
    return "";
  case head_fault::request_line:
    return "The request line is not METHOD, target and HTTP version, separated by single spaces";
  case head_fault::version:
    return "Only HTTP/1.1 and HTTP/1.0 are spoken here";
  case head_fault::line_ending:
    return "Lines of the request head must end with carriage return and line feed";
  case head_fault::control_character:
    return "The request head holds a control character";
  case head_fault::folded_header:
    return "Folded header lines are not accepted";
  case head_fault::header_name:
    return "A header name is empty or holds a character that is not allowed";
  case head_fault::host:
    return "Exactly one Host header is required";
  case head_fault::content_length:
    return "Content-Length must be given once, as a plain number";
  case head_fault::transfer_encoding:
    return "The only Transfer-Encoding accepted is chunked, once, in HTTP/1.1";
  case head_fault::both_lengths:
    return "Content-Length and Transfer-Encoding must not be given together";
  case head_fault::head_too_large:
    return "The request head is too large";
  case head_fault::target_too_long:
    return "The request target is too long";
  }
  return "";
}

} // namespace tessera
